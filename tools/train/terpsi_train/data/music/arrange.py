"""Varies a score: tempo, metre, key, instruments, bass, pads, drums."""

from __future__ import annotations

import dataclasses

import numpy as np

from terpsi_train.data.music.drum_patterns import drum_part
from terpsi_train.data.music.score import Part, Score, double_time, drop_beats, excerpt, make_part, warp

LEADS = [0, 4, 11, 22, 24, 25, 26, 40, 42, 52, 53, 56, 59, 65, 66, 71, 73, 75, 80, 81, 82]
BRIDGES = [4, 5, 24, 25, 26, 27, 28, 29, 30, 46, 48, 49, 50, 61, 62, 88, 89, 90, 94]
CHORDS = [0, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 21, 24, 25, 26, 27, 29, 30, 46, 48, 50, 51, 62, 63]
BASSES = [32, 33, 34, 35, 36, 38, 39]
PADS = [48, 49, 50, 51, 52, 54, 88, 89, 90, 91, 92, 93, 94, 95]

# Bass: places in a bar of four, in beats (those past a shorter bar's end are left out).
BASS_LINES = [
    [0],
    [0, 2],
    [0, 1, 2, 3],
    [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5],
    [0.5, 1.5, 2.5, 3.5],
    [0, 1.5, 2.5],
    [0, 0.75, 1.5, 2, 2.75, 3.5],
    [0, 1.5, 2, 3.5],
    [0, 3],
]


@dataclasses.dataclass
class Plan:
    """What a variant is to be; `None` leaves to chance."""

    drums: bool | None = None
    only_drums: bool = False
    plain: bool = False  # the score as it is: no change of tempo, metre, key
    seconds: float = 45


def chord_pitches(score: Score, low: int, high: int) -> list[np.ndarray]:
    """Pitch classes sounding in each bar, the most frequent first."""
    downs = np.flatnonzero(score.in_bar == 1)
    starts = score.beats[downs]
    counts = np.zeros((len(downs), 12))
    lowest = np.full(len(downs), 200)
    for part in score.parts:
        if part.drums or len(part.start) == 0:
            continue
        bar = np.searchsorted(starts, part.start + 0.03, side="right") - 1
        for b, pitch, start, end in zip(bar, part.pitch, part.start, part.end):
            if b >= 0:
                counts[b, pitch % 12] += min(end - start, 2.0)
                lowest[b] = min(lowest[b], pitch)
    out = []
    for b in range(len(downs)):
        best = np.argsort(-counts[b])[:4]
        best = best[counts[b, best] > 0]
        if lowest[b] < 200:
            root = lowest[b] % 12
            best = np.array([root, *[p for p in best if p != root]])
        out.append(np.array([low + (p - low) % 12 for p in best if low + (p - low) % 12 <= high], int))
    return out


def bass_part(score: Score, rng: np.random.Generator) -> Part:
    line = BASS_LINES[rng.integers(len(BASS_LINES))]
    downs = np.flatnonzero(score.in_bar == 1)
    notes = []
    loud = rng.integers(70, 115)
    for down, pitches in zip(downs, chord_pitches(score, 31, 50)):
        if len(pitches) == 0:
            continue
        for place in line:
            k = down + int(place)
            if place >= score.per_bar or k + 1 >= len(score.beats):
                continue
            length = score.beats[k + 1] - score.beats[k]
            t = score.beats[k] + (place % 1) * length + rng.normal(0, 0.004)
            pitch = pitches[0] if rng.random() < 0.85 else pitches[rng.integers(len(pitches))]
            notes.append((t, t + 0.45 * length * rng.choice([1, 2]), int(pitch), loud + rng.integers(-6, 7)))
    return make_part(notes, int(rng.choice(BASSES)), "bass")


def pad_part(score: Score, rng: np.random.Generator) -> Part:
    downs = np.flatnonzero(score.in_bar == 1)
    notes = []
    for i, (down, pitches) in enumerate(zip(downs, chord_pitches(score, 55, 74))):
        end = score.beats[downs[i + 1]] if i + 1 < len(downs) else score.beats[-1]
        for pitch in pitches[:3]:
            notes.append((score.beats[down], end, int(pitch), int(rng.integers(45, 80))))
    return make_part(notes, int(rng.choice(PADS)), "pad")


def tempo_map(score: Score, rng: np.random.Generator) -> Score:
    """A new tempo between 42 and 225 BPM, sometimes drifting, sometimes slowing down or speeding up."""
    bpm = score.bpm
    low, high = max(np.log(0.7), np.log(42 / bpm)), min(np.log(1.5), np.log(225 / bpm))
    if bpm < 75:
        high = min(np.log(2.0), np.log(225 / bpm))
    factor = np.exp(rng.uniform(low, high)) if low < high else 1.0
    beats = score.beats
    periods = np.diff(beats) / factor
    if rng.random() < 0.35:  # drift
        knots = rng.normal(0, rng.choice([0.01, 0.03, 0.06]), max(2, len(periods) // 8 + 2))
        wobble = np.interp(np.linspace(0, len(knots) - 1, len(periods)), np.arange(len(knots)), knots)
        periods = periods * np.exp(wobble)
    if rng.random() < 0.08:  # from one tempo to another
        periods = periods * np.linspace(1, rng.uniform(0.75, 1.33), len(periods))
    to = beats[0] / factor + np.concatenate([[0], np.cumsum(periods)])
    return warp(score, beats, to)


def arrange(source: Score, rng: np.random.Generator, plan: Plan) -> Score:
    """One variant of a song, at most `plan.seconds` long. Notes, beats and bars stay true to each other."""
    score = source
    if not plan.plain:
        if score.per_bar == 4 and rng.random() < 0.16:
            score = drop_beats(score, int(rng.choice([3, 3, 2])))
        score = tempo_map(score, rng)
    drums = rng.random() < 0.62 if plan.drums is None else plan.drums
    if drums and not plan.plain and score.bpm < 90 and score.per_bar in (2, 4) and rng.random() < 0.45:
        score = double_time(score)  # slow ballads with drums of fast songs, which then say what the beat is
    downs = np.flatnonzero(score.in_bar == 1)
    begins = score.beats[downs]
    late = score.beats[-1] - plan.seconds
    choices = downs[begins <= max(late, begins[0])]
    score = excerpt(score, int(rng.choice(choices)), plan.seconds)
    if len(score.beats) < 8:
        return score
    shift = 0 if plan.plain else int(rng.integers(-5, 7))
    parts = []
    for part in score.parts:
        pool = LEADS if "melody" in part.role else BRIDGES if "bridge" in part.role else CHORDS
        program = part.program if plan.plain and rng.random() < 0.5 else int(rng.choice(pool))
        velocity = np.clip(part.velocity * rng.uniform(0.6, 1.15), 20, 127).astype(int)
        parts.append(dataclasses.replace(part, program=program, pitch=part.pitch + shift, velocity=velocity))
    score = Score(parts, score.beats, score.in_bar, score.per_bar)
    if rng.random() < 0.15 and len(parts) > 1:  # without its melody, or without its accompaniment
        parts.pop(int(rng.integers(len(parts))))
    if rng.random() < 0.5:
        parts.append(bass_part(score, rng))
    if rng.random() < 0.3:
        parts.append(pad_part(score, rng))
    if drums or plan.only_drums:
        parts.append(
            drum_part(score, rng, triplet=score.per_bar == 2 and score.bpm < 100 and rng.random() < 0.5)
        )
    if plan.only_drums:
        parts = [p for p in parts if p.drums or (p.role == "bass" and rng.random() < 0.3)]
    if rng.random() < 0.15:  # a stretch in which all but one part rest
        stay = int(rng.integers(len(parts)))
        begin = rng.uniform(0.1, 0.7) * plan.seconds
        stop = begin + rng.uniform(3, 12)
        parts = [
            p if i == stay else p.masked((p.start < begin) | (p.start > stop)) for i, p in enumerate(parts)
        ]
    lead_in = rng.uniform(0.0, 1.2)
    moved = [dataclasses.replace(p, start=p.start + lead_in, end=p.end + lead_in) for p in parts]
    return Score(moved, score.beats + lead_in, score.in_bar, score.per_bar)
