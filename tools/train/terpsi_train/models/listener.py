"""The listener: beats and downbeats from what the native binary hears of a song
(core/audio/hear/listener_input.h).

Input [B, T, 52] at 90 rows per second; output [B, T, 2]: probability of a beat, and of a downbeat (which is a
beat, too) at each row. A temporal convolutional network after [Davies 2019]: a stem at 90 rows per second, a
trunk of dilated residual blocks at 45 that sees 22 s to either side, and a head back at 90.
"""

from __future__ import annotations

import torch
from torch import nn

from terpsi_train.layout import LISTENER_COLUMNS


def spread(x: torch.Tensor, conv: nn.Conv1d) -> torch.Tensor:
    """`conv` (stride 1, same length) on [B, T, C] as one matrix product: several times faster on CPUs than
    oneDNN's."""
    taps, step = conv.kernel_size[0], conv.dilation[0]
    rows = x.shape[1]
    padded = nn.functional.pad(x, (0, 0, conv.padding[0], conv.padding[0]))
    columns = torch.cat([padded[:, i * step : i * step + rows] for i in range(taps)], -1)
    return nn.functional.linear(columns, conv.weight.permute(0, 2, 1).flatten(1), conv.bias)


class Block(nn.Module):
    def __init__(self, width: int, dilation: int, dropout: float):
        super().__init__()
        self.spread = nn.Conv1d(width, width, 5, padding=2 * dilation, dilation=dilation)
        self.mix = nn.Conv1d(width, width, 1)
        self.act = nn.ELU()
        self.drop = nn.Dropout(dropout)

    def forward(self, x):  # [B, C, T]
        return x + self.mix(self.drop(self.act(self.spread(x))))

    def rows(self, x):  # [B, T, C]
        return x + spread(self.drop(self.act(spread(x, self.spread))), self.mix)


class Listener(nn.Module):
    def __init__(self, width: int = 64, depth: int = 9, dropout: float = 0.1):
        super().__init__()
        self.settings = {"width": width, "depth": depth, "dropout": dropout}
        self.scale = nn.BatchNorm1d(LISTENER_COLUMNS)
        self.stem = nn.Conv1d(LISTENER_COLUMNS, width, 5, padding=2)
        self.act = nn.ELU()
        self.down = nn.Conv1d(width, width, 4, stride=2, padding=1)
        self.blocks = nn.ModuleList([Block(width, 2**k, dropout) for k in range(depth)])
        self.up = nn.ConvTranspose1d(width, width // 2, 4, stride=2, padding=1)
        self.skip = nn.Conv1d(width, width // 2, 1)
        self.head = nn.Conv1d(width // 2, 2, 5, padding=2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """For export; T must be even."""
        fine = self.act(self.stem(self.scale(x.transpose(1, 2))))
        trunk = self.act(self.down(fine))
        for block in self.blocks:
            trunk = block(trunk)
        out = self.head(self.act(self.up(self.act(trunk)) + self.skip(fine)))
        return torch.sigmoid(out.transpose(1, 2))

    def logits(self, x: torch.Tensor) -> torch.Tensor:
        """The same before the sigmoid, for training: [B, T, C] throughout, convolutions as matrix
        products."""
        fine = self.act(spread(self.scale(x.transpose(1, 2)).transpose(1, 2), self.stem))
        padded = nn.functional.pad(fine, (0, 0, 1, 1))
        pairs = torch.cat([padded[:, i : i + fine.shape[1] - 1 + (i % 2) : 2] for i in range(4)], -1)
        trunk = self.act(
            nn.functional.linear(pairs, self.down.weight.permute(0, 2, 1).flatten(1), self.down.bias)
        )
        for block in self.blocks:
            trunk = block.rows(trunk)
        trunk = self.act(trunk)
        before = nn.functional.pad(trunk, (0, 0, 1, 0))[:, :-1]
        after = nn.functional.pad(trunk, (0, 0, 0, 1))[:, 1:]
        w = self.up.weight.permute(1, 0, 2)  # [out, in, tap]
        even = nn.functional.linear(
            torch.cat([trunk, before], -1), torch.cat([w[..., 1], w[..., 3]], 1), self.up.bias
        )
        odd = nn.functional.linear(
            torch.cat([trunk, after], -1), torch.cat([w[..., 2], w[..., 0]], 1), self.up.bias
        )
        up = torch.stack([even, odd], 2).flatten(1, 2)
        return spread(self.act(up + spread(fine, self.skip)), self.head)
