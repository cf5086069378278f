"""Training of Terpsi's generators: corpus, models, training, export. See docs/training.md."""
