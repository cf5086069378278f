import numpy as np
import pytest
import realism
import realism_windows as rw
import torch

from terpsi_train.layout import JOINTS, OFFSETS, PARENTS


def rest():
    places = np.zeros((JOINTS, 3))
    for j in range(JOINTS):
        places[j] = OFFSETS[j] + (places[PARENTS[j]] if PARENTS[j] >= 0 else 0)
    return places


def swaying(frames, rng, size=0.1, shake=0.0):
    """A body that sways at tempos of its own and, where asked, whose joints shake at 5 Hz."""
    t = np.arange(frames) / 30
    sway = sum(
        rng.normal(0, size, (JOINTS, 3)) * np.sin(rng.uniform(2, 8) * t + rng.uniform(0, 6))[:, None, None]
        for _ in range(3)
    )
    return rest() + sway + shake * np.sin(10 * np.pi * t)[:, None, None] * rng.normal(0, 1, (JOINTS, 3))


def sample(groups, rng, **how):
    clip = lambda: swaying(320, rng, **how)
    return realism.sample_of([(f"g{k}", rw.windows_of(clip(), np.zeros(320, bool))) for k in range(groups)])


def told(a, b, part="whole body"):
    torch.set_num_threads(1)
    return realism.told_apart(a, b, realism.inputs_of(a, part), realism.inputs_of(b, part), 1)[0]


def test_windows_leave_bad_frames_out_and_do_not_depend_on_place_and_heading():
    rng = np.random.default_rng(0)
    clip, bad = swaying(400, rng), np.zeros(400, bool)
    assert len(rw.windows_of(clip, bad)) == 6
    bad[200] = True
    assert len(rw.windows_of(clip, bad)) == 6  # 196 and 195 frames after smoothing
    bad[:] = True
    assert len(rw.windows_of(clip, bad)) == 0
    bad[:] = False
    c, s = np.cos(1.1), np.sin(1.1)
    elsewhere = clip @ np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]]) + [3, 0.2, -1]
    for part in rw.PARTS:
        a, b = (rw.features(rw.windows_of(p, bad), part)[0] for p in (clip, elsewhere))
        assert np.isfinite(a).all() and np.allclose(a, b, atol=1e-5)
        a, b = (rw.channels(rw.windows_of(p, bad), part) for p in (clip, elsewhere))
        assert np.allclose(a, b, atol=1e-4)


def test_features_do_not_tell_left_from_right():
    windows = rw.windows_of(swaying(200, np.random.default_rng(1)), np.zeros(200, bool))
    for part in rw.PARTS:
        a, names = rw.features(windows, part)
        b, mirrored = rw.features(rw.mirrored(windows), part)
        keep = [k for k, name in enumerate(names) if "outwards" not in name or "spread" in name]
        assert names == mirrored and np.allclose(a[:, keep], b[:, keep], atol=1e-6)


def test_movement_does_not_see_posture():
    windows = rw.windows_of(swaying(200, np.random.default_rng(2)), np.zeros(200, bool))
    bent = windows + rest()[None, None] * [0, 0, 0.3]
    assert np.allclose(rw.channels(windows, "movement"), rw.channels(bent, "movement"), atol=1e-5)
    assert not any(": mean " in name for name in rw.features(windows, "movement")[1])


def test_what_differs_is_told_apart_and_what_does_not_is_not():
    rng = np.random.default_rng(3)
    real, same = sample(24, rng), sample(24, rng)
    shaking = sample(24, rng, shake=0.04)
    assert told(real, shaking)[2] > 0.8
    assert told(real, same)[2] == pytest.approx(0.5, abs=0.15)
    names = [name for name, *_ in realism.what_separates(shaking, real, "whole body")]
    assert "acceleration" in names[0]


def test_folds_keep_groups_whole():
    s = sample(9, np.random.default_rng(4))
    fold = realism.folds_of([s, s], np.random.default_rng(5))
    assert (fold[: len(fold) // 2] == fold[len(fold) // 2 :]).all()
    fold = fold[: len(fold) // 2]
    for group in set(s.groups):
        assert len(set(fold[s.groups == group])) == 1
    assert set(fold) == set(range(realism.FOLDS))
    a, b = realism.halves(s, np.random.default_rng(6))
    assert not set(a.groups) & set(b.groups) and len(a.groups) + len(b.groups) == len(s.groups)


def test_even_samples_weigh_groups_alike():
    windows = np.zeros((6, rw.WINDOW, JOINTS, 3))
    s = realism.sample_of([("a", windows), ("b", windows[:2]), ("c", windows[:0])], even=True)
    assert s.weights[s.groups == "a"].sum() == pytest.approx(0.5)
    y = torch.tensor([1.0] * 6 + [0.0] * 2)
    w = realism.training_weights(s.weights, y, torch.ones(8, dtype=torch.bool))
    assert w[:6].sum() == pytest.approx(4) and w[6:].sum() == pytest.approx(4)
    assert realism.balanced(np.ones(16), np.repeat([1, 0], 8), np.tile(s.weights, 2)) == 0.5
    assert s.where({"b"}).weights.sum() == pytest.approx(1)


def test_real_clips_are_chosen_by_their_marks():
    entry = {"group": "g1moves", "style": "hiphop", "dancer": "j", "name": "x", "fps": 60}
    assert realism.is_real(entry, set(), set())
    assert realism.is_real(entry, {"hiphop"}, set()) and not realism.is_real(entry, {"waack"}, set())
    assert not realism.is_real(entry, {"hiphop"}, {"j"})
    assert not realism.is_real(entry | {"fps": 12}, set(), set())
    assert not realism.is_real(entry | {"group": "perfume_full"}, set(), set())
    assert not realism.is_real(entry | {"style": "break_floor"}, set(), set())
