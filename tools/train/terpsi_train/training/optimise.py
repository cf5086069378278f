"""Steps down a gradient, and the average of where they lead."""

import torch

OLD_TORCH = int(torch.__version__.split(".")[0]) < 2


def mixed_precision(device):
    """bfloat16 where PyTorch has it; before 2.0 its layer norms could not mix precisions on CPUs."""
    return torch.autocast(device.type, torch.bfloat16, enabled=not OLD_TORCH)


def optimizer_of(model, rate, decay=0.01, betas=(0.9, 0.98)):
    """AdamW without decay on biases and norms."""
    many = [p for p in model.parameters() if p.dim() > 1]
    few = [p for p in model.parameters() if p.dim() <= 1]
    return torch.optim.AdamW(
        [{"params": many, "weight_decay": decay}, {"params": few, "weight_decay": 0}], lr=rate, betas=betas
    )


def descend(loss, model, optimizer, rate):
    """One step down the gradient, clipped to norm 1; returns the norm before."""
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return float(norm)


@torch.no_grad()
def follow(average, model, step):
    """Exponential moving average of the weights, short at first."""
    keep = min(0.999, 1 - 1 / (step / 10 + 1))
    for slow, fast in zip(average.parameters(), model.parameters()):
        slow.lerp_(fast, 1 - keep)
