"""Where a dancer's beats are: kinematic beats of a clip, and the map from clip time to beats.

A clip of known tempo gets its grid from that tempo; its phase, and the grid of a clip of unknown tempo, come
from the motion: dancers slow down on the beat, so beats are minima of the mean joint speed (the definition of
the Beat Align Score).
"""

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import gaussian_filter1d

SMOOTHING_SECONDS = 0.0833


def joint_speed(joints, fps):
    """Mean joint speed [T] (m/s) of joints [T, 24, 3], smoothed as for the Beat Align Score."""
    speed = np.linalg.norm(np.diff(joints, axis=0), axis=-1).mean(-1) * fps
    speed = np.concatenate([speed[:1], speed])
    return gaussian_filter1d(speed, SMOOTHING_SECONDS * fps)


def kinematic_beats(speed, fps):
    """Times (s) and saliences of the strict local minima of a speed curve. Salience: depth below the lower of
    the two neighbouring maxima, as a share of the mean speed."""
    inner = np.flatnonzero((speed[1:-1] < speed[:-2]) & (speed[1:-1] <= speed[2:])) + 1
    mean = max(speed.mean(), 1e-6)
    times, saliences = [], []
    for i, frame in enumerate(inner):
        left = speed[(inner[i - 1] if i else 0) : frame + 1].max()
        right = speed[frame : (inner[i + 1] if i + 1 < len(inner) else len(speed) - 1) + 1].max()
        a, b, c = speed[frame - 1], speed[frame], speed[frame + 1]
        bend = a - 2 * b + c
        shift = 0.5 * (a - c) / bend if bend > 1e-9 else 0.0
        times.append((frame - 0.5 + np.clip(shift, -0.5, 0.5)) / fps)  # the speed between frames i - 1 and i
        saliences.append((min(left, right) - b) / mean)
    return np.array(times), np.array(saliences)


def comb_score(times, saliences, period, offset, width=0.05):
    """How well beats offset + k * period fall on salient minima."""
    if len(times) == 0:
        return 0.0
    distance = (times - offset + period / 2) % period - period / 2
    return float((saliences * np.exp(-0.5 * (distance / width) ** 2)).sum())


def best_offset(times, saliences, period, centre=None, reach=0.5):
    """Offset (s) of the grid of the given period that falls best on the minima; within +-reach * period of
    centre."""
    offsets = np.linspace(-reach, reach, 41) * period + (centre or 0.0)
    scores = [comb_score(times, saliences, period, o) for o in offsets]
    return float(offsets[int(np.argmax(scores))])


def estimate_period(times, saliences, duration, low=80.0, high=140.0):
    """Beat period (s) of a clip of unknown tempo: the comb with most salience beyond what chance would
    give."""
    best, score = 60.0 / 110.0, -1e9
    for bpm in np.arange(low, high + 0.25, 0.5):
        period = 60.0 / bpm
        values = [comb_score(times, saliences, period, o) for o in np.linspace(0, period, 24, endpoint=False)]
        prior = -0.5 * (np.log2(bpm / 108.0) / 0.5) ** 2
        value = (max(values) - np.mean(values)) / max(saliences.sum(), 1e-6) + 0.05 * prior
        if value > score:
            best, score = period, value
    return best


def beat_times(joints, fps, period, offset, reach=0.25, drift=0.4):
    """Times (s) of the clip's own beats: a grid bent by at most `reach` periods so that it meets salient
    minima.

    Dynamic programming over the beats' deviations from the grid; neighbouring deviations differ little
    (`drift`). Returns times of beats k0, k0 + 1, ... that cover the clip and k0, the first beat's number in
    the grid.
    """
    speed = joint_speed(joints, fps)
    times, saliences = kinematic_beats(speed, fps)
    duration = (len(joints) - 1) / fps
    first, last = int(np.ceil(-offset / period - 0.5)), int(np.floor((duration - offset) / period + 0.5))
    grid = offset + period * np.arange(first, last + 1)
    deviations = np.linspace(-reach, reach, 33) * period
    reward = np.zeros((len(grid), len(deviations)))
    for time, salience in zip(times, saliences):
        reward += min(salience, 1.5) * np.exp(-0.5 * ((grid[:, None] + deviations - time) / 0.035) ** 2)
    reward -= 0.1 * (deviations / (reach * period)) ** 2
    change = 2.0 * ((deviations[:, None] - deviations[None, :]) / (drift * period)) ** 2
    total, back = reward[0], []
    for row in reward[1:]:
        candidates = total[None, :] - change
        back.append(candidates.argmax(1))
        total = row + candidates.max(1)
    path = [int(total.argmax())]
    for step in reversed(back):
        path.append(int(step[path[-1]]))
    beats = grid + deviations[path[::-1]]
    return np.maximum.accumulate(beats), first


def time_of_beat(beats, first):
    """Monotone smooth map from beat number to clip time (s), extrapolated linearly."""
    numbers = first + np.arange(len(beats))
    curve = PchipInterpolator(numbers, beats)
    slope0 = beats[1] - beats[0]
    slope1 = beats[-1] - beats[-2]

    def at(number):
        number = np.asarray(number, dtype=np.float64)
        inside = curve(np.clip(number, numbers[0], numbers[-1]))
        return (
            inside
            + np.minimum(number - numbers[0], 0) * slope0
            + np.maximum(number - numbers[-1], 0) * slope1
        )

    return at
