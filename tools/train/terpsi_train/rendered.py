"""Excerpts of rendered songs with exact beats, as render_songs.py writes them: corpus/NAME.json, NAME.npz, NAME.flac."""

import dataclasses
import json
import pathlib

import numpy as np

RATE = 90           # input frames per second; frame t is at t / RATE s
MADE_UP = "made up"
COLUMNS = 52        # 40 of ln(1 + 1e4 mel power), 12 of chroma


@dataclasses.dataclass
class Excerpt:
    name: str
    split: str
    song: str               # all excerpts of a song are in one split; one that was made up has the excerpt's name
    bpm: float
    beats: np.ndarray       # (n) seconds
    beat_in_bar: np.ndarray  # (n), 1 = downbeat
    input: np.ndarray       # (T, COLUMNS) float16

    @property
    def downbeats(self):
        return self.beats[self.beat_in_bar == 1]


def index(folder):
    """{name: what is said of it}."""
    return {f.stem: json.loads(f.read_text()) for f in (pathlib.Path(folder) / "corpus").glob("*.json")}


def load(folder, split, limit=None, known=()):
    """The excerpts of a split whose files are there, by name, without the names `known`; `limit` takes that many, evenly spread."""
    folder = pathlib.Path(folder)
    said = index(folder)
    names = sorted(n for n, e in said.items() if e["split"] == split and n not in known and (folder / (n + ".npz")).exists())
    if limit and len(names) > limit:
        names = [names[i] for i in np.linspace(0, len(names) - 1, limit).round().astype(int)]
    found = []
    for name in names:
        with np.load(folder / (name + ".npz")) as z:
            song = said[name].get("song", MADE_UP)
            found.append(Excerpt(name, split, name if song == MADE_UP else song, float(z["bpm"]), z["beats"].astype(float),
                                 z["beat_in_bar"].astype(int), z["input"]))
    return found
