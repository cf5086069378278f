import numpy as np
import pytest

from terpsi_train.data.music.beat_chunks import FRAME_RATE
from terpsi_train.data.music.targets import triangles
from terpsi_train.measures import beat_scores as B
from terpsi_train.measures.beat_scores import peaks


def test_scores():
    true = np.arange(0, 20, 0.5)
    perfect = B.score(true, true)
    assert perfect["aligned"] == 1 and perfect["f"] == 1 and np.all(perfect["offsets"] == 0)
    late = B.score(true, true + 0.08)
    assert late["aligned"] == 1 and late["f"] == 0 and np.allclose(late["offsets"], 0.08)
    twice = B.score(true, np.arange(0, 20, 0.25))
    assert twice["aligned"] == 1 and twice["f"] == pytest.approx(
        2 / 3, abs=0.02
    )  # false alarms count in F only
    none = B.score(true, [])
    assert none["aligned"] == 0 and none["f"] == 0 and len(none["offsets"]) == 0
    assert B.score([], true)["aligned"] == 0
    assert np.allclose(B.nearest([1.0, 2.0], [0.9, 1.2, 2.3]), [-0.1, 0.3])


def test_a_target_tells_its_time_between_frames():
    for t in (1.0, 1.005, 1.013, 2.2):
        y = triangles([t * FRAME_RATE], 200, 1.5)
        assert peaks(y, 0.3, FRAME_RATE) == pytest.approx([t], abs=0.003)
    assert np.all(triangles([-5 * FRAME_RATE, 50 * FRAME_RATE], 100, 1.5) == 0)
    assert triangles([0.0], 4, 1.5)[0] == 1


def test_peaks_keep_their_distance_and_their_threshold():
    a = np.zeros(100)
    a[[20, 24, 60, 80]] = [0.9, 0.8, 0.2, 0.6]
    assert np.allclose(peaks(a, 0.5, FRAME_RATE), np.array([20, 80]) / 45)
    assert len(peaks(a, 0.1, FRAME_RATE)) == 3
    assert len(peaks(np.zeros(2), 0.1, FRAME_RATE)) == 0 and len(peaks(np.ones(50), 0.1, FRAME_RATE)) == 0
