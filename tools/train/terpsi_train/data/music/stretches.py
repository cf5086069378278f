"""Random stretches of rendered songs (rendered.py) for the listener, varied."""

from __future__ import annotations

import numpy as np

from terpsi_train.data.music.rendered import Excerpt, load
from terpsi_train.data.music.targets import triangles
from terpsi_train.layout import LISTENER_COLUMNS, LISTENER_RATE, MEL_BANDS

TRIANGLE = 2.5  # rows to either side of a beat


class Songs:
    """Excerpts of one split; `refresh` takes in those rendered since."""

    def __init__(self, folder: str, split: str):
        self.folder, self.split = folder, split
        self.excerpts: list[Excerpt] = []
        self.refresh()

    def refresh(self) -> None:
        self.excerpts += load(self.folder, self.split, known={e.name for e in self.excerpts})

    def __len__(self) -> int:
        return len(self.excerpts)

    def hours(self) -> float:
        return sum(len(e.input) for e in self.excerpts) / LISTENER_RATE / 3600


def vary(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another equaliser, another noise floor, other keys: on the features themselves. Returns float32."""
    x = x.astype(np.float32)
    mel, chroma = x[:, :MEL_BANDS], x[:, MEL_BANDS:]
    if rng.random() < 0.8:
        knots = rng.normal(0, 0.7, 5)
        gain = np.interp(np.linspace(0, 4, MEL_BANDS), np.arange(5), knots) + rng.normal(0, 0.7)
        floor = np.exp(rng.uniform(-4, 1)) if rng.random() < 0.3 else 0.0
        mel = np.log1p(np.expm1(mel) * np.exp(gain).astype(np.float32) + floor)
    if rng.random() < 0.15:
        first = rng.integers(0, MEL_BANDS - 8)
        mel[:, first : first + rng.integers(2, 9)] = 0
    chroma = np.roll(chroma, rng.integers(12), axis=1)
    if rng.random() < 0.1:
        chroma = np.zeros_like(chroma)
    return np.concatenate([mel, chroma], 1)


def batch(
    songs: Songs, count: int, rows: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`count` stretches: input [count, rows, 52], targets [count, rows, 2], weight [count, rows] (0 past a
    song's end)."""
    x = np.zeros((count, rows, LISTENER_COLUMNS), np.float32)
    y = np.zeros((count, rows, 2), np.float32)
    weight = np.zeros((count, rows), np.float32)
    for b in range(count):
        excerpt = songs.excerpts[int(rng.integers(len(songs)))]
        table = excerpt.input
        first = int(rng.integers(0, max(1, len(table) - rows + 1)))
        part = vary(table[first : first + rows], rng)
        n = len(part)
        x[b, :n], weight[b, :n] = part, 1
        for c, times in enumerate((excerpt.beats, excerpt.downbeats)):
            near = times[(times * LISTENER_RATE > first - 4) & (times * LISTENER_RATE < first + n + 4)]
            y[b, :n, c] = triangles(near * LISTENER_RATE - first, n, TRIANGLE)
    return x, y, weight
