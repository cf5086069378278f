import made
import numpy as np
import pytest

from terpsi_train.data.music import tempo_chunks as T


def test_mu_law_is_the_one_of_the_core():
    codes = np.arange(-127, 128)
    assert np.array_equal(T.mu_encode(T.mu_decode(codes)), codes)
    assert T.mu_decode(np.array([64]))[0] == pytest.approx(0.060208, abs=1e-5)
    assert T.mu_encode(np.array([0.1, -0.001, 1, -1])).tolist() == [75, -5, 127, -127]
    x = T.at_level(3 + 2 * np.sin(np.arange(22050)))
    assert np.sqrt(np.mean(x**2)) == pytest.approx(0.1, abs=1e-4) and abs(x.mean()) < 1e-5


def test_local_tempo():
    beats = np.concatenate([np.arange(0, 10, 0.5), np.arange(10, 20, 1.0)])
    assert T.local_bpm(beats, 0, 9, 1) == pytest.approx(120)
    assert T.local_bpm(beats, 10, 19, 1) == pytest.approx(60)
    assert T.local_bpm(beats, 19.5, 19.9, 77) == 77


def test_the_speed_of_a_chunk():
    song = T.Song(100, np.arange(0, 12, 0.6), T.mu_encode(made.ticks(100)))
    assert np.array_equal(T.chunk(song, 1, 1, "raw"), T.mu_decode(song.code[22050 : 22050 + T.CHUNK]))
    fast = T.chunk(song, 0, 1.25, "raw")
    assert fast.shape == (T.CHUNK,)
    envelope = np.abs(fast).reshape(-1, 147).mean(1)  # 150 a second
    lag = np.correlate(envelope - envelope.mean(), envelope - envelope.mean(), "full")[len(envelope) :]
    assert 60 * 150 / (np.argmax(lag[40:100]) + 41) == pytest.approx(125, abs=3)
    x, y = T.TempoChunks([song], "raw", 1).make(8)
    assert x.shape == (8, T.CHUNK) and np.all((y > 74) & (y < 134))
