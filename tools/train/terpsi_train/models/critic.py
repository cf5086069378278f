"""The adversary of the GAN, which is trained beside it and not shipped."""

import torch
from torch import nn

from terpsi_train.layout import MOTION_DIMS


class Critic(nn.Module):
    """[B, W, 151] normalised motion, condition [B, W, C], memory [B, W, M] -> [B, W / 16] judgements, with
    features."""

    def __init__(self, condition, memory, width=192):
        super().__init__()
        norm = nn.utils.parametrizations.spectral_norm
        inputs = 2 * MOTION_DIMS + condition + memory
        sizes = (inputs, 128, width, width, width)
        self.layers = nn.ModuleList(
            norm(nn.Conv1d(a, b, 5, stride=2, padding=2)) for a, b in zip(sizes, sizes[1:])
        )
        self.judge = norm(nn.Conv1d(width, 1, 3, padding=1))

    def forward(self, motion, cond, memory):
        velocity = torch.diff(motion, dim=1, prepend=motion[:, :1]) * 4
        h = torch.cat([motion, velocity, cond, memory], dim=-1).transpose(1, 2)
        features = []
        for layer in self.layers:
            h = nn.functional.leaky_relu(layer(h), 0.2)
            features.append(h)
        return self.judge(h).squeeze(1), features
