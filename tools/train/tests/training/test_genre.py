import argparse

import numpy as np

from terpsi_train.export.cards import genre_rows
from terpsi_train.models.bpm_encoder import EMBEDDING
from terpsi_train.models.genre import HOP, WINDOW, GenreClassifier, windows_of
from terpsi_train.training import genre
from terpsi_train.training.genre import probabilities


def test_genre_folds_keep_songs_apart():
    random = np.random.default_rng(1)
    songs = {
        f"{g}_{k}": (
            i,
            {
                "embedding": random.standard_normal((120, EMBEDDING)).astype(np.float32) + 5 * i,
                "metre": np.array([[i, 0, 1.0]]),
                "mfcc": np.full((4, 40), i) + random.random((4, 40)),
            },
        )
        for i, (g, count) in enumerate((("chacha", 4), ("rumba", 5), ("tango", 1), ("waltz", 6)))
        for k in range(count)
    }
    folds = genre.folds_of(songs)
    assert sorted(folds[f"chacha_{k}"] for k in range(4)) == [0, 1, 2, 3]
    tested = []
    for fold in range(genre.FOLDS):
        learn, test = genre.split(songs, folds, fold, "embedding", genre.GAP)
        tested += [n for n, g, _ in test if n != "tango_0"]
        for _, _, rows in test:
            for _, other in learn:
                assert not any((rows[:1] == other).all(1))
    assert sorted(tested) == sorted(n for n in songs if n != "tango_0")
    figures = genre.cross_validate(songs, argparse.Namespace(seeds=[1], steps=150))
    assert figures["network"]["songs"] == 15 and figures["network"]["songs_right"] >= 12
    assert figures["tempo and metre"]["songs_right"] == 15 and figures["commonest genre"]["songs_right"] == 6
    assert len(genre_rows(figures, 1).splitlines()) == 6


def test_genre_classifier_and_windows():
    e = np.random.default_rng(0).standard_normal((64, EMBEDDING)).astype(np.float32)
    assert (
        windows_of(e).shape == ((64 - WINDOW) // HOP + 1, WINDOW, EMBEDDING) and len(windows_of(e[:29])) == 0
    )
    p = probabilities(GenreClassifier().eval(), e)
    assert p.shape == (len(windows_of(e)), 4) and np.allclose(p.sum(1), 1, atol=1e-5)
