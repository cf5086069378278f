"""Five small networks that hear beats, one for each architecture of table 2 of [Reddy 2025]: the same input,
output and size.

All work at 45 frames a second: two rows of the listener input are stacked (104 columns), a linear layer makes
them `width` wide, the architecture's own part follows, and a linear layer gives the logits of beat and
downbeat.
"""

import dataclasses
import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn

from terpsi_train.data.music.beat_chunks import STACK
from terpsi_train.layout import LISTENER_COLUMNS
from terpsi_train.models.parts import register_scale

BLOCK = 128  # frames; the transformer looks one block back and one ahead
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
        self.cell = kind(
            width, hidden, layers, batch_first=True, bidirectional=True, dropout=DROPOUT if layers > 1 else 0
        )

    def forward(self, x):
        return self.cell(x)[0]


def turns(size):
    """((cos, sin) of the middle one, (cos, sin) of all) of three blocks' frames: [frames, size / 2]. Rounded
    as weights are when exported."""
    half = size // 2
    angle = torch.arange(3.0 * BLOCK)[:, None] * torch.exp(-math.log(1000.0) * torch.arange(half) / half)
    cos, sin = angle.cos().half().float(), angle.sin().half().float()
    return (cos[BLOCK : 2 * BLOCK].clone(), sin[BLOCK : 2 * BLOCK].clone()), (cos, sin)


def rotated(x, cos, sin):
    """Rotary positions: pairs (x[i], x[i + d/2]) turned by the angle of their frame."""
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


def attend(q, k, v, mask):
    """[N, H, T, D], [N, H, S, D], [N, H, S, D], [N, 1, 1, S] added to the scores -> [N, H, T, D]."""
    if hasattr(F, "scaled_dot_product_attention"):  # far less memory traffic
        return F.scaled_dot_product_attention(
            q, k, v, attn_mask=mask.to(q.dtype).expand(-1, -1, q.shape[2], -1)
        )
    return torch.matmul((torch.matmul(q, k.transpose(-1, -2)) / math.sqrt(q.shape[-1]) + mask).softmax(-1), v)


class Attention(nn.Module):
    """[B, T, C] -> [B, T, C]. A frame attends to its own block of BLOCK frames and to the two beside it, so
    that memory grows with the song and not with its square."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.size = heads, width // heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x, places=None):
        (cos_q, sin_q), (cos_k, sin_k) = places or turns(self.size)
        frames = x.shape[1]
        blocks = (frames + BLOCK - 1) // BLOCK
        x = F.pad(x, (0, 0, 0, BLOCK))[:, : blocks * BLOCK]
        q, k, v = (
            self.qkv(x)
            .reshape(-1, blocks, BLOCK, 3, self.heads, self.size)
            .permute(3, 0, 1, 4, 2, 5)
            .unbind(0)
        )

        def beside(y):  # [B, blocks, H, BLOCK, D] -> [B, blocks, H, 3 BLOCK, D]
            y = F.pad(y, (0, 0, 0, 0, 0, 0, 1, 1))
            return torch.cat([y[:, :-2], y[:, 1:-1], y[:, 2:]], 3)

        def one_by_one(y):  # the blocks of all songs as one batch
            return y.flatten(0, 1)

        there = (
            torch.arange(BLOCK, device=x.device) + BLOCK * torch.arange(blocks, device=x.device)[:, None]
            < frames
        ).float()
        there = F.pad(there, (0, 0, 1, 1))
        there = torch.cat([there[:-2], there[1:-1], there[2:]], 1)  # [blocks, 3 BLOCK]
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
        self.inner = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(), nn.Dropout(DROPOUT), nn.Linear(2 * width, width)
        )
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


@dataclasses.dataclass(frozen=True)
class Middle:
    """An architecture's own part."""

    title: str
    width: int  # of what goes in
    out: int  # of what comes out
    make: Callable[[int], nn.Module]


MIDDLES = {
    "cnn": Middle("CNN", 80, 80, lambda w: Convolutions(w, 6, 7)),  # sees 0.4 s to each side
    "rnn": Middle("RNN", 96, 256, lambda w: Recurrent(nn.RNN, w, 128, 3)),  # plain tanh cells
    "lstm": Middle("LSTM", 80, 176, lambda w: Recurrent(nn.LSTM, w, 88, 2)),
    "cnn_lstm": Middle(
        "CNN-LSTM", 72, 192, lambda w: nn.Sequential(Convolutions(w, 4, 7), Recurrent(nn.LSTM, w, 96, 1))
    ),
    "transformer": Middle("Transformer", 96, 96, lambda w: Transformer(w, 4, 4)),
}


class BeatNet(nn.Module):
    """[B, T, 52] -> logits [B, ceil(T / 2), 2] of beat and downbeat; frame j is at row 2 j. `kind`: of
    MIDDLES."""

    def __init__(self, kind, mean=None, std=None):
        super().__init__()
        own = MIDDLES[kind]
        register_scale(self, LISTENER_COLUMNS, mean, std)
        self.enter = nn.Linear(STACK * LISTENER_COLUMNS, own.width)
        self.middle = own.make(own.width)
        self.leave = nn.Linear(own.out, 2)
        nn.init.constant_(self.leave.bias, -2.5)

    def forward(self, x):
        x = (x - self.mean) * self.scale
        x = torch.cat([x[:, ::2], torch.cat([x, x[:, -1:]], 1)[:, 1::2]], -1)
        return self.leave(self.middle(self.enter(x)))


class BothRows(nn.Module):
    """A network of the zoo as it is exported: [1, T, 52] -> probabilities [1, T, 2] at every row."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        p = self.model(x).sigmoid()
        between = (p + torch.cat([p[:, 1:], p[:, -1:]], 1)) / 2
        return torch.stack([p, between], 2).reshape(x.shape[0], -1, 2)[:, : x.shape[1]]
