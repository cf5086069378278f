import torch

from terpsi_train.layout import Condition
from terpsi_train.models.generator import GeneratorConfig
from terpsi_train.training.sampling import sample, unconditional


def test_guidance_leaves_out_what_is_to_be_guided():
    cond, phrase = torch.rand(2, 80, Condition.FIXED + 2), torch.ones(2, 80, dtype=torch.int32)
    free, none = unconditional(cond, phrase, torch.tensor([True, False]))
    assert (
        (free[0, :, Condition.FIXED :] == 0).all()
        and (free[0, :, Condition.ACCENT] == 0).all()
        and (none[0] == 0).all()
    )
    assert (
        torch.equal(free[0, :, : Condition.ENERGY], cond[0, :, : Condition.ENERGY])
        and torch.equal(free[1], cond[1])
        and (none[1] == 1).all()
    )

    class Echo(torch.nn.Module):  # says 1 where it is told a phrase, else 0
        config = GeneratorConfig()

        def forward(self, x, t, cond, phrase, mask=None):
            return torch.zeros_like(x) + (phrase > 0).float().unsqueeze(-1)

    noise = torch.randn(2, 80, 151)
    assert torch.allclose(sample(Echo(), noise, cond, phrase, (0.0, 0.5), 1.0), torch.ones(1))
    assert torch.allclose(sample(Echo(), noise, cond, phrase, (0.0, 0.5), 2.5), torch.full((1,), 2.5))
