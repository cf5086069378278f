"""What several networks have in common."""

import copy

import torch

LEAST_ROUNDED = 16  # smaller tensors keep single precision when they are exported


def parameters(network):
    """How many numbers are trained."""
    return sum(p.numel() for p in network.parameters())


def register_scale(network, columns, mean=None, std=None):
    """Gives a network the buffers `mean` and `scale` (1 / std) of its input's columns."""
    zero, one = torch.zeros(columns), torch.ones(columns)
    network.register_buffer("mean", zero if mean is None else torch.as_tensor(mean, dtype=torch.float32))
    network.register_buffer("scale", one if std is None else 1 / torch.as_tensor(std, dtype=torch.float32))


def rounded(network):
    """A copy for inference, its weights as the file stores them."""
    copied = copy.deepcopy(network).eval()
    with torch.no_grad():
        for values in copied.state_dict().values():
            if values.is_floating_point() and values.numel() >= LEAST_ROUNDED:
                values.copy_(values.half().float())
    return copied


class Probabilities(torch.nn.Module):
    """A classifier as it is exported: probabilities instead of logits."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return self.model(x).softmax(-1)
