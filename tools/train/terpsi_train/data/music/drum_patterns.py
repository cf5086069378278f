"""Drum patterns on the grid of a score's beats."""

from __future__ import annotations

import numpy as np

from terpsi_train.data.music.score import Part, Score, make_part

KICK, SIDE, SNARE, CLAP, HAT, PEDAL, OPEN, LOW_TOM, MID_TOM, HIGH_TOM = 36, 37, 38, 39, 42, 44, 46, 45, 47, 50
CRASH, RIDE, TAMBOURINE, COWBELL, CONGA_HIGH, CONGA_LOW, CABASA, CLAVES, SHAKER = (
    49,
    51,
    54,
    56,
    63,
    64,
    69,
    75,
    82,
)

# Each pattern: instrument -> places in a bar, in beats from its start; values are (place, strength).
FOUR = {
    "rock": {KICK: [0, 2], SNARE: [1, 3], HAT: "8"},
    "rock2": {KICK: [0, 2, 2.5], SNARE: [1, 3], HAT: "8", CRASH: []},
    "quarter": {KICK: [0, 2], SNARE: [1, 3], HAT: "4"},
    "house": {KICK: [0, 1, 2, 3], CLAP: [1, 3], OPEN: [0.5, 1.5, 2.5, 3.5]},
    "techno": {KICK: [0, 1, 2, 3], HAT: "16", OPEN: [0.5, 1.5, 2.5, 3.5]},
    "half": {KICK: [0], SNARE: [2], HAT: "8"},
    "trap": {KICK: [0, 0.75, 2.5], SNARE: [2], HAT: "16"},
    "hiphop": {KICK: [0, 1.5, 2.5], SNARE: [1, 3], HAT: "8"},
    "funk": {KICK: [0, 0.75, 2.5], SNARE: [1, 3], HAT: "16"},
    "break": {KICK: [0, 0.5, 2.5], SNARE: [1, 1.75, 2.25, 3], RIDE: "8"},
    "break2": {KICK: [0, 0.5, 2.75, 3.25], SNARE: [1, 1.75, 2.25, 3.5], HAT: "8"},
    "dnb": {KICK: [0, 2.5], SNARE: [1, 3], HAT: "8"},
    "ballad": {KICK: [0, 2.5], SIDE: [1, 3], HAT: "8"},
    "latin": {KICK: [0, 1.5, 2, 3.5], CONGA_HIGH: [0.5, 1, 2.5, 3], CONGA_LOW: [1.5, 3.5], CABASA: "8"},
    "tresillo": {KICK: [0, 1, 2, 3], SNARE: [0.75, 1.5, 2.75, 3.5], SHAKER: "16"},
    "salsa": {
        CLAVES: [0, 0.75, 1.5, 2.5, 3],
        CONGA_HIGH: [1, 3],
        CONGA_LOW: [1.5, 1.75, 3.5, 3.75],
        COWBELL: [0, 2],
    },
    "onedrop": {KICK: [2], SIDE: [2], HAT: [0.5, 1.5, 2.5, 3.5]},
    "swing": {KICK: [0, 2], RIDE: [0, 1, 1.667, 2, 3, 3.667], PEDAL: [1, 3]},
    "shuffle": {KICK: [0, 2], SNARE: [1, 3], HAT: [0, 0.667, 1, 1.667, 2, 2.667, 3, 3.667]},
    "shaker": {SHAKER: "16", TAMBOURINE: [1, 3]},
    "clap": {CLAP: [1, 3]},
    "kick": {KICK: [0, 1, 2, 3]},
    "disco": {
        KICK: [0, 1, 2, 3],
        SNARE: [1, 3],
        HAT: [0, 0.25, 1, 1.25, 2, 2.25, 3, 3.25],
        OPEN: [0.5, 1.5, 2.5, 3.5],
    },
    "motown": {KICK: [0, 1.5, 2], SNARE: [0, 1, 2, 3], TAMBOURINE: [1, 3]},
}
THREE = {
    "waltz": {KICK: [0], SNARE: [1, 2], HAT: "4"},
    "waltz2": {KICK: [0], HAT: [1, 2]},
    "three": {KICK: [0], SNARE: [2], RIDE: "8"},
    "jazz3": {KICK: [0], RIDE: [0, 1, 1.667, 2], PEDAL: [1]},
    "rock3": {KICK: [0, 1.5], SNARE: [2], HAT: "8"},
}
TWO = {
    "march": {KICK: [0], SNARE: [1], HAT: "8"},
    "polka": {KICK: [0, 1], HAT: [0.5, 1.5], SNARE: [0.5, 1.5]},
    "samba": {KICK: [0, 0.75, 1, 1.75], SHAKER: "16", SIDE: [0, 0.5, 1.25, 1.75]},
}
SIX = {  # two dotted beats in a bar
    "six": {KICK: [0], SNARE: [1], HAT: "3"},
    "slowrock": {KICK: [0, 0.667], SNARE: [1], RIDE: "3"},
    "jig": {KICK: [0, 1], TAMBOURINE: "3"},
}
BUSY = {"16": 4, "8": 2, "4": 1, "3": 3}


def library(per_bar: int, triplet: bool) -> dict:
    return {3: THREE, 4: FOUR}.get(per_bar, SIX if triplet else TWO)


def random_pattern(per_bar: int, rng: np.random.Generator) -> dict:
    """A pattern of its own: a few kicks with the first beat among them, a snare or two, some hats."""
    steps = per_bar * 4
    weight = np.where(np.arange(steps) % 4 == 0, 3.0, np.where(np.arange(steps) % 2 == 0, 1.5, 0.7))
    kicks = rng.choice(steps, rng.integers(1, 5), replace=False, p=weight / weight.sum())
    snares = rng.choice(np.arange(1, per_bar), rng.integers(1, 3))
    extra = rng.choice(steps, rng.integers(0, 3)) / 4
    hats = str(rng.choice(["16", "8", "4"]))
    return {KICK: sorted({0.0, *(kicks / 4)}), SNARE: sorted({*snares.astype(float), *extra}), HAT: hats}


def drum_part(score: Score, rng: np.random.Generator, triplet: bool = False) -> Part:
    """Drums for a whole score: a pattern, perhaps another one later, fills, crashes, breaks."""
    per_bar = score.per_bar
    names = library(per_bar, triplet)
    bpm = score.bpm

    def choose() -> dict:
        if rng.random() < 0.2 and not triplet:
            return random_pattern(per_bar, rng)
        name = str(rng.choice(sorted(names)))
        if bpm > 150 and name in ("techno", "funk", "trap", "tresillo", "shaker"):
            name = "rock" if per_bar == 4 else name
        return names[name]

    patterns = [choose(), choose()]
    swing = rng.choice([0.0, 0.0, 0.0, rng.uniform(0.05, 0.17)]) if bpm < 170 else 0.0
    jitter = rng.choice([0.0, 0.003, 0.008])
    loud = rng.integers(60, 118)
    hat_loud = loud * rng.uniform(0.4, 0.9)
    phrase = int(rng.choice([4, 8]))
    breaks = rng.random() < 0.3
    downs = np.flatnonzero(score.in_bar == 1)
    notes: list[tuple[float, float, int, int]] = []

    def hit(beat: float, pitch: int, velocity: float) -> None:
        k = int(np.floor(beat))
        if k < 0 or k + 1 >= len(score.beats):
            return
        share = beat - k
        if swing and abs(share - 0.5) < 0.01:
            share += swing
        t = score.beats[k] + share * (score.beats[k + 1] - score.beats[k]) + rng.normal(0, jitter)
        notes.append((t, t + 0.1, pitch, int(np.clip(velocity + rng.normal(0, 4), 15, 127))))

    switch = rng.integers(4, 13)
    silent_from = rng.integers(4, 20) if breaks else 10**9
    silent_for = rng.integers(2, 9)
    for bar, down in enumerate(downs):
        if silent_from <= bar < silent_from + silent_for:
            continue
        pattern = patterns[(bar // switch) % 2]
        for pitch, places in pattern.items():
            if isinstance(places, str):
                count = BUSY[places]
                for step in range(per_bar * count):
                    accent = 1.0 if step % count == 0 else 0.75
                    hit(down + step / count, pitch, hat_loud * accent)
            else:
                for place in places:
                    if place < per_bar:
                        hit(down + place, pitch, loud)
        if bar % phrase == 0 and rng.random() < 0.5:
            hit(down, CRASH, loud)
        if bar % phrase == phrase - 1 and rng.random() < 0.5:
            for step in np.arange(per_bar - 1, per_bar, 0.25 if bpm < 160 else 0.5):
                hit(down + step, int(rng.choice([SNARE, LOW_TOM, MID_TOM, HIGH_TOM])), loud)
    return make_part(notes, 0, "drums", drums=True)
