"""Seed paper 003's music encoder: a network that guesses the tempo of two seconds of sound; its lower layers describe them in 128 numbers.

The sound is at 22 050 Hz, its root mean square 0.1 over the whole song (as everywhere in core/audio), cut to [-1, 1], and goes through
mu-law coding and decoding with 255 levels (core/audio/mu_law.h). "mel" is a variant that begins with the log-mel columns of the
listeners' input in place of the four lowest blocks.
"""

import numpy as np
import torch
from torch import nn
import torch.nn.functional as F

from .rendered import RATE as MEL_RATE

SAMPLE_RATE = 22050
CHUNK = 44100               # samples, 2 s
MEL_CHUNK = 180             # frames, 2 s
MEL_BANDS = 40
LEVEL = 0.1
LEVELS = 127                # to each side of 0
MU = 255.0
EMBEDDING = 128
TIMES = 10                  # of the tenth block
# Output channels, kernel, stride of the convolution, maximum over. 44100 / (7 * 7 * 5 * 3 * 3 * 2) = 10.
LOWER = ((16, 21, 7, 1), (16, 3, 1, 7), (32, 5, 1, 1), (48, 5, 1, 5))
UPPER = ((64, 5, 1, 1), (96, 5, 1, 3), (96, 5, 1, 1), (128, 5, 1, 3), (128, 5, 1, 2), (EMBEDDING, 5, 1, 1))


def at_level(samples):
    """Mean 0, root mean square LEVEL, within [-1, 1]."""
    x = np.asarray(samples, np.float32)
    x = x - x.mean()
    size = float(np.sqrt(np.mean(np.square(x, dtype=np.float64))))
    return np.clip(x * (LEVEL / size), -1, 1) if size > 0 else x


def mu_encode(x):
    """[-1, 1] -> whole numbers -127 to 127: round(127 sign(x) ln(1 + 255 |x|) / ln 256)."""
    x = np.asarray(x, np.float32)
    return np.rint(LEVELS * np.sign(x) * np.log1p(MU * np.abs(x)) / np.log1p(MU)).astype(np.int8)


TABLE = (np.sign(np.arange(-LEVELS, LEVELS + 1)) * np.expm1(np.abs(np.arange(-LEVELS, LEVELS + 1)) / LEVELS * np.log1p(MU)) / MU).astype(np.float32)


def mu_decode(code):
    return TABLE[code.astype(np.int16) + LEVELS]


class ConvBlock(nn.Module):
    """[B, C, T] -> [B, C', T / (stride pool)]: convolution, batch norm, tanh gated by a sigmoid, the input added, dropout, maximum."""

    def __init__(self, inputs, channels, kernel, stride, pool):
        super().__init__()
        self.conv = nn.Conv1d(inputs, 2 * channels, kernel, stride, padding=(kernel - stride) // 2 if stride > 1 else kernel // 2)
        self.norm = nn.BatchNorm1d(2 * channels)
        self.skip = None if stride > 1 or inputs == channels else nn.Conv1d(inputs, channels, 1)
        self.residual, self.pool, self.drop = stride == 1, pool, nn.Dropout(0.1 if channels > 48 else 0)

    def forward(self, x):
        a, gate = self.norm(self.conv(x)).chunk(2, 1)
        h = torch.tanh(a) * torch.sigmoid(gate)
        if self.residual:
            h = h + (x if self.skip is None else self.skip(x))
        h = self.drop(h)
        return F.max_pool1d(h, self.pool) if self.pool > 1 else h


def pooling():
    """Weights of the ten moments: a Gaussian of one moment's width about the middle, where the frame is. (The paper prints exp(-j^2 / 2) for
    j = 1 to 10, which would weigh the beginning of the two seconds; its text says the moments nearest to the frame count most.)"""
    w = torch.exp(-0.5 * (torch.arange(TIMES) - (TIMES - 1) / 2) ** 2)
    return w / w.sum()


class BpmEncoder(nn.Module):
    """raw: [B, 44100]; mel: [B, 180, 40] -> (standardised tempo [B], embedding [B, 128])."""

    def __init__(self, kind="raw", mean=120.0, std=30.0):
        super().__init__()
        self.kind = kind
        self.register_buffer("bpm_mean", torch.tensor(float(mean)))
        self.register_buffer("bpm_std", torch.tensor(float(std)))
        self.register_buffer("weights", pooling())
        blocks, inputs = [], 1 if kind == "raw" else MEL_BANDS
        for channels, kernel, stride, pool in (LOWER if kind == "raw" else ()) + UPPER:
            blocks.append(ConvBlock(inputs, channels, kernel, stride, pool))
            inputs = channels
        self.blocks = nn.Sequential(*blocks)
        self.regress = nn.Sequential(nn.Dropout(0.2), nn.Linear(TIMES * EMBEDDING, 64), nn.ReLU(), nn.Linear(64, 1))

    def forward(self, x):
        x = x[:, None] * 10 if self.kind == "raw" else x.transpose(1, 2) / 3 - 1
        h = self.blocks(x)                                      # [B, 128, 10]
        return self.regress(h.flatten(1))[:, 0], (h * self.weights).sum(-1)

    def bpm(self, x):
        return self(x)[0] * self.bpm_std + self.bpm_mean


class Exported(nn.Module):
    """audio [B, 44100] -> bpm [B], embedding [B, 128]."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, audio):
        z, embedding = self.model(audio)
        return z * self.model.bpm_std + self.model.bpm_mean, embedding


def local_bpm(beats, start, end, otherwise):
    """Mean tempo of the beats in [start, end] s, or of the whole excerpt where there are fewer than three."""
    inside = beats[(beats >= start) & (beats <= end)]
    return 60 * (len(inside) - 1) / (inside[-1] - inside[0]) if len(inside) >= 3 else otherwise


class Song:
    """What the encoder learns from: the sound in mu-law code, or mel columns; beats."""

    def __init__(self, bpm, beats, code=None, mel=None):
        self.bpm, self.beats, self.code, self.mel = bpm, beats, code, mel

    def seconds(self):
        return len(self.code) / SAMPLE_RATE if self.code is not None else len(self.mel) / MEL_RATE


def chunk(song, start, rate, kind):
    """Two seconds from `start` s at `rate` times the speed."""
    if kind == "raw":
        x, count, per_second = song.code, CHUNK, SAMPLE_RATE
    else:
        x, count, per_second = song.mel, MEL_CHUNK, MEL_RATE
    first = int(start * per_second)
    if rate == 1:
        part = x[first:first + count]
        return mu_decode(part) if kind == "raw" else part.astype(np.float32)
    at = rate * np.arange(count)
    part = x[first:first + int(at[-1]) + 2]
    part = mu_decode(part) if kind == "raw" else part.astype(np.float32)
    i = np.minimum(at.astype(int), len(part) - 2)
    a = (at - i).astype(np.float32)
    if kind == "raw":
        return mu_decode(mu_encode(part[i] * (1 - a) + part[i + 1] * a))
    return part[i] * (1 - a[:, None]) + part[i + 1] * a[:, None]


class Chunks:
    """Random chunks of random songs at 0.75 to 1.33 times their speed (pitch changes too), louder or softer, either polarity."""

    def __init__(self, songs, kind, seed):
        self.songs, self.kind, self.random = songs, kind, np.random.default_rng(seed)

    def make(self, count):
        r, x, y = self.random, [], np.empty(count, np.float32)
        for n in range(count):
            s = self.songs[r.integers(len(self.songs))]
            rate = 2 ** r.uniform(-0.415, 0.415)
            start = r.uniform(0, max(0.0, s.seconds() - 2 * rate - 0.1))
            c = chunk(s, start, rate, self.kind)
            x.append(c * np.float32(r.choice((-1, 1)) * 2 ** r.uniform(-0.5, 0.5)) if self.kind == "raw"
                     else c + np.float32(r.normal(0, 0.3)) * np.minimum(c, 1))
            y[n] = rate * local_bpm(s.beats, start - 2, start + 2 * rate + 2, s.bpm)
        return np.stack(x), y


def centred_chunks(x, kind, per_second):
    """Chunks centred on frames k / per_second of a whole song (silence outside it), and how many there are."""
    size, rate = (CHUNK, SAMPLE_RATE) if kind == "raw" else (MEL_CHUNK, MEL_RATE)
    count = max(1, int(len(x) / rate * per_second))
    padded = np.pad(x, [(size // 2, size)] + [(0, 0)] * (x.ndim - 1))
    for k in range(count):
        first = int(k * rate / per_second)
        yield padded[first:first + size]


@torch.no_grad()
def encode(model, x, per_second, batch=32):
    """(bpm [n], embedding [n, 128]) of a song: decoded sound, or mel columns."""
    bpm, embedding, waiting = [], [], []

    def run():
        z, e = model(torch.from_numpy(np.stack(waiting).astype(np.float32)))
        bpm.append((z * model.bpm_std + model.bpm_mean).numpy())
        embedding.append(e.numpy())
        waiting.clear()

    for c in centred_chunks(x, model.kind, per_second):
        waiting.append(c)
        if len(waiting) == batch:
            run()
    if waiting:
        run()
    return np.concatenate(bpm), np.concatenate(embedding)


def accuracies(true, guess):
    """{mae, acc1: within 4 %, acc2: within 4 % of it, or of 2, 3, 1/2 or 1/3 times it}."""
    true, guess = np.asarray(true, float), np.asarray(guess, float)
    near = lambda t: np.abs(guess - t) <= 0.04 * t
    return {"mae": float(np.abs(guess - true).mean()), "acc1": float(near(true).mean()),
            "acc2": float((near(true) | near(2 * true) | near(3 * true) | near(true / 2) | near(true / 3)).mean())}
