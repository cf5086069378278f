"""The generator: a patch transformer with a phrase memory that predicts clean motion (x1) from noisy motion.
One architecture in two sizes: the student for the browser and the teacher for the server.

 * phrase memory: every 4-beat phrase owns `slots` + 1 vectors, evenly spaced from its start to its end; a
   frame reads them by its phrase phase, linearly between the two nearest. They start as principal components
   of the real poses (see remember) and are trained on, so that what to dance now is local and cheap to learn;
   a mirror image is the recorded phrase's vectors, reflected by one learned matrix
 * four frames make one token; attention runs over W / 4 tokens only
 * the frame decoder adds the tokens back to the frame features: detail need not pass through the tokens
"""

import math
from dataclasses import dataclass

import torch
from torch import nn

from terpsi_train.layout import MOTION_DIMS, Condition


@dataclass
class GeneratorConfig:
    window: int = 160
    patch: int = 4
    condition: int = 24  # columns
    phrases: int = 1  # codes, 0 = none among them
    reflected: bool = True  # the second half of the codes are the mirror images of the first
    slots: int = 16
    memory: int = 40
    frame: int = 96
    width: int = 256
    layers: int = 4
    heads: int = 4
    hidden: int = 448
    masked: bool = False


class Block(nn.Module):
    """Pre-norm transformer block whose two norms are modulated by the diffusion time."""

    def __init__(self, c: GeneratorConfig):
        super().__init__()
        self.heads = c.heads
        self.norm1 = nn.LayerNorm(c.width)
        self.norm2 = nn.LayerNorm(c.width)
        self.qkv = nn.Linear(c.width, 3 * c.width)
        self.out = nn.Linear(c.width, c.width)
        self.up = nn.Linear(c.width, c.hidden)
        self.down = nn.Linear(c.hidden, c.width)
        self.film = nn.Linear(64, 4 * c.width)
        nn.init.zeros_(self.film.weight)
        nn.init.zeros_(self.film.bias)

    def forward(self, h, bias, time):
        b, n, d = h.shape
        s1, o1, s2, o2 = self.film(time).unsqueeze(1).chunk(4, dim=-1)
        x = self.norm1(h) * (1 + s1) + o1
        q, k, v = self.qkv(x).view(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        weights = torch.softmax(q @ k.transpose(-1, -2) * (d // self.heads) ** -0.5 + bias, dim=-1)
        h = h + self.out((weights @ v).transpose(1, 2).reshape(b, n, d))
        x = self.norm2(h) * (1 + s2) + o2
        return h + self.down(nn.functional.gelu(self.up(x), approximate="tanh"))


class Generator(nn.Module):
    """x [B, W, 151], t [B], cond [B, W, C], phrase [B, W] int32 -> x1 [B, W, 151], motion normalised. A
    masked model also takes mask [B, W, 151]: 1 where x is clean motion that is known beforehand
    (inpainting)."""

    def __init__(self, **config):
        """config: fields of GeneratorConfig."""
        super().__init__()
        c = self.config = GeneratorConfig(**config)
        tokens = c.window // c.patch
        self.memory = nn.Embedding(self.recorded + 1, (c.slots + 1) * c.memory)
        nn.init.zeros_(self.memory.weight)
        self.reflect = nn.Linear(c.memory, c.memory, bias=False) if c.reflected else None
        self.enter = nn.Linear(MOTION_DIMS * (2 if c.masked else 1) + c.condition + c.memory, c.frame)
        self.patchify = nn.Linear(c.patch * c.frame, c.width)
        self.bias = nn.Parameter(torch.zeros(c.heads, 2 * tokens - 1))  # relative position
        self.time = nn.Sequential(nn.Linear(32, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU())
        self.blocks = nn.ModuleList([Block(c) for _ in range(c.layers)])
        self.norm = nn.LayerNorm(c.width)
        self.unpatchify = nn.Linear(c.width, c.patch * c.frame)
        self.smooth = nn.Conv1d(c.frame, 144, 5, padding=2)
        self.leave = nn.Linear(144 + c.memory, MOTION_DIMS)
        i = torch.arange(tokens)
        self.register_buffer("relative", i[None, :] - i[:, None] + tokens - 1, persistent=False)
        self.register_buffer("slot", torch.arange(c.slots + 1.0), persistent=False)
        self.register_buffer(
            "frequency", torch.exp(torch.linspace(0, math.log(64.0), 16)) * math.pi, persistent=False
        )

    @property
    def recorded(self):
        """How many phrases have vectors of their own; their codes are 1 to this."""
        return (self.config.phrases - 1) // (2 if self.config.reflected else 1)

    @torch.no_grad()
    def keep(self, vectors):
        """Takes vectors of every code [phrases, slots + 1, memory] as its memory; those of mirror images only
        say what the reflection is."""
        n = self.recorded
        self.memory.weight.copy_(vectors[: n + 1].flatten(1))
        if self.reflect is not None:
            plain, mirrored = vectors[1 : n + 1].flatten(0, 1), vectors[n + 1 :].flatten(0, 1)
            ridge = 1e-3 * torch.eye(plain.shape[1], device=plain.device) * len(plain)
            solved = torch.linalg.solve(plain.T @ plain + ridge, plain.T @ mirrored)
            self.reflect.weight.copy_(solved.T)

    @torch.no_grad()
    def remember(self, poses):
        """Starts the memory from real poses [phrases, slots + 1, 151] (normalised; phrase 0, none, is zero):
        principal components, and a last layer that turns them back into poses."""
        c = self.config
        flat = poses.reshape(-1, MOTION_DIMS)
        _, size, axes = torch.linalg.svd(flat[torch.randperm(len(flat))[:8192]], full_matrices=False)
        axes = axes[: c.memory]  # [memory, 151]
        scale = (size[: c.memory] / size[0]).sqrt() / (size[: c.memory] / min(len(flat), 8192) ** 0.5)
        self.keep(((flat @ axes.T) * scale).view(c.phrases, c.slots + 1, c.memory))
        self.leave.weight[:, -c.memory :] = axes.T / scale
        self.leave.weight[:, : -c.memory] *= 0.3

    def recall(self, cond, phrase):
        """[B, W, memory]: each frame's vector of its phrase at its phrase phase. The phase is advanced by a
        ten-thousandth, so that rounding cannot read the end of a phrase on its first frame."""
        c = self.config
        b, w = phrase.shape
        sine = Condition.PHRASE_PHASE.start
        phase = (
            torch.atan2(cond[..., sine : sine + 1], cond[..., sine + 1 : sine + 2]) / (2 * math.pi) + 1.0001
        )
        place = (phase - torch.floor(phase)) * c.slots
        near = torch.relu(1 - torch.abs(place - self.slot))
        image = (phrase > self.recorded).to(phrase.dtype)
        slots = self.memory(phrase - image * self.recorded).view(b, w, c.slots + 1, c.memory)
        vectors = (near.unsqueeze(-2) @ slots).squeeze(-2)
        if self.reflect is None:
            return vectors
        return vectors + image.unsqueeze(-1).to(vectors.dtype) * (self.reflect(vectors) - vectors)

    def mix(self, h, time):
        """Tokens [B, W / patch, width] that have seen each other."""
        bias = self.bias[:, self.relative]
        for block in self.blocks:
            h = block(h, bias, time)
        return h

    def forward(self, x, t, cond, phrase, mask=None):
        c = self.config
        b, w, _ = x.shape
        memory = self.recall(cond, phrase)
        inputs = [x, mask, cond, memory] if c.masked else [x, cond, memory]
        frames = nn.functional.gelu(self.enter(torch.cat(inputs, dim=-1)), approximate="tanh")
        angle = t.unsqueeze(-1) * self.frequency
        time = self.time(torch.cat([torch.sin(angle), torch.cos(angle)], dim=-1))
        h = self.patchify(frames.reshape(b, w // c.patch, c.patch * c.frame))
        up = self.unpatchify(self.norm(self.mix(h, time))).view(b, w, c.frame)
        detail = nn.functional.gelu(
            self.smooth((up + frames).transpose(1, 2)).transpose(1, 2), approximate="tanh"
        )
        return self.leave(torch.cat([detail, memory], dim=-1))
