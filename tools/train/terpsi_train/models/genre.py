"""The genre classifier of [Ahn 2020]: 30 embeddings by the tempo encoder -> cha-cha, rumba, tango or
waltz."""

import numpy as np
import torch.nn.functional as F
from torch import nn

from terpsi_train.models.bpm_encoder import EMBEDDING
from terpsi_train.models.parts import register_scale

GENRES = ["chacha", "rumba", "tango", "waltz"]
WINDOW = 30  # embeddings, as in the paper
PER_SECOND = 5  # embeddings per second (the paper: 25)
HOP = 3  # embeddings between the windows of a song


class GenreBlock(nn.Module):
    """[B, C, T] -> [B, C', T / 2]: convolution, maximum, leaky ReLU (figure 5 of the paper)."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = nn.Conv1d(inputs, outputs, 3, padding=1)
        self.drop = nn.Dropout(0.3)

    def forward(self, x):
        return self.drop(F.leaky_relu(F.max_pool1d(self.conv(x), 2, 2), 0.1))


class GenreClassifier(nn.Module):
    """[B, 30, 128] -> logits [B, 4]."""

    def __init__(self, mean=None, std=None, width=48):
        super().__init__()
        register_scale(self, EMBEDDING, mean, std)
        # Their lengths: 30, 15, 7, 3, 1.
        self.blocks = nn.Sequential(*[GenreBlock(width if k else EMBEDDING, width) for k in range(4)])
        self.leave = nn.Linear(width, len(GENRES))

    def forward(self, x):
        h = ((x - self.mean) * self.scale).transpose(1, 2)
        return self.leave(self.blocks(F.dropout1d(h, 0.2, self.training)).flatten(1))


def windows_of(embedding, hop=HOP):
    """[n, 128] -> [windows, 30, 128]; none where the song is shorter."""
    starts = range(0, len(embedding) - WINDOW + 1, hop)
    if not starts:
        return np.zeros((0, WINDOW, embedding.shape[1]), np.float32)
    return np.stack([embedding[s : s + WINDOW] for s in starts])
