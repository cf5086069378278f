"""Five small networks that hear beats, one for each architecture of seed paper 004's table 2: the same input, output and size.

All work at 45 frames a second: two input frames are stacked (104 columns), a linear layer makes them WIDTHS[name] wide, the architecture's
own part follows, and a linear layer gives the logits of beat and downbeat.
"""

import math

import numpy as np
import torch
from torch import nn
import torch.nn.functional as F

from .rendered import COLUMNS, RATE

STACK = 2
FRAME_RATE = RATE / STACK       # output frames per second
CHUNK = 384                     # output frames of a training chunk, 8.5 s
BLOCK = 128                     # frames; the transformer looks one block back and one ahead
NAMES = ("cnn", "rnn", "lstm", "cnn_lstm", "transformer")
TITLES = {"cnn": "CNN", "rnn": "RNN", "lstm": "LSTM", "cnn_lstm": "CNN-LSTM", "transformer": "Transformer"}
WIDTHS = {"cnn": 80, "rnn": 96, "lstm": 80, "cnn_lstm": 72, "transformer": 96}
DROPOUT = 0.1


class ConvLayer(nn.Module):
    """[B, C, T] -> [B, C, T]."""

    def __init__(self, width, kernel):
        super().__init__()
        self.conv = nn.Conv1d(width, width, kernel, padding=kernel // 2)
        self.norm = nn.BatchNorm1d(width)
        self.drop = nn.Dropout(DROPOUT)

    def forward(self, x):
        return x + self.drop(F.relu(self.norm(self.conv(x))))


class Convolutions(nn.Module):
    """[B, T, C] -> [B, T, C]. Each layer sees (kernel - 1) / 2 frames further to each side; no dilation."""

    def __init__(self, width, layers, kernel):
        super().__init__()
        self.layers = nn.ModuleList(ConvLayer(width, kernel) for _ in range(layers))

    def forward(self, x):
        x = x.transpose(1, 2)
        for layer in self.layers:
            x = layer(x)
        return x.transpose(1, 2)


class Recurrent(nn.Module):
    """[B, T, C] -> [B, T, 2 hidden]. Forwards and backwards through the song."""

    def __init__(self, kind, width, hidden, layers):
        super().__init__()
        self.cell = kind(width, hidden, layers, batch_first=True, bidirectional=True, dropout=DROPOUT if layers > 1 else 0)

    def forward(self, x):
        return self.cell(x)[0]


def turns(size):
    """((cos, sin) of the middle one, (cos, sin) of all) of three blocks' frames: [frames, size / 2]. Rounded as weights are when exported."""
    half = size // 2
    angle = torch.arange(3.0 * BLOCK)[:, None] * torch.exp(-math.log(1000.0) * torch.arange(half) / half)
    cos, sin = angle.cos().half().float(), angle.sin().half().float()
    return (cos[BLOCK:2 * BLOCK].clone(), sin[BLOCK:2 * BLOCK].clone()), (cos, sin)


def rotated(x, cos, sin):
    """Rotary positions: pairs (x[i], x[i + d/2]) turned by the angle of their frame."""
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


def attend(q, k, v, mask):
    """[N, H, T, D], [N, H, S, D], [N, H, S, D], [N, 1, 1, S] added to the scores -> [N, H, T, D]."""
    if hasattr(F, "scaled_dot_product_attention"):      # far less memory traffic
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask.to(q.dtype).expand(-1, -1, q.shape[2], -1))
    return torch.matmul((torch.matmul(q, k.transpose(-1, -2)) / math.sqrt(q.shape[-1]) + mask).softmax(-1), v)


class Attention(nn.Module):
    """[B, T, C] -> [B, T, C]. A frame attends to its own block of BLOCK frames and to the two beside it, so that memory grows with the song
    and not with its square."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.size = heads, width // heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x, places=None):
        (cos_q, sin_q), (cos_k, sin_k) = places or turns(self.size)
        frames = x.shape[1]
        blocks = (frames + BLOCK - 1) // BLOCK
        x = F.pad(x, (0, 0, 0, BLOCK))[:, :blocks * BLOCK]
        q, k, v = self.qkv(x).reshape(-1, blocks, BLOCK, 3, self.heads, self.size).permute(3, 0, 1, 4, 2, 5).unbind(0)

        def beside(y):      # [B, blocks, H, BLOCK, D] -> [B, blocks, H, 3 BLOCK, D]
            y = F.pad(y, (0, 0, 0, 0, 0, 0, 1, 1))
            return torch.cat([y[:, :-2], y[:, 1:-1], y[:, 2:]], 3)

        def one_by_one(y):  # the blocks of all songs as one batch
            return y.flatten(0, 1)

        there = (torch.arange(BLOCK, device=x.device) + BLOCK * torch.arange(blocks, device=x.device)[:, None] < frames).float()
        there = F.pad(there, (0, 0, 1, 1))
        there = torch.cat([there[:-2], there[1:-1], there[2:]], 1)      # [blocks, 3 BLOCK]
        mask = one_by_one(((there - 1) * 1e4)[:, None, None].expand(x.shape[0], -1, -1, -1, -1))
        q = rotated(q, cos_q, sin_q)
        k = rotated(beside(k), cos_k, sin_k)
        y = attend(one_by_one(q), one_by_one(k), one_by_one(beside(v)), mask)
        y = y.transpose(1, 2).reshape(-1, blocks * BLOCK, self.heads * self.size)
        return self.out(y)[:, :frames]


class TransformerLayer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.inner = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Dropout(DROPOUT), nn.Linear(2 * width, width))
        self.drop = nn.Dropout(DROPOUT)

    def forward(self, x, places):
        x = x + self.drop(self.attention(self.norm1(x), places))
        return x + self.drop(self.inner(self.norm2(x)))


class Transformer(nn.Module):
    def __init__(self, width, layers, heads):
        super().__init__()
        self.layers = nn.ModuleList(TransformerLayer(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        (a, b), (c, d) = turns(width // heads)
        for name, table in (("cos_q", a), ("sin_q", b), ("cos_k", c), ("sin_k", d)):
            self.register_buffer(name, table, persistent=False)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x, ((self.cos_q, self.sin_q), (self.cos_k, self.sin_k)))
        return self.norm(x)


def middle(name, width):
    """(what the architecture does, its output width)."""
    if name == "cnn":
        return Convolutions(width, 6, 7), width                 # sees 0.4 s to each side
    if name == "rnn":
        return Recurrent(nn.RNN, width, 128, 3), 256            # plain tanh cells
    if name == "lstm":
        return Recurrent(nn.LSTM, width, 88, 2), 176
    if name == "cnn_lstm":
        return nn.Sequential(Convolutions(width, 4, 7), Recurrent(nn.LSTM, width, 96, 1)), 192
    if name == "transformer":
        return Transformer(width, 4, 4), width
    raise ValueError(f"no architecture {name}; there are {', '.join(NAMES)}")


class BeatNet(nn.Module):
    """[B, T, COLUMNS] at RATE -> logits [B, ceil(T / 2), 2] of beat and downbeat at FRAME_RATE; output frame j is at input frame 2 j."""

    def __init__(self, name, mean=None, std=None):
        super().__init__()
        self.name, width = name, WIDTHS[name]
        self.register_buffer("mean", torch.zeros(COLUMNS) if mean is None else torch.as_tensor(mean, dtype=torch.float32))
        self.register_buffer("scale", torch.ones(COLUMNS) if std is None else 1 / torch.as_tensor(std, dtype=torch.float32))
        self.enter = nn.Linear(STACK * COLUMNS, width)
        self.middle, out = middle(name, width)
        self.leave = nn.Linear(out, 2)
        nn.init.constant_(self.leave.bias, -2.5)

    def forward(self, x):
        x = (x - self.mean) * self.scale
        x = torch.cat([x[:, ::2], torch.cat([x, x[:, -1:]], 1)[:, 1::2]], -1)
        return self.leave(self.middle(self.enter(x)))


class Exported(nn.Module):
    """The listener contract (core/generate/listener_info.h): [1, T, 52] -> probabilities [1, T, 2] of beat and downbeat at RATE."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        p = self.model(x).sigmoid()
        between = (p + torch.cat([p[:, 1:], p[:, -1:]], 1)) / 2
        return torch.stack([p, between], 2).reshape(x.shape[0], -1, 2)[:, :x.shape[1]]


def parameters(model):
    return sum(p.numel() for p in model.parameters())


def targets(beats, frames, rate=FRAME_RATE):
    """[frames], 1 at a beat, falling to 0 within 1.5 frames, so that the peak tells where between two frames it is."""
    out = np.zeros(frames, np.float32)
    for t in np.asarray(beats) * rate:
        first = max(0, math.ceil(t - 1.5))
        for j in range(first, min(frames, math.floor(t + 1.5) + 1)):
            out[j] = max(out[j], 1 - abs(j - t) / 1.5)
    return out


class Chunks:
    """Random chunks of excerpts: at 0.85 to 1.18 times their tempo, louder or softer, some mel bands missing."""

    def __init__(self, excerpts, seed):
        self.excerpts, self.random = excerpts, np.random.default_rng(seed)

    def make(self, count):
        r, frames = self.random, CHUNK * STACK
        x, y = np.zeros((count, frames, COLUMNS), np.float32), np.zeros((count, CHUNK, 2), np.float32)
        for n in range(count):
            e = self.excerpts[r.integers(len(self.excerpts))]
            rate = 2 ** r.uniform(-0.24, 0.24)
            span = rate * (frames - 1)
            start = r.uniform(0, max(0.0, len(e.input) - 1.001 - span))
            at = start + rate * np.arange(frames)
            at = at[at <= len(e.input) - 1]
            i = np.minimum(at.astype(int), len(e.input) - 2)
            a = (at - i)[:, None].astype(np.float32)
            x[n, :len(at)] = e.input[i] * (1 - a) + e.input[i + 1] * a
            x[n, :len(at), :40] += r.normal(0, 0.3) * np.minimum(x[n, :len(at), :40], 1)
            if r.random() < 0.3:
                low = r.integers(0, 36)
                x[n, :, low:low + r.integers(2, 9)] = 0
            for k, beats in enumerate((e.beats, e.downbeats)):
                y[n, :, k] = targets((beats * RATE - start) / rate / RATE, CHUNK)
        return x, y


def normalisation(excerpts):
    """Mean and standard deviation of every column."""
    rows = np.concatenate([e.input[::7] for e in excerpts]).astype(np.float64)
    return rows.mean(0), np.maximum(rows.std(0), 0.05)


def beat_loss(logits, target):
    return F.binary_cross_entropy_with_logits(logits, target)


def peaks(activation, threshold, rate=FRAME_RATE, apart=0.2):
    """Times (s) of the maxima of an activation [T] that reach the threshold, the higher of two nearer than `apart` s; between frames by
    the parabola through three values. The same for all networks."""
    a = np.asarray(activation, np.float64)
    if len(a) < 3:
        return np.zeros(0)
    i = np.flatnonzero((a[1:-1] >= threshold) & (a[1:-1] > a[:-2]) & (a[1:-1] >= a[2:])) + 1
    bend = a[i - 1] - 2 * a[i] + a[i + 1]
    shift = np.where(bend < 0, 0.5 * (a[i - 1] - a[i + 1]) / np.where(bend < 0, bend, 1), 0)
    times, kept = (i + np.clip(shift, -0.5, 0.5)) / rate, []
    for k in np.argsort(-a[i], kind="stable"):
        if all(abs(times[k] - times[j]) >= apart for j in kept):
            kept.append(k)
    return np.sort(times[kept])


@torch.no_grad()
def activation(model, excerpt):
    """Probabilities [ceil(T / 2), 2] of a whole excerpt."""
    x = torch.from_numpy(excerpt.input.astype(np.float32))[None]
    return model(x)[0].sigmoid().numpy()
