"""The corpus: real clips on our skeleton, aligned to beats, cut into 4-beat phrases with a table of joins.

Everything is kept in the beat domain, SAMPLES values per beat: a clip can then be danced at any tempo.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import torch

from terpsi_train.data.motion import beats as beat
from terpsi_train.data.motion.clips import face_front, load_clips
from terpsi_train.layout import FPS, ROOT_HEIGHT, ROOT_VELOCITY, ROTATIONS
from terpsi_train.skeleton import fk, mirrored, orthonormal6, rotations

SAMPLES = 24  # per beat
PHRASE_BEATS = 4
SPAN = PHRASE_BEATS * SAMPLES
NEXT = 12  # successors kept per phrase
# Clips danced together to the same music share one beat grid.
SHARED_MUSIC = {"perfume_A": "perfume", "perfume_B": "perfume", "perfume_C": "perfume"}


@dataclass
class Clip:
    name: str
    style: str
    start: float  # beat number of the first sample
    bpm: float  # the tempo it was danced at
    motion: np.ndarray  # [N, 151], SAMPLES per beat; horizontal velocity in m per beat
    bad: np.ndarray  # [N] bool
    magnitude: float  # mean joint speed at its own tempo, m/s
    beat_map: object = field(default=None, repr=False)


@dataclass
class Phrase:
    clip: int
    start: int  # first sample in the clip
    style: int
    energy: float = 0.5  # rank of its mean joint speed within its style
    mirror: int = 0  # code of its mirror image
    next: list = field(default_factory=list)  # [(code, cost)]


@dataclass
class Corpus:
    styles: list  # names
    style_bpm: np.ndarray
    style_magnitude: np.ndarray
    clips: list
    phrases: list  # code = index + 1


def grid_of(members):
    """Beat period and offset (s) shared by clips danced together. members: [(entry, joints)]."""
    minima = [beat.kinematic_beats(beat.joint_speed(j, FPS), FPS) for _, j in members]
    times = np.concatenate([m[0] for m in minima])
    saliences = np.concatenate([m[1] for m in minima])
    duration = max(len(j) for _, j in members) / FPS
    bpm = members[0][0]["bpm"]
    period = 60.0 / bpm if bpm else beat.estimate_period(times, saliences, duration)
    return period, beat.best_offset(times, saliences, period)


def to_beats(entry, motion, joints, bad, period, offset):
    known = bool(entry["bpm"])
    beats, first = beat.beat_times(joints, FPS, period, offset, *((0.25, 0.5) if known else (0.35, 0.9)))
    at = beat.time_of_beat(beats, first)
    duration = (len(motion) - 1) / FPS
    last = int((first + len(beats) + 1) * SAMPLES)
    numbers = np.arange(int(np.ceil((first - 1) * SAMPLES)), last) / SAMPLES
    times = at(numbers)
    inside = (times >= 0) & (times <= duration)
    numbers, times = numbers[inside], times[inside]
    i = np.minimum((times * 30).astype(int), len(motion) - 2)
    a = (times * 30 - i)[:, None]
    rows = motion[i] * (1 - a) + motion[i + 1] * a
    rows[:, ROTATIONS] = orthonormal6(rotations(rows)).reshape(len(rows), -1)
    rows[:, ROOT_VELOCITY] *= np.gradient(times, numbers)[:, None]  # m/s -> m/beat
    speed = np.linalg.norm(np.diff(joints, axis=0), axis=-1).mean() * FPS
    start, flags = float(numbers[0]), bad[i] | bad[i + 1]
    return Clip(
        entry["name"], entry["style"], start, 60.0 / period, rows.astype(np.float32), flags, float(speed), at
    )


def positions(rows):
    """Joint positions relative to the point on the floor below the pelvis, [N, 24, 3]."""
    with torch.no_grad():
        p = fk(torch.from_numpy(rotations(np.ascontiguousarray(rows, dtype=np.float32)))).numpy()
    return p + np.array([0, 1, 0]) * rows[:, None, ROOT_HEIGHT : ROOT_HEIGHT + 1]


def cut_phrases(clips, styles):
    phrases = []
    for index, clip in enumerate(clips):
        length = len(clip.motion)
        first = int(np.ceil(clip.start / PHRASE_BEATS - 1e-6)) * PHRASE_BEATS
        if (first - clip.start) >= 2.0:
            first -= PHRASE_BEATS // 2  # a half-bar start rather than half a bar lost
        starts = list(range(round((first - clip.start) * SAMPLES), length - SPAN + 1, SPAN))
        if starts and length - (starts[-1] + SPAN) >= 2 * SAMPLES:
            starts.append(starts[-1] + SPAN // 2)  # the tail overlaps the last phrase by half a bar
        for start in starts:
            if clip.bad[start : start + SPAN].mean() < 0.05:
                phrases.append(Phrase(index, start, styles.index(clip.style)))
    return phrases


def mean_speed(clip, phrase, joints):
    a = joints[phrase.start : phrase.start + SPAN]
    return float(np.linalg.norm(np.diff(a, axis=0), axis=-1).mean() * SAMPLES * clip.bpm / 60.0)


def rank_energy(corpus, joints):
    """Energies by rank within the style, and phrases in which a lively style stands still are dropped."""
    speeds = np.array([mean_speed(corpus.clips[p.clip], p, joints[p.clip]) for p in corpus.phrases])
    keep = np.ones(len(speeds), bool)
    for s in range(len(corpus.styles)):
        mine = np.flatnonzero([p.style == s for p in corpus.phrases])
        keep[mine] = speeds[mine] >= 0.35 * np.median(speeds[mine])
        mine = mine[keep[mine]]
        for place, i in enumerate(mine[np.argsort(speeds[mine])]):
            corpus.phrases[i].energy = (place + 0.5) / len(mine)
    corpus.phrases = [p for p, k in zip(corpus.phrases, keep) if k]


def link(corpus, joints):
    """Fills the successor lists. Cost, about cm: mean joint distance plus 0.1 s of mean velocity
    difference."""
    ends, starts, end_v, start_v = [], [], [], []
    for p in corpus.phrases:
        j, rate = joints[p.clip], SAMPLES * corpus.clips[p.clip].bpm / 60.0
        e, v = min(p.start + SPAN, len(j) - 1), 2
        ends.append(j[e])
        end_v.append((j[e] - j[e - v]) * rate / v)
        starts.append(j[p.start])
        start_v.append((j[p.start + v] - j[p.start]) * rate / v)
    ends, starts, end_v, start_v = map(np.array, (ends, starts, end_v, start_v))
    style = np.array([p.style for p in corpus.phrases])
    for i, p in enumerate(corpus.phrases):
        apart = np.linalg.norm(starts - ends[i], axis=-1).mean(-1)
        cost = (apart + 0.1 * np.linalg.norm(start_v - end_v[i], axis=-1).mean(-1)) * 100
        cost[style != p.style] = np.inf
        for k, q in enumerate(corpus.phrases):
            if q.clip == p.clip and q.start == p.start + SPAN:
                cost[k] = 0.0
        order = np.argsort(cost)[:NEXT]
        p.next = [(int(k) + 1, float(round(cost[k], 2))) for k in order if np.isfinite(cost[k])]


def build(data, binary, cache, ballroom=None):
    """The corpus of a data pack; arguments as for load_clips."""
    loaded = [
        (e, *face_front(motion, joints), bad)
        for e, motion, joints, bad in load_clips(data, binary, cache, ballroom)
    ]
    groups = {}
    for entry, _, joints, _ in loaded:
        partner = min(entry["name"], entry["partner"]) if entry.get("partner") else entry["name"]
        groups.setdefault(SHARED_MUSIC.get(entry["name"], partner), []).append((entry, joints))
    grids = {entry["name"]: grid_of(members) for members in groups.values() for entry, _ in members}
    clips = [to_beats(entry, *clip, *grids[entry["name"]]) for entry, *clip in loaded]
    styles = sorted({c.style for c in clips})
    danced = [[c for c in clips if c.style == s] for s in styles]
    bpm = np.array([np.median([c.bpm for c in mine]) for mine in danced])
    magnitude = np.array(
        [np.average([c.magnitude for c in mine], weights=[len(c.motion) for c in mine]) for mine in danced]
    )
    originals = len(clips)
    clips += [replace(c, name=c.name + "_mirror", motion=mirrored(c.motion), beat_map=None) for c in clips]
    corpus = Corpus(styles, bpm, magnitude, clips, cut_phrases(clips, styles))
    joints = [positions(c.motion) for c in clips]
    rank_energy(corpus, joints)
    codes = {(p.clip, p.start): i + 1 for i, p in enumerate(corpus.phrases)}
    for p in corpus.phrases:
        twin = p.clip + originals if p.clip < originals else p.clip - originals
        p.mirror = codes.get((twin, p.start), 0)
    link(corpus, joints)
    return corpus
