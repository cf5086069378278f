"""Chunks of rendered songs for the beat zoo, which works at half the listeners' rate."""

import numpy as np

from terpsi_train.data.music.targets import triangles
from terpsi_train.layout import LISTENER_COLUMNS, LISTENER_RATE, MEL, MEL_BANDS

STACK = 2  # rows of the listener input in a frame
FRAME_RATE = LISTENER_RATE / STACK  # frames per second
CHUNK = 384  # frames, 8.5 s
TRIANGLE = 1.5  # frames to either side of a beat


class BeatChunks:
    """Random chunks of excerpts: at 0.85 to 1.18 times their tempo, louder or softer, some mel bands
    missing."""

    def __init__(self, excerpts, seed):
        self.excerpts, self.random = excerpts, np.random.default_rng(seed)

    def make(self, count):
        r, frames = self.random, CHUNK * STACK
        x, y = (
            np.zeros((count, frames, LISTENER_COLUMNS), np.float32),
            np.zeros((count, CHUNK, 2), np.float32),
        )
        for n in range(count):
            e = self.excerpts[r.integers(len(self.excerpts))]
            rate = 2 ** r.uniform(-0.24, 0.24)
            span = rate * (frames - 1)
            start = r.uniform(0, max(0.0, len(e.input) - 1.001 - span))
            at = start + rate * np.arange(frames)
            at = at[at <= len(e.input) - 1]
            i = np.minimum(at.astype(int), len(e.input) - 2)
            a = (at - i)[:, None].astype(np.float32)
            x[n, : len(at)] = e.input[i] * (1 - a) + e.input[i + 1] * a
            x[n, : len(at), MEL] += r.normal(0, 0.3) * np.minimum(x[n, : len(at), MEL], 1)
            if r.random() < 0.3:
                low = r.integers(0, MEL_BANDS - 4)
                x[n, :, low : low + r.integers(2, 9)] = 0
            for k, beats in enumerate((e.beats, e.downbeats)):
                places = (beats * LISTENER_RATE - start) / rate / LISTENER_RATE * FRAME_RATE
                y[n, :, k] = triangles(places, CHUNK, TRIANGLE)
        return x, y


def normalisation(excerpts):
    """Mean and standard deviation of every column."""
    rows = np.concatenate([e.input[::7] for e in excerpts]).astype(np.float64)
    return rows.mean(0), np.maximum(rows.std(0), 0.05)
