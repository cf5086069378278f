import make_audio_golden
import numpy as np


def test_the_stored_vectors_are_what_the_formulas_give():
    stored = np.load(make_audio_golden.PATH)
    fresh = make_audio_golden.rounded()
    assert sorted(stored.files) == sorted(fresh)
    for name, values in fresh.items():
        assert stored[name].shape == values.shape, name
        np.testing.assert_allclose(stored[name], values, rtol=1e-5, atol=1e-6, err_msg=name)


def test_resampling_keeps_a_slow_sine():
    t = np.arange(800) / 8000
    wave = np.sin(2 * np.pi * 440 * t)
    out = make_audio_golden.resample(wave, 8000, 22050)
    expected = np.sin(2 * np.pi * 440 * np.arange(out.size) / 22050)
    assert np.abs(out - expected)[200:-200].max() < 1e-3
