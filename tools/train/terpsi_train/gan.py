"""A recurrent generator trained against a critic (seed paper 000's LSTM + GAN): noise to dance in one evaluation.

The generator is Generator with a bidirectional LSTM where the transformer has its blocks; it takes the tensors of the
same contract (core/generate/model_info.h), with t = 0 and x = noise. The critic looks at stretches of a second or two
of motion, its velocity, the condition and what the phrase memory says should be danced.
"""

import torch
from torch import nn

from .model import Generator, GeneratorConfig
from .skeleton import MOTION_DIMS

GAN = dict(width=256, layers=2, hidden=192)


class RecurrentGenerator(Generator):
    """`layers` LSTM layers of `hidden` units each way over the tokens."""

    def __init__(self, config: GeneratorConfig):
        super().__init__(config)
        c = config
        del self.blocks, self.bias
        self.recurrence = nn.LSTM(c.width, c.hidden, c.layers, batch_first=True, bidirectional=True)
        self.gather = nn.Linear(2 * c.hidden, c.width)
        self.clock = nn.Linear(64, c.width)

    def mix(self, h, time):
        return h + self.gather(self.recurrence(h + self.clock(time).unsqueeze(1))[0])


class Critic(nn.Module):
    """[B, W, 151] normalised motion, condition [B, W, C], memory [B, W, M] -> [B, W / 16] judgements, with features."""

    def __init__(self, condition, memory, width=192):
        super().__init__()
        norm = nn.utils.parametrizations.spectral_norm
        inputs = 2 * MOTION_DIMS + condition + memory
        sizes = (inputs, 128, width, width, width)
        self.layers = nn.ModuleList(norm(nn.Conv1d(a, b, 5, stride=2, padding=2)) for a, b in zip(sizes, sizes[1:]))
        self.judge = norm(nn.Conv1d(width, 1, 3, padding=1))

    def forward(self, motion, cond, memory):
        velocity = torch.diff(motion, dim=1, prepend=motion[:, :1]) * 4
        h = torch.cat([motion, velocity, cond, memory], dim=-1).transpose(1, 2)
        features = []
        for layer in self.layers:
            h = nn.functional.leaky_relu(layer(h), 0.2)
            features.append(h)
        return self.judge(h).squeeze(1), features
