"""What the style recogniser sees of a window of motion, and how real clips are varied for its training.

core/measure/recogniser_input computes the same input; tests/golden/make_recogniser_golden.py compares them.
"""

import numpy as np

from terpsi_train.layout import FPS, JOINTS, L_HIP, L_SHOULDER, MIRROR, R_HIP, R_SHOULDER

WINDOW = 90  # frames, 3 s
HOP = 30  # frames between windows of a dance
CHANNELS = JOINTS * 6  # positions (m), then velocities (m/s)
SMOOTH = 7  # frames to each side over which the heading is averaged


def window_input(joints):
    """World joints [..., W, 24, 3] at 30 fps -> [..., W, 144]: positions relative to the floor below the
    pelvis, and world velocities, both turned so that the dancer faces +Z. The heading of a frame is square to
    the mean, over up to 15 frames of the window, of the left-pointing hip and shoulder axes. Velocities are
    central differences, one-sided at the ends."""
    left = (
        joints[..., L_HIP, :]
        - joints[..., R_HIP, :]
        + joints[..., L_SHOULDER, :]
        - joints[..., R_SHOULDER, :]
    )
    left = left[..., (0, 2)]  # [..., W, 2]
    w = left.shape[-2]
    total = np.concatenate([np.zeros_like(left[..., :1, :]), np.cumsum(left, axis=-2)], axis=-2)
    last = np.minimum(np.arange(w) + SMOOTH + 1, w)
    first = np.maximum(np.arange(w) - SMOOTH, 0)
    left = total[..., last, :] - total[..., first, :]
    size = np.linalg.norm(left, axis=-1, keepdims=True)
    left = np.where(size > 1e-6, left / np.maximum(size, 1e-6), [1.0, 0.0])
    c, s = left[..., 0:1], left[..., 1:2]  # the dancer's left in the world is (c, s)

    def turned(v):  # [..., W, 24, 3]
        x, z = v[..., 0], v[..., 2]
        return np.stack([c * x + s * z, v[..., 1], c * z - s * x], -1)

    velocity = np.empty_like(joints)
    velocity[..., 1:-1, :, :] = (joints[..., 2:, :, :] - joints[..., :-2, :, :]) * (FPS / 2)
    velocity[..., 0, :, :] = (joints[..., 1, :, :] - joints[..., 0, :, :]) * FPS
    velocity[..., -1, :, :] = (joints[..., -1, :, :] - joints[..., -2, :, :]) * FPS
    place = joints - joints[..., :1, :] * [1, 0, 1]
    out = np.concatenate([turned(place), turned(velocity)], axis=-2)
    return out.reshape(*out.shape[:-2], CHANNELS)


def windows_of(joints, hop=HOP):
    """Every window of a clip: [n, W, 144]; the last one ends with the clip. A clip shorter than a window
    gives none."""
    if len(joints) < WINDOW:
        return np.zeros((0, WINDOW, CHANNELS))
    starts = list(range(0, len(joints) - WINDOW + 1, hop))
    if starts[-1] != len(joints) - WINDOW:
        starts.append(len(joints) - WINDOW)
    return window_input(np.stack([joints[s : s + WINDOW] for s in starts]))


class VariedWindows:
    """Random windows of real clips, every style as often: at another tempo, mirrored, larger or smaller, of
    another build, with noise."""

    def __init__(self, clips, styles, seed):
        """clips: [(style index, joints [T, 24, 3])]."""
        self.random, self.styles = np.random.default_rng(seed), styles
        self.clips = [[j for s, j in clips if s == k] for k in range(styles)]
        lengths = [np.array([len(j) for j in c], float) for c in self.clips]
        self.weight = [n / max(1, n.sum()) for n in lengths]
        self.present = [k for k in range(styles) if self.clips[k]]

    def make(self, count):
        """Input [n, W, 144] float32 and style indices [n]."""
        r = self.random
        joints, label = np.empty((count, WINDOW, JOINTS, 3)), np.empty(count, np.int64)
        for n in range(count):
            k = self.present[r.integers(len(self.present))]
            clip = self.clips[k][r.choice(len(self.clips[k]), p=self.weight[k])]
            rate = min(2 ** r.uniform(-0.55, 0.55), (len(clip) - 1.001) / (WINDOW - 1))
            at = r.uniform(0, len(clip) - 1.001 - rate * (WINDOW - 1)) + rate * np.arange(WINDOW)
            i = at.astype(int)
            a = (at - i)[:, None, None]
            window = clip[i] * (1 - a) + clip[i + 1] * a
            if r.random() < 0.5:
                window = window[:, MIRROR] * [-1, 1, 1]
            joints[n], label[n] = window, k
        x = window_input(joints).reshape(count, WINDOW, 2, JOINTS, 3)
        size = 2 ** r.uniform(-0.4, 0.4, (count, 1, 1, 1))
        mean = x[:, :, :1].mean(1, keepdims=True)
        x[:, :, :1] = mean + size[..., None] * (x[:, :, :1] - mean)
        x[:, :, 1:] *= size[..., None]
        # Posture and proportions of another person, metres.
        build = r.normal(0, 0.025, (count, 1, 1, JOINTS, 3))
        height = r.normal(1, 0.03, (count, 1, 1, 1, 1))
        x[:, :, :1] = x[:, :, :1] * height + build
        x += r.normal(0, 1, x.shape) * np.array([0.004, 0.03])[:, None, None]
        blind = r.random((count, 1, 1, JOINTS, 1)) < 0.1 * (r.random((count, 1, 1, 1, 1)) < 0.5)
        x = np.where(blind, x.mean((0, 1), keepdims=True), x)
        return x.reshape(count, WINDOW, CHANNELS).astype(np.float32), label


def normalisation(clips):
    """Mean and standard deviation of each channel over all windows of the clips; styles weigh the same."""
    by_style = {}
    for style, joints in clips:
        by_style.setdefault(style, []).append(windows_of(joints).reshape(-1, CHANNELS))
    rows = [np.concatenate(v) for v in by_style.values()]
    mean = np.mean([r.mean(0) for r in rows], axis=0)
    square = np.mean([(r**2).mean(0) for r in rows], axis=0)
    std = np.sqrt(np.maximum(square - mean**2, 0))
    floor = np.repeat([0.03, 0.1], CHANNELS // 2)
    return mean, np.maximum(std, floor)
