"""Scores as arrays: notes, beats and bars, and the operations that training songs are varied by."""

from __future__ import annotations

import dataclasses

import numpy as np


@dataclasses.dataclass
class Part:
    """Notes of one instrument, sorted by start."""

    program: int  # General MIDI, 0 to 127
    drums: bool
    start: np.ndarray  # seconds
    end: np.ndarray  # seconds
    pitch: np.ndarray
    velocity: np.ndarray
    role: str = ""  # melody, bridge, piano, bass, pad, drums

    def masked(self, keep: np.ndarray) -> Part:
        return dataclasses.replace(
            self,
            start=self.start[keep],
            end=self.end[keep],
            pitch=self.pitch[keep],
            velocity=self.velocity[keep],
        )


@dataclasses.dataclass
class Score:
    parts: list[Part]
    beats: np.ndarray  # seconds, ascending
    in_bar: np.ndarray  # 1 = downbeat
    per_bar: int

    @property
    def bpm(self) -> float:
        """Of the median period; 0 without beats."""
        return float(60 / np.median(np.diff(self.beats))) if len(self.beats) > 1 else 0.0


def make_part(
    notes: list[tuple[float, float, int, int]], program: int, role: str, drums: bool = False
) -> Part:
    """`notes`: start, end, pitch, velocity."""
    table = np.array(sorted(notes), float).reshape(-1, 4)
    return Part(
        program, drums, table[:, 0], table[:, 1], table[:, 2].astype(int), table[:, 3].astype(int), role
    )


def read_pop909(path_without_suffix: str) -> Score:
    """One song: NAME.mid and NAME.beats.txt (time, half-bar flag, downbeat flag).

    Songs in 6/8 (six annotated pulses in a bar) are counted in two when the pulse is faster than 140 a
    minute, else in three: what one would dance.
    """
    import pretty_midi

    table = np.loadtxt(path_without_suffix + ".beats.txt")
    beats, half, down = table[:, 0], table[:, 1] > 0, table[:, 2] > 0
    per_bar = int(np.median(np.diff(np.flatnonzero(down))))
    in_bar = _count(down)
    if per_bar == 6:
        if 60 / np.median(np.diff(beats)) > 140:
            keep = half | down
            beats, in_bar, per_bar = beats[keep], _count(down[keep]), 2
        else:
            in_bar, per_bar = _count(half | down), 3
    parts = []
    for instrument in pretty_midi.PrettyMIDI(path_without_suffix + ".mid").instruments:
        notes = [(n.start, n.end, n.pitch, n.velocity) for n in instrument.notes if n.end > n.start]
        if notes:
            parts.append(make_part(notes, instrument.program, instrument.name.lower(), instrument.is_drum))
    return Score(parts, beats, in_bar, per_bar)


def _count(down: np.ndarray) -> np.ndarray:
    """Places in the bar from downbeat flags; beats before the first downbeat lead up to it."""
    first = np.flatnonzero(down)
    if len(first) == 0:
        return np.ones(len(down), int)
    per_bar = int(np.median(np.diff(first))) if len(first) > 1 else 4
    out = np.empty(len(down), int)
    place = (per_bar - first[0]) % per_bar
    for k, flag in enumerate(down):
        place = 0 if flag else place
        out[k] = place + 1
        place += 1
    return np.clip(out, 1, None)


def excerpt(score: Score, first_beat: int, seconds: float) -> Score:
    """The part from just before a beat on, at most `seconds` long."""
    begin = score.beats[first_beat] - 0.05
    stop = begin + seconds
    parts = []
    for part in score.parts:
        kept = part.masked((part.start >= begin) & (part.start < stop))
        kept.start, kept.end = kept.start - begin, np.minimum(kept.end, stop) - begin
        parts.append(kept)
    keep = (score.beats >= begin) & (score.beats < stop)
    return Score(parts, score.beats[keep] - begin, score.in_bar[keep], score.per_bar)


def warp(score: Score, at: np.ndarray, to: np.ndarray) -> Score:
    """Moves all times by the piecewise linear map `at` -> `to` (seconds, ascending)."""

    def move(t: np.ndarray) -> np.ndarray:
        low, high = t < at[0], t > at[-1]
        out = np.interp(t, at, to)
        slope = (to[-1] - to[-2]) / (at[-1] - at[-2])
        out[high] = to[-1] + (t[high] - at[-1]) * slope
        slope = (to[1] - to[0]) / (at[1] - at[0])
        out[low] = to[0] + (t[low] - at[0]) * slope
        return out

    parts = [dataclasses.replace(p, start=move(p.start), end=move(p.end)) for p in score.parts]
    return Score(parts, move(score.beats), score.in_bar, score.per_bar)


def drop_beats(score: Score, per_bar: int) -> Score:
    """Shortens every bar to its first `per_bar` beats: a song in four becomes one in three or two."""
    beats, in_bar = score.beats, score.in_bar
    ends = np.append(beats[1:], 2 * beats[-1] - beats[-2])
    removed = in_bar > per_bar
    lost = np.concatenate([[0.0], np.cumsum(np.where(removed, ends - beats, 0.0))])

    def place(t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        k = np.clip(np.searchsorted(beats, t + 1e-6, side="right") - 1, 0, len(beats) - 1)
        inside = removed[k] & (t >= beats[0])
        return np.where(inside, beats[k], t) - np.where(t >= beats[0], lost[k], 0.0), inside

    parts = []
    for part in score.parts:
        start, gone = place(part.start)
        end, _ = place(part.end)
        moved = dataclasses.replace(part, start=start, end=np.maximum(end, start + 0.05))
        parts.append(moved.masked(~gone))
    keep = ~removed
    return Score(parts, beats[keep] - lost[:-1][keep], in_bar[keep], per_bar)


def double_time(score: Score) -> Score:
    """Counted twice as fast: every bar of n beats becomes two, with a beat in the middle of each pair."""
    beats, in_bar = score.beats, score.in_bar
    middles = (beats[:-1] + beats[1:]) / 2
    out = np.empty(2 * len(beats) - 1)
    out[0::2], out[1::2] = beats, middles
    place = np.empty(len(out), int)
    place[0::2] = 2 * (in_bar - 1)
    place[1::2] = place[0:-1:2] + 1
    return Score(score.parts, out, place % score.per_bar + 1, score.per_bar)


def write_midi(score: Score, path: str) -> None:
    import pretty_midi

    midi = pretty_midi.PrettyMIDI(resolution=960)
    for part in score.parts:
        instrument = pretty_midi.Instrument(part.program, part.drums, part.role)
        for start, end, pitch, velocity in zip(part.start, part.end, part.pitch, part.velocity):
            start = max(0.0, float(start))
            if 0 <= pitch <= 127:
                instrument.notes.append(
                    pretty_midi.Note(
                        int(np.clip(velocity, 1, 127)), int(pitch), start, max(float(end), start + 0.03)
                    )
                )
        midi.instruments.append(instrument)
    midi.write(path)
