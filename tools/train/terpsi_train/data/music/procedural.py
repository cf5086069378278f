"""Songs made up by rule, for tempi, metres and grooves that recorded scores lack."""

from __future__ import annotations

import numpy as np

from terpsi_train.data.music.arrange import BASSES, CHORDS, LEADS, PADS, bass_part
from terpsi_train.data.music.drum_patterns import drum_part
from terpsi_train.data.music.score import Score, make_part

SCALES = [
    [0, 2, 4, 5, 7, 9, 11],
    [0, 2, 3, 5, 7, 8, 10],
    [0, 2, 3, 5, 7, 9, 10],
    [0, 3, 5, 7, 10],
    [0, 2, 4, 7, 9],
]
METRES = [(4, False), (3, False), (2, False), (2, True)]  # beats per bar, in triplets


def compose(rng: np.random.Generator, seconds: float, drums: bool | None = None) -> Score:
    per_bar, triplet = METRES[rng.choice(4, p=[0.56, 0.22, 0.08, 0.14])]
    bpm = float(np.exp(rng.uniform(np.log(50 if not triplet else 42), np.log(215 if not triplet else 135))))
    period = 60 / bpm
    count = int(seconds / period) + 2
    periods = np.full(count, period)
    if rng.random() < 0.3:
        knots = rng.normal(0, rng.choice([0.01, 0.03, 0.08]), max(3, count // 6))
        periods = periods * np.exp(
            np.interp(np.linspace(0, len(knots) - 1, count), np.arange(len(knots)), knots)
        )
    beats = rng.uniform(0.05, 1.5) + np.concatenate([[0], np.cumsum(periods)])
    in_bar = (np.arange(len(beats)) + rng.choice([0, 0, 0, per_bar - 1])) % per_bar + 1
    score = Score([], beats, in_bar, per_bar)
    downs = np.flatnonzero(in_bar == 1)

    key, scale = int(rng.integers(12)), SCALES[rng.integers(len(SCALES))]
    cycle = int(rng.choice([1, 2, 4, 4, 8]))
    degrees = rng.integers(0, len(scale), cycle)
    if bpm > 150 or rng.random() < 0.2:
        degrees = np.repeat(degrees, 2)

    def tone(degree: int, base: int) -> int:
        return base + key + scale[degree % len(scale)] + 12 * (degree // len(scale))

    def when(beat: float) -> float:
        k = min(int(beat), len(beats) - 2)
        return float(beats[k] + (beat - k) * (beats[k + 1] - beats[k]))

    # Chords: held, on the beats, off the beats, or broken.
    fast = bpm > 130
    figures = (
        ["held", "beats", "offbeats", "broken", "stabs", "two"]
        if not triplet
        else ["held", "beats", "broken"]
    )
    figure = str(rng.choice(figures))
    steps = 3 if triplet else (2 if fast else int(rng.choice([2, 4])))
    chords = []
    loud = int(rng.integers(50, 105))
    stabs = sorted(rng.choice(per_bar * 2, min(3, per_bar), replace=False) / 2)
    for bar, down in enumerate(downs):
        root = int(degrees[bar % len(degrees)])
        pitches = [tone(root + d, 48) for d in (0, 2, 4)]
        if figure == "held":
            chords += [(when(down), when(down + per_bar * 0.97), p, loud) for p in pitches]
        elif figure == "two":
            chords += [(when(down), when(down + 0.9), pitches[0] - 12, loud)]
            chords += [
                (when(down + b), when(down + b + 0.5), p, loud) for b in range(1, per_bar) for p in pitches
            ]
        elif figure == "broken":
            for s in range(per_bar * steps):
                place = down + s / steps
                chords.append(
                    (
                        when(place),
                        when(place + 1 / steps),
                        pitches[s % 3] + 12 * (s % 6 // 3),
                        loud - 10 * (s % steps > 0),
                    )
                )
        else:
            places = {"beats": np.arange(per_bar), "offbeats": np.arange(per_bar) + 0.5, "stabs": stabs}[
                figure
            ]
            chords += [(when(down + b), when(down + b + 0.45), p, loud) for b in places for p in pitches]
    score.parts.append(make_part(chords, int(rng.choice(CHORDS)), "piano"))

    if rng.random() < 0.6:  # a melody that mostly moves by step, its rhythm repeated every other bar
        grid = per_bar * (3 if triplet else (2 if fast else 4))
        weight = np.where(np.arange(grid) % (grid // per_bar) == 0, 0.7, 0.35)
        rhythms = [np.flatnonzero(rng.random(grid) < weight) for _ in range(2)]
        degree, notes = int(rng.integers(7, 14)), []
        for bar, down in enumerate(downs):
            if rng.random() < 0.15:
                continue
            places = rhythms[bar % 2]
            for i, s in enumerate(places):
                degree = int(np.clip(degree + rng.integers(-2, 3), 4, 18))
                stop = places[i + 1] if i + 1 < len(places) else grid
                begin, end = down + s * per_bar / grid, down + stop * per_bar / grid
                notes.append((when(begin), when(end), tone(degree, 60), int(rng.integers(60, 110))))
        if notes:
            score.parts.append(make_part(notes, int(rng.choice(LEADS)), "melody"))
    if rng.random() < 0.7:
        score.parts.append(
            bass_part(score, rng) if rng.random() < 0.7 else _pulse_bass(score, rng, tone, degrees, downs)
        )
    if rng.random() < 0.25:
        held = [
            (when(d), when(d + per_bar), tone(int(degrees[b % len(degrees)]) + s, 60), 60)
            for b, d in enumerate(downs)
            for s in (0, 2, 4)
        ]
        score.parts.append(make_part(held, int(rng.choice(PADS)), "pad"))
    if rng.random() < 0.7 if drums is None else drums:
        score.parts.append(drum_part(score, rng, triplet))
        if rng.random() < 0.12:
            score.parts = score.parts[-1:]
    keep = beats < seconds
    score.beats, score.in_bar = beats[keep], in_bar[keep]
    score.parts = [p.masked(p.start < seconds) for p in score.parts]
    return score


def _pulse_bass(score: Score, rng: np.random.Generator, tone, degrees, downs):
    """The chord's root on every beat, or on every half beat."""
    halves = rng.random() < 0.5 and score.bpm < 150
    notes = []
    for bar, down in enumerate(downs):
        pitch = tone(int(degrees[bar % len(degrees)]), 36)
        for k in range(down, min(down + score.per_bar, len(score.beats) - 1)):
            length = score.beats[k + 1] - score.beats[k]
            for share in (0, 0.5) if halves else (0,):
                t = score.beats[k] + share * length
                notes.append((t, t + 0.4 * length, pitch, 95))
    return make_part(notes, int(rng.choice(BASSES)), "bass")
