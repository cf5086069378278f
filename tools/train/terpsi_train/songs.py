"""A corpus of rendered songs (render_songs.py) in memory, and random stretches of it, varied."""

from __future__ import annotations

import json
import pathlib

import numpy as np

RATE, COLUMNS, MEL = 90, 52, 40
TRIANGLE = 2.5  # rows to either side of a beat


class Songs:
    """Excerpts of one split; `refresh` takes in those rendered since."""

    def __init__(self, folder: str, split: str):
        self.folder, self.split = pathlib.Path(folder), split
        self.known: set[str] = set()
        self.inputs: list[np.ndarray] = []
        self.beats: list[np.ndarray] = []
        self.downs: list[np.ndarray] = []
        self.about: list[dict] = []
        self.refresh()

    def refresh(self) -> None:
        for path in sorted((self.folder / "corpus").glob(f"{self.split}_*.json")):
            if path.stem in self.known:
                continue
            self.known.add(path.stem)
            table = np.load(self.folder / f"{path.stem}.npz")
            self.inputs.append(table["input"])
            self.beats.append(table["beats"])
            self.downs.append(table["beats"][table["beat_in_bar"] == 1])
            self.about.append(json.loads(path.read_text()) | {"name": path.stem})

    def __len__(self) -> int:
        return len(self.inputs)

    def hours(self) -> float:
        return sum(len(x) for x in self.inputs) / RATE / 3600


def triangles(times: np.ndarray, rows: int, first: int) -> np.ndarray:
    """1 at each time (seconds), falling to 0 TRIANGLE rows away; rows `first`, first + 1, ..."""
    out = np.zeros(rows, np.float32)
    for at in times * RATE - first:
        low, high = int(np.ceil(at - TRIANGLE)), int(np.floor(at + TRIANGLE))
        for row in range(max(0, low), min(rows - 1, high) + 1):
            out[row] = max(out[row], 1 - abs(row - at) / TRIANGLE)
    return out


def vary(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another equaliser, another noise floor, other keys: on the features themselves. Returns float32."""
    x = x.astype(np.float32)
    mel, chroma = x[:, :MEL], x[:, MEL:]
    if rng.random() < 0.8:
        knots = rng.normal(0, 0.7, 5)
        gain = np.interp(np.linspace(0, 4, MEL), np.arange(5), knots) + rng.normal(0, 0.7)
        floor = np.exp(rng.uniform(-4, 1)) if rng.random() < 0.3 else 0.0
        mel = np.log1p(np.expm1(mel) * np.exp(gain).astype(np.float32) + floor)
    if rng.random() < 0.15:
        first = rng.integers(0, MEL - 8)
        mel[:, first : first + rng.integers(2, 9)] = 0
    chroma = np.roll(chroma, rng.integers(12), axis=1)
    if rng.random() < 0.1:
        chroma = np.zeros_like(chroma)
    return np.concatenate([mel, chroma], 1)


def batch(songs: Songs, count: int, rows: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`count` stretches: input [count, rows, 52], targets [count, rows, 2], weight [count, rows] (0 past a song's end)."""
    x = np.zeros((count, rows, COLUMNS), np.float32)
    y = np.zeros((count, rows, 2), np.float32)
    weight = np.zeros((count, rows), np.float32)
    for b in range(count):
        k = int(rng.integers(len(songs)))
        table = songs.inputs[k]
        first = int(rng.integers(0, max(1, len(table) - rows + 1)))
        part = vary(table[first : first + rows], rng)
        n = len(part)
        x[b, :n], weight[b, :n] = part, 1
        for c, times in enumerate((songs.beats[k], songs.downs[k])):
            near = times[(times * RATE > first - 4) & (times * RATE < first + n + 4)]
            y[b, :n, c] = triangles(near, n, first)
    return x, y, weight
