"""The corpus: real clips on our skeleton, aligned to beats, cut into 4-beat phrases with a table of joins.

Everything is kept in the beat domain, SAMPLES values per beat: a clip can then be danced at any tempo.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import torch

from terpsi_train.data.motion import beats as beat
from terpsi_train.data.motion.clips import face_front, load_clips
from terpsi_train.data.motion.vocabulary import CALM, ROBOTS, STANDING, family_of
from terpsi_train.layout import FPS, ROOT_HEIGHT, ROOT_VELOCITY, ROTATIONS
from terpsi_train.skeleton import fk, mirrored, orthonormal6, rotations

SAMPLES = 24  # per beat
PHRASE_BEATS = 4
SPAN = PHRASE_BEATS * SAMPLES
NEXT = 16  # successors kept per phrase
ALIKE = 0.05  # m between coordinates of phrases that look the same
LOOKS = 10  # poses of a phrase that are compared


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
    robot: bool = False  # captured through a robot's skeleton (vocabulary.ROBOTS)


@dataclass
class Phrase:
    clip: int
    start: int  # first sample in the clip
    style: int
    energy: float = 0.5  # rank of its mean joint speed within its family
    mirror: int = 0  # code of its mirror image
    alike: int = 0  # code of the first phrase that looks the same
    next: list = field(default_factory=list)  # [(code, cost)]


@dataclass
class Corpus:
    styles: list  # names
    families: list  # of the styles
    style_bpm: np.ndarray
    style_magnitude: np.ndarray
    clips: list
    phrases: list  # code = index + 1

    def names(self):
        """What each phrase is of: clip and first sample. Runs and files of the same names fit each other."""
        return [f"{self.clips[p.clip].name} {p.start}" for p in self.phrases]


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
    robot = entry.get("group") in ROBOTS
    rows = rows.astype(np.float32)
    return Clip(entry["name"], entry["style"], start, 60.0 / period, rows, flags, float(speed), at, robot)


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
    """Energies by rank within the family; phrases in which a lively style stands still are dropped."""
    speeds = np.array([mean_speed(corpus.clips[p.clip], p, joints[p.clip]) for p in corpus.phrases])
    least = np.array([0.0 if corpus.styles[p.style] in CALM else STANDING for p in corpus.phrases])
    families = np.array([corpus.families[p.style] for p in corpus.phrases])
    keep = np.ones(len(speeds), bool)
    for family in set(families):
        mine = np.flatnonzero(families == family)
        keep[mine] = speeds[mine] >= np.maximum(least[mine], 0.35 * np.median(speeds[mine]))
        mine = mine[keep[mine]]
        for place, i in enumerate(mine[np.argsort(speeds[mine], kind="stable")]):
            corpus.phrases[i].energy = (place + 0.5) / len(mine)
    corpus.phrases = [p for p, k in zip(corpus.phrases, keep) if k]


def link(corpus, joints):
    """Fills the successor lists, within families. Cost, about cm: mean joint distance plus 0.1 s of mean
    velocity difference."""
    ends, starts, end_v, start_v = [], [], [], []
    for p in corpus.phrases:
        j, rate = joints[p.clip], SAMPLES * corpus.clips[p.clip].bpm / 60.0
        e, v = min(p.start + SPAN, len(j) - 1), 2
        ends.append(j[e])
        end_v.append((j[e] - j[e - v]) * rate / v)
        starts.append(j[p.start])
        start_v.append((j[p.start + v] - j[p.start]) * rate / v)
    ends, starts, end_v, start_v = map(np.array, (ends, starts, end_v, start_v))
    family = np.array([corpus.families[p.style] for p in corpus.phrases])
    for i, p in enumerate(corpus.phrases):
        apart = np.linalg.norm(starts - ends[i], axis=-1).mean(-1)
        cost = (apart + 0.1 * np.linalg.norm(start_v - end_v[i], axis=-1).mean(-1)) * 100
        cost[family != family[i]] = np.inf
        for k, q in enumerate(corpus.phrases):
            if q.clip == p.clip and q.start == p.start + SPAN:
                cost[k] = 0.0
        order = np.argsort(cost, kind="stable")[:NEXT]
        p.next = [(int(k) + 1, float(round(cost[k], 2))) for k in order if np.isfinite(cost[k])]


def find_alike(corpus, joints):
    """Names for each phrase the first one that looks the same, itself perhaps: their poses, where they stand
    taken out, differ by less than ALIKE in the mean."""
    steps = (np.arange(LOOKS) + 0.5) * SPAN / LOOKS
    looks = np.array(
        [joints[p.clip][p.start + steps.astype(int)].ravel() for p in corpus.phrases], np.float32
    )
    leaders = []
    for i, p in enumerate(corpus.phrases):
        apart = np.abs(looks[leaders] - looks[i]).mean(1) if leaders else np.array([np.inf])
        nearest = int(apart.argmin())
        if apart[nearest] < ALIKE:
            p.alike = leaders[nearest] + 1
        else:
            leaders.append(i)
            p.alike = i + 1


def assemble(clips):
    """The corpus of recorded clips in beats. Phrases come first as they were recorded, then their mirror
    images in the same order: of n codes, code k <= n / 2 is mirrored by k + n / 2."""
    styles = sorted({c.style for c in clips})
    danced = [[c for c in clips if c.style == s] for s in styles]
    bpm = np.array([np.median([c.bpm for c in mine]) for mine in danced])
    magnitude = np.array(
        [np.average([c.magnitude for c in mine], weights=[len(c.motion) for c in mine]) for mine in danced]
    )
    originals = len(clips)
    corpus = Corpus(styles, [family_of(s) for s in styles], bpm, magnitude, clips, cut_phrases(clips, styles))
    rank_energy(corpus, [positions(c.motion) for c in clips])
    count = len(corpus.phrases)
    clips = [replace(c, name=c.name + "_mirror", motion=mirrored(c.motion), beat_map=None) for c in clips]
    corpus.clips = corpus.clips + clips
    corpus.phrases += [replace(p, clip=p.clip + originals) for p in corpus.phrases]
    for i, p in enumerate(corpus.phrases):
        p.mirror = (i + count) % (2 * count) + 1
    placed = [positions(c.motion) for c in corpus.clips]
    link(corpus, placed)
    find_alike(corpus, placed)
    return corpus


def build(data, binary, cache, ballroom=None, clear=False):
    """The corpus of the data; arguments as for load_clips."""
    loaded = [
        (e, *face_front(motion, joints), bad)
        for e, motion, joints, bad in load_clips(data, binary, cache, ballroom, clear)
    ]
    groups = {}
    for entry, _, joints, _ in loaded:
        partner = min(entry["name"], entry["partner"]) if entry.get("partner") else entry["name"]
        groups.setdefault(partner, []).append((entry, joints))
    grids = {entry["name"]: grid_of(members) for members in groups.values() for entry, _ in members}
    return assemble([to_beats(entry, *clip, *grids[entry["name"]]) for entry, *clip in loaded])
