"""Training of Terpsi's networks. docs/training.md says what is trained and how.

The rooms, each of which uses only those before it: layout and skeleton, data, models, measures, training,
export.
"""
