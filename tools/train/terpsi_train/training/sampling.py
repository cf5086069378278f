"""The sampler of core/generate on one batch of windows, its guidance, and figures for the training log."""

import torch

from terpsi_train.layout import Condition
from terpsi_train.training.losses import joints_and_velocity


def unconditional(cond, phrase, where):
    """Copies in which the windows `where` [B] have neither phrase, style nor accent
    (core/manifest/model_info.h)."""
    cond, phrase = cond.clone(), phrase.clone()
    cond[where, :, Condition.STYLES] = 0
    cond[where, :, Condition.ACCENT] = 0
    cond[where, :, Condition.ENERGY] = 0.5
    phrase[where] = 0
    return cond, phrase


def sample(model, noise, cond, phrase, times, guidance=1.0):
    """Normalised motion [B, W, 151] made of noise [B, W, 151]."""
    x, zero = noise, torch.zeros_like(noise) if model.config.masked else None
    everywhere = torch.ones(len(x), dtype=torch.bool, device=x.device)
    for k, t in enumerate(times):
        now = torch.full((len(x),), t, device=x.device)
        x1 = model(x, now, cond, phrase, zero)
        if guidance != 1.0:
            without = model(x, now, *unconditional(cond, phrase, everywhere), zero)
            x1 = without + guidance * (x1 - without)
        following = times[k + 1] if k + 1 < len(times) else 1.0
        x = x + (following - t) / (1 - t) * (x1 - x)
    return x


@torch.no_grad()
def validate(model, batch, mean, std, times):
    """Joint error (cm), jitter ratio and speed ratio of windows with phrases, with one and with all
    evaluations."""
    motion, cond, phrase = batch
    told = (phrase > 0).all(1)
    motion, cond, phrase = motion[told], cond[told], phrase[told]
    noise = torch.randn(motion.shape, generator=torch.Generator().manual_seed(0)).to(motion.device)
    true_position, true_velocity = joints_and_velocity(motion)
    out = {}
    for grid in (times[:1], times):
        made = sample(model, noise, cond, phrase, grid) * std + mean
        position, velocity = joints_and_velocity(made)
        name = str(len(grid))
        out["error_cm_" + name] = float((position - true_position).norm(dim=-1).mean() * 100)
        jitter, true_jitter = ((v[:, 1:] - v[:, :-1]).norm(dim=-1).mean() for v in (velocity, true_velocity))
        out["jitter_" + name] = float(jitter / true_jitter)
        out["speed_" + name] = float(velocity.norm(dim=-1).mean() / true_velocity.norm(dim=-1).mean())
    return out
