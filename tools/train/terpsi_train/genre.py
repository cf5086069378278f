"""Seed paper 003's genre classifier: 30 moments of the music encoder's description -> cha-cha, rumba, tango or waltz."""

import numpy as np
import torch
from torch import nn
import torch.nn.functional as F

from .bpm_encoder import EMBEDDING

GENRES = ["chacha", "rumba", "tango", "waltz"]
WINDOW = 30             # moments, as in the paper
PER_SECOND = 5          # moments a second (the paper: 25)
HOP = 3                 # moments between the windows of a song


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
        self.register_buffer("mean", torch.zeros(EMBEDDING) if mean is None else torch.as_tensor(mean, dtype=torch.float32))
        self.register_buffer("scale", torch.ones(EMBEDDING) if std is None else 1 / torch.as_tensor(std, dtype=torch.float32))
        self.blocks = nn.Sequential(*[GenreBlock(EMBEDDING if k == 0 else width, width) for k in range(4)])     # 30, 15, 7, 3, 1
        self.leave = nn.Linear(width, len(GENRES))

    def forward(self, x):
        h = ((x - self.mean) * self.scale).transpose(1, 2)
        return self.leave(self.blocks(F.dropout1d(h, 0.2, self.training)).flatten(1))


def windows_of(embedding, hop=HOP):
    """[n, 128] -> [windows, 30, 128]; none where the song is shorter."""
    starts = range(0, len(embedding) - WINDOW + 1, hop)
    return np.stack([embedding[s:s + WINDOW] for s in starts]) if len(starts) else np.zeros((0, WINDOW, embedding.shape[1]), np.float32)


def train(parts, seed, steps, batch=64):
    """parts: [(genre index, [n, 128])]. Genres are drawn evenly, songs of a genre by their length."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    pools = {}
    for genre, e in parts:
        pools.setdefault(genre, []).append(windows_of(e, 1))
    pools = {g: np.concatenate(w) for g, w in pools.items()}
    rows = np.concatenate([e for _, e in parts])
    model = GenreClassifier(rows.mean(0), np.maximum(rows.std(0), 1e-3))
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=steps, pct_start=0.1)
    present = sorted(g for g, w in pools.items() if len(w))
    model.train()
    for _ in range(steps):
        label = random.choice(present, batch)
        x = np.stack([pools[g][random.integers(len(pools[g]))] for g in label])
        loss = F.cross_entropy(model(torch.from_numpy(x)), torch.from_numpy(label), label_smoothing=0.05)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return model.eval()


@torch.no_grad()
def probabilities(model, embedding):
    """Of each window of a song, [n, 4]."""
    return model(torch.from_numpy(windows_of(embedding).astype(np.float32))).softmax(-1).numpy()


def softmax_regression(x, label, classes, steps=400, decay=1e-2):
    """Baseline: a linear classifier on standardised columns, every class weighing the same. Returns rows -> class indices."""
    mean, std = x.mean(0), np.maximum(x.std(0), 1e-6)
    inputs, target = torch.from_numpy(((x - mean) / std).astype(np.float32)), torch.from_numpy(np.asarray(label))
    count = torch.bincount(target, minlength=classes).float()
    weight = torch.where(count > 0, 1 / count.clamp(min=1), torch.zeros(()))
    weight = weight / weight.sum()
    w = torch.zeros(x.shape[1], classes, requires_grad=True)
    b = torch.zeros(classes, requires_grad=True)
    optimiser = torch.optim.Adam([w, b], 0.05)
    for _ in range(steps):
        loss = F.cross_entropy(inputs @ w + b, target, weight=weight) + decay * (w ** 2).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    absent = (count == 0).numpy() * -1e9
    with torch.no_grad():
        kept = w.numpy().copy(), b.numpy().copy()
    return lambda rows: np.argmax(((rows - mean) / std) @ kept[0] + kept[1] + absent, 1)
