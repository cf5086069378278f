"""Training windows: dances put together from phrases as the choreographer does at run time, at any tempo and
size."""

import numpy as np
import torch

from terpsi_train.data.motion.corpus import PHRASE_BEATS, SAMPLES, SPAN, positions
from terpsi_train.layout import (
    CONTACTS,
    FOOT_JOINTS,
    FPS,
    JOINTS,
    MOTION_DIMS,
    ROOT_HEIGHT,
    ROOT_VELOCITY,
    ROTATIONS,
    UPPER_BODY,
    Condition,
    rotation_columns,
)
from terpsi_train.skeleton import fk, orthonormal6, rotations

CONTINUE = 0.55  # chance that a phrase is followed by the one recorded after it
FEW = 80  # a style of fewer phrases also dances those of its family,
STRAY = 0.4  # this often
LEAP = 0.15  # chance that it is followed by any phrase of its style, as at the start of a section


def join_reach(gap):
    """Beats before and after a join over which the poses are drawn together: more, the farther they are
    apart. gap: difference of the two motion rows [151]; its rotations differ by 0.10 to 0.25 rms at the joins
    of the table."""
    return float(np.clip(0.3 + 1.5 * np.sqrt(np.mean(gap[ROTATIONS] ** 2)), 0.45, 1.0))


class WindowMaker:
    def __init__(self, corpus, window, seed):
        self.corpus, self.window = corpus, window
        self.random = np.random.default_rng(seed)
        self.by_style = [
            [i for i, p in enumerate(corpus.phrases) if p.style == s] for s in range(len(corpus.styles))
        ]
        self.by_family = [
            [i for i, p in enumerate(corpus.phrases) if corpus.families[p.style] == family]
            for family in corpus.families
        ]
        weight = np.sqrt([len(b) for b in self.by_style])
        self.style_weight = weight / weight.sum()
        # All clips end to end; the last sample of a clip is repeated so that a phrase may end on it.
        self.base, rows = [], []
        at = 0
        for clip in corpus.clips:
            self.base.append(at)
            rows.append(np.concatenate([clip.motion, np.repeat(clip.motion[-1:], 4, 0)]))
            at += len(clip.motion) + 4
        self.rows = np.concatenate(rows).astype(np.float32)
        self.robot = np.array([c.robot for c in corpus.clips])
        self.mean_pose = np.stack([c.motion[:, ROTATIONS].mean(0) for c in corpus.clips])
        self.accent = np.concatenate([self._accent(c) for c in corpus.clips])

    def poses(self, slots):
        """Real poses of every phrase at its slots [phrases + 1, slots + 1, 151], code 0 all zero; velocities
        in m/s."""
        out = np.zeros((len(self.corpus.phrases) + 1, slots + 1, MOTION_DIMS), np.float32)
        for i, p in enumerate(self.corpus.phrases):
            out[i + 1] = self.rows[self.base[p.clip] + p.start + np.arange(slots + 1) * SPAN // slots]
            out[i + 1, :, ROOT_VELOCITY] *= self.corpus.clips[p.clip].bpm / 60
        return out

    def _accent(self, clip):
        """0..1: how hard the body brakes, the motion's own accents."""
        speed = np.linalg.norm(np.diff(positions(clip.motion), axis=0), axis=-1).mean(-1)
        kernel = np.ones(5) / 5
        speed = np.convolve(np.concatenate([speed[:1], speed]), kernel, "same")
        brake = np.maximum(-np.gradient(speed), 0)
        top = np.percentile(brake, 97) + 1e-9
        return np.concatenate([np.clip(brake / top, 0, 1), np.zeros(4)])

    def _leap(self, style):
        """A phrase of the style or, where that has few, of its family."""
        own, family = self.by_style[style], self.by_family[style]
        stray = not own or (len(own) < FEW and self.random.random() < STRAY)
        return int(self.random.choice(family if stray else own))

    def _walk(self, style, count):
        """Phrase indices danced one after the other."""
        r = self.random
        walk = [self._leap(style)]
        while len(walk) < count:
            options = self.corpus.phrases[walk[-1]].next
            if not options or r.random() < LEAP:
                walk.append(self._leap(style))
                continue
            codes = np.array([o[0] - 1 for o in options])
            cost = np.array([o[1] for o in options])
            if cost[0] == 0.0 and r.random() < CONTINUE:
                walk.append(int(codes[0]))
                continue
            chance = np.exp(-(cost - cost.min()) / 8.0)
            walk.append(int(r.choice(codes, p=chance / chance.sum())))
        return walk

    def _dance(self, style, beats):
        """Rows [W, 151] (velocity per beat), phrase codes [W], accents [W] of a phrase walk at the given beat
        numbers."""
        number = np.floor(beats / PHRASE_BEATS).astype(int)
        walk = self._walk(style, number[-1] + 2)
        starts = np.array(
            [self.base[self.corpus.phrases[i].clip] + self.corpus.phrases[i].start for i in walk]
        )
        position = (beats - number * PHRASE_BEATS) * SAMPLES
        i = position.astype(int)
        a = (position - i)[:, None].astype(np.float32)
        index = starts[number] + i
        rows = self.rows[index] * (1 - a) + self.rows[index + 1] * a
        for k in range(number[-1] + 1):
            if starts[k + 1] == starts[k] + SPAN:
                continue
            gap = self.rows[starts[k + 1]] - self.rows[starts[k] + SPAN]
            x = beats - (k + 1) * PHRASE_BEATS
            reach = join_reach(gap)
            near = np.abs(x) < reach
            weight = 0.5 * (1 + np.cos(np.pi * x[near] / reach)) * np.where(x[near] < 0, 0.5, -0.5)
            rows[near] += weight[:, None].astype(np.float32) * gap
        codes = np.array(walk)[number] + 1
        clip = np.array([self.corpus.phrases[i].clip for i in walk])[number]
        return rows, codes, self.accent[index], clip

    def make(self, count):
        """`count` windows, not normalised: motion [n, W, 151], condition [n, W, C], phrase codes [n, W] and
        robot [n, W], 1 where the capture was through a robot's skeleton."""
        r, styles = self.random, len(self.corpus.styles)
        motion = np.zeros((count, self.window, MOTION_DIMS), np.float32)
        cond = np.zeros((count, self.window, Condition.FIXED + styles), np.float32)
        phrase = np.zeros((count, self.window), np.int32)
        robot = np.zeros((count, self.window), np.float32)
        plain = np.zeros_like(motion)
        for n in range(count):
            style = int(r.choice(styles, p=self.style_weight))
            tempo = self.corpus.style_bpm[style] * 2 ** r.uniform(-0.55, 0.55)
            curve = tempo * (1 + r.normal() * 0.04 * (r.random() < 0.3) * np.linspace(-1, 1, self.window))
            beats = r.uniform(0, PHRASE_BEATS) + np.concatenate([[0], np.cumsum(curve[:-1])]) / (60 * FPS)
            rows, codes, accent, clip = self._dance(style, beats)
            through_robot = self.robot[clip]
            weights = np.zeros(styles)
            weights[style] = 1
            keep_code = r.random() < 0.8
            if r.random() < 0.12:  # another dancer's arms at the same beat phase
                other = int(r.choice(styles, p=self.style_weight)) if r.random() < 0.4 else style
                upper, _, accent2, clip2 = self._dance(other, beats)
                through_robot = self.robot[clip2]
                columns = rotation_columns(UPPER_BODY)
                rows[:, columns] = upper[:, columns]
                weights *= 0.5
                weights[other] += 0.5
                accent = np.maximum(accent, accent2)
                keep_code = False
            energy = 0.5 if r.random() < 0.3 else r.uniform(0, 1)
            energy = np.clip(
                energy + 0.25 * (r.random() < 0.3) * r.normal() * np.linspace(-1, 1, self.window), 0, 1
            )
            plain[n] = rows
            motion[n] = self._resize(rows, clip, 2 ** (0.8 * (energy - 0.5)))
            per_second = (curve / 60)[:, None]
            motion[n][:, ROOT_VELOCITY] *= per_second
            self._fill_condition(cond[n], beats, curve, energy, accent, weights, keep_code)
            if keep_code:
                phrase[n] = codes
            robot[n] = through_robot
        self._orthonormalise(motion)
        self._orthonormalise(plain)
        self._ground(motion, plain)
        np.clip(motion[..., CONTACTS], 0, 1, out=motion[..., CONTACTS])
        return motion, cond, phrase, robot

    def _fill_condition(self, cond, beats, curve, energy, accent, weights, keep_code):
        """Fills [W, C]; now and then accents, beats or styles are withheld, the latter two where no phrase is
        told."""
        r = self.random
        eight = r.integers(0, 2) * PHRASE_BEATS
        for columns, length, shift in (
            (Condition.BEAT_PHASE, 1, 0),
            (Condition.PHRASE_PHASE, PHRASE_BEATS, 0),
            (Condition.EIGHT_PHASE, 2 * PHRASE_BEATS, eight),
        ):
            angle = 2 * np.pi * (beats + shift) / length
            cond[:, columns] = np.stack([np.sin(angle), np.cos(angle)], -1)
        cond[:, Condition.TEMPO] = np.log2(curve / 120)
        cond[:, Condition.ENERGY] = energy
        if r.random() < 0.5:
            cond[:, Condition.ACCENT] = np.clip(
                accent * r.uniform(0.6, 1) + 0.1 * r.random(self.window), 0, 1
            )
        cond[:, Condition.BEATS_KNOWN] = 1
        if r.random() < 0.05 and not keep_code:
            cond[:, Condition.PHASES] = 0
            cond[:, Condition.BEATS_KNOWN] = 0
        if keep_code or r.random() < 0.95:
            cond[:, Condition.STYLES] = weights

    def _resize(self, rows, clip, size):
        """Bigger or smaller movement about the clip's mean pose: arms and trunk fully, legs and travel
        half."""
        size = np.broadcast_to(np.asarray(size, np.float32), (len(rows),))
        half = 1 + 0.5 * (size - 1)
        out = rows.copy()
        mean = self.mean_pose[clip].reshape(-1, JOINTS, 6)
        six = rotations(rows)
        scale = np.repeat(half[:, None], JOINTS, 1)
        scale[:, UPPER_BODY] = size[:, None]
        scale[:, 0] = 1
        out[:, ROTATIONS] = (mean + (six - mean) * scale[..., None]).reshape(len(rows), -1)
        out[:, ROOT_VELOCITY] *= half[:, None]
        return out

    @staticmethod
    def _orthonormalise(motion):
        motion[..., ROTATIONS] = orthonormal6(rotations(motion)).reshape(*motion.shape[:-1], -1)

    @staticmethod
    def _ground(motion, plain):
        """Gives every resized frame the lowest-foot height of the real one."""
        with torch.no_grad():
            feet = (fk(torch.from_numpy(rotations(m)))[..., FOOT_JOINTS, 1] for m in (motion, plain))
            low = [heights.min(-1).values.numpy() for heights in feet]
        motion[..., ROOT_HEIGHT] += low[1] - low[0]
