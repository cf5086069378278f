"""Songs composed by rule, for tempi, metres and grooves that recorded scores lack."""

from __future__ import annotations

import numpy as np

from terpsi_train.data.music.arrange import BASSES, CHORDS, LEADS, PADS, bass_part
from terpsi_train.data.music.drum_patterns import drum_part
from terpsi_train.data.music.score import Part, Score, make_part

# fmt: off
SCALES = [
    [0, 2, 4, 5, 7, 9, 11], [0, 2, 3, 5, 7, 8, 10], [0, 2, 3, 5, 7, 9, 10], [0, 3, 5, 7, 10], [0, 2, 4, 7, 9],
]
# fmt: on
METRES = [(4, False), (3, False), (2, False), (2, True)]  # beats per bar, in triplets


def empty_score(rng: np.random.Generator, seconds: float, per_bar: int, triplet: bool) -> tuple[Score, float]:
    """Beats and bars without parts, in a random tempo that sometimes drifts, and that tempo, BPM."""
    bpm = float(np.exp(rng.uniform(np.log(50 if not triplet else 42), np.log(215 if not triplet else 135))))
    period = 60 / bpm
    count = int(seconds / period) + 2
    periods = np.full(count, period)
    if rng.random() < 0.3:
        knots = rng.normal(0, rng.choice([0.01, 0.03, 0.08]), max(3, count // 6))
        wobble = np.interp(np.linspace(0, len(knots) - 1, count), np.arange(len(knots)), knots)
        periods = periods * np.exp(wobble)
    beats = rng.uniform(0.05, 1.5) + np.concatenate([[0], np.cumsum(periods)])
    in_bar = (np.arange(len(beats)) + rng.choice([0, 0, 0, per_bar - 1])) % per_bar + 1
    return Score([], beats, in_bar, per_bar), bpm


class Sketch:
    """What the parts of a song share: its beats, its key, a cycle of chords."""

    def __init__(self, rng: np.random.Generator, seconds: float):
        self.rng = rng
        per_bar, self.triplet = METRES[rng.choice(4, p=[0.56, 0.22, 0.08, 0.14])]
        self.score, bpm = empty_score(rng, seconds, per_bar, self.triplet)
        self.downs = np.flatnonzero(self.score.in_bar == 1)
        self.key, self.scale = int(rng.integers(12)), SCALES[rng.integers(len(SCALES))]
        cycle = int(rng.choice([1, 2, 4, 4, 8]))
        self.degrees = rng.integers(0, len(self.scale), cycle)
        if bpm > 150 or rng.random() < 0.2:
            self.degrees = np.repeat(self.degrees, 2)
        self.fast = bpm > 130

    def degree(self, bar: int) -> int:
        return int(self.degrees[bar % len(self.degrees)])

    def tone(self, degree: int, base: int) -> int:
        return base + self.key + self.scale[degree % len(self.scale)] + 12 * (degree // len(self.scale))

    def when(self, beat: float) -> float:
        """Seconds of a beat number, fractions between the beats."""
        beats = self.score.beats
        k = min(int(beat), len(beats) - 2)
        return float(beats[k] + (beat - k) * (beats[k + 1] - beats[k]))

    def chords(self) -> Part:
        """Held, on the beats, off the beats, or broken."""
        rng, when, per_bar = self.rng, self.when, self.score.per_bar
        figures = ["held", "beats", "offbeats", "broken", "stabs", "two"]
        figure = str(rng.choice(["held", "beats", "broken"] if self.triplet else figures))
        steps = 3 if self.triplet else (2 if self.fast else int(rng.choice([2, 4])))
        notes = []
        loud = int(rng.integers(50, 105))
        stabs = sorted(rng.choice(per_bar * 2, min(3, per_bar), replace=False) / 2)
        for bar, down in enumerate(self.downs):
            pitches = [self.tone(self.degree(bar) + d, 48) for d in (0, 2, 4)]
            if figure == "held":
                notes += [(when(down), when(down + per_bar * 0.97), p, loud) for p in pitches]
            elif figure == "two":
                notes += [(when(down), when(down + 0.9), pitches[0] - 12, loud)]
                places = [down + b for b in range(1, per_bar)]
                notes += [(when(b), when(b + 0.5), p, loud) for b in places for p in pitches]
            elif figure == "broken":
                for s in range(per_bar * steps):
                    place, pitch = down + s / steps, pitches[s % 3] + 12 * (s % 6 // 3)
                    notes.append((when(place), when(place + 1 / steps), pitch, loud - 10 * (s % steps > 0)))
            else:
                beats = np.arange(per_bar)
                places = {"beats": beats, "offbeats": beats + 0.5, "stabs": stabs}[figure]
                notes += [(when(down + b), when(down + b + 0.45), p, loud) for b in places for p in pitches]
        return make_part(notes, int(rng.choice(CHORDS)), "piano")

    def melody(self) -> Part | None:
        """Mostly by step, its rhythm repeated every other bar."""
        rng, per_bar = self.rng, self.score.per_bar
        grid = per_bar * (3 if self.triplet else (2 if self.fast else 4))
        weight = np.where(np.arange(grid) % (grid // per_bar) == 0, 0.7, 0.35)
        rhythms = [np.flatnonzero(rng.random(grid) < weight) for _ in range(2)]
        degree, notes = int(rng.integers(7, 14)), []
        for bar, down in enumerate(self.downs):
            if rng.random() < 0.15:
                continue
            places = rhythms[bar % 2]
            for i, s in enumerate(places):
                degree = int(np.clip(degree + rng.integers(-2, 3), 4, 18))
                stop = places[i + 1] if i + 1 < len(places) else grid
                begin, end = (self.when(down + k * per_bar / grid) for k in (s, stop))
                notes.append((begin, end, self.tone(degree, 60), int(rng.integers(60, 110))))
        return make_part(notes, int(rng.choice(LEADS)), "melody") if notes else None

    def pulse_bass(self) -> Part:
        """The chord's root on every beat, or on every half beat."""
        score, beats = self.score, self.score.beats
        halves = self.rng.random() < 0.5 and score.bpm < 150
        notes = []
        for bar, down in enumerate(self.downs):
            pitch = self.tone(self.degree(bar), 36)
            for k in range(down, min(down + score.per_bar, len(beats) - 1)):
                length = beats[k + 1] - beats[k]
                for share in (0, 0.5) if halves else (0,):
                    t = beats[k] + share * length
                    notes.append((t, t + 0.4 * length, pitch, 95))
        return make_part(notes, int(self.rng.choice(BASSES)), "bass")

    def pad(self) -> Part:
        notes = []
        for bar, down in enumerate(self.downs):
            begin, end = self.when(down), self.when(down + self.score.per_bar)
            notes += [(begin, end, self.tone(self.degree(bar) + s, 60), 60) for s in (0, 2, 4)]
        return make_part(notes, int(self.rng.choice(PADS)), "pad")


def compose(rng: np.random.Generator, seconds: float, drums: bool | None = None) -> Score:
    sketch = Sketch(rng, seconds)
    score = sketch.score
    score.parts.append(sketch.chords())
    if rng.random() < 0.6:
        melody = sketch.melody()
        score.parts += [melody] if melody else []
    if rng.random() < 0.7:
        score.parts.append(bass_part(score, rng) if rng.random() < 0.7 else sketch.pulse_bass())
    if rng.random() < 0.25:
        score.parts.append(sketch.pad())
    if rng.random() < 0.7 if drums is None else drums:
        score.parts.append(drum_part(score, rng, sketch.triplet))
        if rng.random() < 0.12:
            score.parts = score.parts[-1:]
    keep = score.beats < seconds
    score.beats, score.in_bar = score.beats[keep], score.in_bar[keep]
    score.parts = [p.masked(p.start < seconds) for p in score.parts]
    return score
