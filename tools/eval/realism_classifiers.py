"""The classifiers of the realism test. Labels are 0 or 1, one logit for each window."""

import torch
import torch.nn.functional as F
from torch import nn


class Linear(nn.Module):
    """Logistic regression on features [n, F]."""

    def __init__(self, x):
        super().__init__()
        self.register_buffer("mean", x.mean(0))
        self.register_buffer("scale", 1 / (x.std(0) + 1e-6))
        self.weight = nn.Linear(x.shape[1], 1)
        nn.init.zeros_(self.weight.weight)

    def forward(self, x):
        return self.weight(((x - self.mean) * self.scale).clamp(-4, 4))[:, 0]


class Convolution(nn.Module):
    """[n, C, T] -> logits; means and maxima over time of what two layers find."""

    def __init__(self, x, width=24):
        super().__init__()
        self.register_buffer("mean", x.mean((0, 2), keepdim=True))
        self.register_buffer("scale", 1 / (x.std((0, 2), keepdim=True) + 0.02))
        self.layers = nn.Sequential(
            nn.Conv1d(x.shape[1], width, 1),
            nn.Conv1d(width, width, 5, stride=2, padding=2),
            nn.GroupNorm(4, width),
            nn.ReLU(),
            nn.Conv1d(width, width, 5, padding=2),
            nn.GroupNorm(4, width),
            nn.ReLU(),
        )
        self.head = nn.Linear(2 * width, 1)

    def forward(self, x):
        h = self.layers(F.dropout1d((x - self.mean) * self.scale, 0.1, self.training))
        h = torch.cat([h.mean(-1), h.amax(-1)], -1)
        return self.head(F.dropout(h, 0.3, self.training))[:, 0]


def fit_linear(x, y, weight):
    """x: [n, F]; y: [n] 0 or 1; weight: [n]. Full batches, weights decayed."""
    model = Linear(x)
    optimiser = torch.optim.LBFGS(model.weight.parameters(), max_iter=60, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        loss = F.binary_cross_entropy_with_logits(model(x), y, weight=weight)
        loss = loss + 0.01 * model.weight.weight.square().sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    return model


def fit_convolution(x, y, weight, epochs=8, batch=128):
    model = Convolution(x)
    optimiser = torch.optim.AdamW(model.parameters(), lr=5e-3, weight_decay=0.05)
    steps = epochs * -(-len(x) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 5e-3, total_steps=steps)
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(batch):
            loss = F.binary_cross_entropy_with_logits(model(x[rows]), y[rows], weight=weight[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return model.eval()
