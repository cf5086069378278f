"""The tempo encoder of [Ahn 2020]: a network that estimates the tempo of two seconds of sound; its lower
layers describe them in 128 numbers.

"mel" is a variant that begins with the log-mel columns of the listener input in place of the four lowest
blocks.
"""

import torch
import torch.nn.functional as F
from torch import nn

from terpsi_train.layout import MEL_BANDS

EMBEDDING = 128
TIMES = 10  # of the tenth block
# Output channels, kernel, stride of the convolution, maximum over. 44100 / (7 * 7 * 5 * 3 * 3 * 2) = 10.
LOWER = ((16, 21, 7, 1), (16, 3, 1, 7), (32, 5, 1, 1), (48, 5, 1, 5))
UPPER = ((64, 5, 1, 1), (96, 5, 1, 3), (96, 5, 1, 1), (128, 5, 1, 3), (128, 5, 1, 2), (EMBEDDING, 5, 1, 1))


class ConvBlock(nn.Module):
    """[B, C, T] -> [B, C', T / (stride pool)]: convolution, batch norm, tanh gated by a sigmoid, the input
    added, dropout, maximum."""

    def __init__(self, inputs, channels, kernel, stride, pool):
        super().__init__()
        padding = (kernel - stride) // 2 if stride > 1 else kernel // 2
        self.conv = nn.Conv1d(inputs, 2 * channels, kernel, stride, padding=padding)
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
    """Weights of the ten moments: a Gaussian of one moment's width about the middle, where the frame is. (The
    paper prints exp(-j^2 / 2) for j = 1 to 10, which would favour the beginning of the two seconds; its text
    says that the moments nearest to the frame count most.)"""
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
        self.regress = nn.Sequential(
            nn.Dropout(0.2), nn.Linear(TIMES * EMBEDDING, 64), nn.ReLU(), nn.Linear(64, 1)
        )

    def forward(self, x):
        x = x[:, None] * 10 if self.kind == "raw" else x.transpose(1, 2) / 3 - 1
        h = self.blocks(x)  # [B, 128, 10]
        return self.regress(h.flatten(1))[:, 0], (h * self.weights).sum(-1)

    def bpm(self, x):
        return self(x)[0] * self.bpm_std + self.bpm_mean


class TempoAndEmbedding(nn.Module):
    """The encoder as it is exported: audio [B, 44100] -> bpm [B], embedding [B, 128]."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, audio):
        z, embedding = self.model(audio)
        return z * self.model.bpm_std + self.model.bpm_mean, embedding
