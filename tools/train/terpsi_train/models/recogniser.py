"""The style recogniser: which style a window of motion is danced in."""

import torch
import torch.nn.functional as F
from torch import nn

from terpsi_train.data.motion.recogniser_windows import CHANNELS
from terpsi_train.models.parts import register_scale


class Recogniser(nn.Module):
    """[B, W, 144] -> logits [B, styles]. Convolutions over time; means and maxima of what they found."""

    def __init__(self, styles, width=64, mean=None, std=None):
        super().__init__()
        register_scale(self, CHANNELS, mean, std)
        self.squeeze = nn.Conv1d(CHANNELS, width, 1)
        self.layers = nn.ModuleList(
            nn.Conv1d(width, width, 5, stride=2 if k < 2 else 1, padding=2) for k in range(4)
        )
        self.norms = nn.ModuleList(nn.GroupNorm(4, width) for _ in range(4))
        self.drop = nn.Dropout(0.3)
        self.head = nn.Linear(2 * width, styles)

    def forward(self, x):
        h = self.squeeze(((x - self.mean) * self.scale).transpose(1, 2))
        h = F.dropout1d(h, 0.1, self.training)
        for k, (layer, norm) in enumerate(zip(self.layers, self.norms)):
            y = F.relu(norm(layer(h)))
            h = y if k < 2 else h + y
        return self.head(self.drop(torch.cat([h.mean(-1), h.amax(-1)], -1)))
