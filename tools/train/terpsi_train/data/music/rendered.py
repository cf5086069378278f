"""Excerpts of rendered songs with exact beats, as render_songs.py writes them: corpus/NAME.json, NAME.npz,
NAME.flac."""

import dataclasses
import json
import pathlib

import numpy as np

MADE_UP = "made up"  # as the song of an excerpt: composed by rule


@dataclasses.dataclass
class Excerpt:
    name: str
    split: str
    song: str  # all excerpts of a song are in one split; one that was made up has the excerpt's name
    bpm: float
    beats: np.ndarray  # (n) seconds
    beat_in_bar: np.ndarray  # (n), 1 = downbeat
    input: np.ndarray  # (T, 52) float16, listener input at 90 rows per second

    @property
    def downbeats(self):
        return self.beats[self.beat_in_bar == 1]


def index(folder):
    """{name: its entry}."""
    return {f.stem: json.loads(f.read_text()) for f in (pathlib.Path(folder) / "corpus").glob("*.json")}


def load(folder, split, limit=None, known=()):
    """The excerpts of a split whose files are there, by name, without the names `known`; `limit` takes that
    many, evenly spread."""
    folder = pathlib.Path(folder)
    about = index(folder)
    wanted = (n for n, e in about.items() if e["split"] == split and n not in known)
    names = sorted(n for n in wanted if (folder / (n + ".npz")).exists())
    if limit and len(names) > limit:
        names = [names[i] for i in np.linspace(0, len(names) - 1, limit).round().astype(int)]
    found = []
    for name in names:
        with np.load(folder / (name + ".npz")) as z:
            song = about[name].get("song", MADE_UP)
            song = name if song == MADE_UP else song
            beats, in_bar = z["beats"].astype(float), z["beat_in_bar"].astype(int)
            found.append(Excerpt(name, split, song, float(z["bpm"]), beats, in_bar, z["input"]))
    return found
