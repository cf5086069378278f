import pytest
import torch

from terpsi_train.layout import LISTENER_COLUMNS
from terpsi_train.models.beat_zoo import BLOCK, MIDDLES, Attention, BeatNet, BothRows
from terpsi_train.models.parts import parameters


@pytest.mark.parametrize("name", list(MIDDLES))
def test_every_architecture_fits_the_contract_and_the_budget(name):
    model = BeatNet(name).eval()
    assert 255e3 < parameters(model) < 345e3
    exported = BothRows(model)
    for frames in (1, 2, 257, 600):
        x = torch.rand(1, frames, LISTENER_COLUMNS)
        with torch.no_grad():
            p, own = exported(x), model(x).sigmoid()
        assert p.shape == (1, frames, 2) and bool(((p >= 0) & (p <= 1)).all())
        assert torch.allclose(p[:, ::2], own)


def test_attention_reaches_the_blocks_beside_and_no_further():
    torch.manual_seed(1)
    layer = Attention(16, 2).eval()
    x = torch.randn(1, 5 * BLOCK - 7, 16)
    changed = x.clone()
    changed[:, 4 * BLOCK + 5] += 3
    with torch.no_grad():
        moved = (layer(x) - layer(changed)).abs().amax(-1)[0] > 1e-6
        # Padding says nothing: a shorter song is heard the same as far as it does not miss what follows.
        assert torch.allclose(layer(x)[:, :BLOCK], layer(x[:, : 2 * BLOCK])[:, :BLOCK], atol=1e-5)
    assert not bool(moved[: 3 * BLOCK].any()) and bool(moved[3 * BLOCK :].all())
