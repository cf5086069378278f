import argparse

import made
import pytest
import torch

from terpsi_train.data.music.beat_chunks import FRAME_RATE
from terpsi_train.measures.beat_scores import peaks, score
from terpsi_train.training.beat_zoo import activation, choose_threshold, train


@pytest.mark.parametrize("name", ["cnn", "cnn_lstm"])
def test_a_beat_network_learns_flashes_and_training_resumes(name, tmp_path):
    args = argparse.Namespace(steps=40, batch=4, seed=1, minutes=1e9)
    songs = [made.excerpt(b, name=str(b)) for b in (80, 100, 130)]
    model = train(name, songs, args, tmp_path / "a.pt")
    fresh = made.excerpt(111, phase=0.5)
    best = choose_threshold(model, [fresh])
    heard = peaks(activation(model, fresh)[:, 0], best["beat"][0], FRAME_RATE)
    assert score(fresh.beats, heard)["f"] > 0.9
    args.minutes = 0
    args.steps = 6
    assert train(name, songs, args, tmp_path / "b.pt") is None
    args.minutes = 1e9
    resumed = train(name, songs, args, tmp_path / "b.pt")
    whole = train(name, songs, args, tmp_path / "c.pt")
    for p, q in zip(resumed.parameters(), whole.parameters()):
        assert torch.allclose(p, q, atol=1e-5)
    args.steps = 7
    with pytest.raises(SystemExit):
        train(name, songs, args, tmp_path / "b.pt")
