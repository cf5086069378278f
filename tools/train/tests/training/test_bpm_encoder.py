import argparse

import made
import numpy as np
import pytest

from terpsi_train.data.music.tempo_chunks import CHUNK, Song, centred_chunks
from terpsi_train.export import cards
from terpsi_train.layout import MEL, SAMPLE_RATE
from terpsi_train.models.bpm_encoder import EMBEDDING, BpmEncoder
from terpsi_train.training.bpm_encoder import encode, measure, train
from terpsi_train.training.genre import load_encoder


def test_encoding_a_song_is_centred_on_its_moments():
    x = made.ticks(120, 3)
    chunks = list(centred_chunks(x, "raw", 10))
    assert len(chunks) == 30
    assert np.array_equal(
        chunks[15][CHUNK // 2 :], x[int(1.5 * SAMPLE_RATE) :][: CHUNK // 2][: len(chunks[15][CHUNK // 2 :])]
    ) or np.array_equal(chunks[15][CHUNK // 2 :][: len(x) - 33075], x[33075:])
    assert np.all(chunks[0][: CHUNK // 2] == 0)
    bpm, embedding = encode(BpmEncoder().eval(), x, 10, batch=7)
    assert bpm.shape == (30,) and embedding.shape == (30, EMBEDDING)


def test_encoder_training_resumes_and_is_measured(tmp_path):
    songs = []
    for bpm in (70, 85, 100, 120, 140):
        e = made.excerpt(bpm, seconds=8)
        songs.append(Song(bpm, e.beats, mel=e.input[:, MEL]))
    args = argparse.Namespace(kind="mel", minutes=1e9, steps=4, batch=8, seed=1, autocast=False)
    train(songs, args, tmp_path / "mel.pt")
    args.steps = 6
    model, steps, seconds = train(songs, args, tmp_path / "mel.pt")
    assert steps == 6 and seconds > 0
    figures = measure(model, songs, songs)
    assert (
        figures["excerpts_mean"]["mae"] == pytest.approx(np.mean([33, 18, 3, 17, 37]))
        and figures["excerpts_mean"]["acc1"] == 0.2
    )
    assert np.isfinite(figures["chunks"]["mae"]) and figures["test_chunks"] == 30
    assert load_encoder(tmp_path / "mel.pt").kind == "mel"
    values = dict(parameters=1, megabytes=1, seed=1, steps=1, batch=1, seconds=1, train_excerpts=5)
    assert "| chunks of 2 s |" in cards.bpm_encoder(figures, **values)
