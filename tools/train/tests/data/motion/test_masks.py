import torch

from terpsi_train.data.motion.masks import random_masks
from terpsi_train.layout import JOINTS, ROTATIONS


def test_masks_know_nothing_or_whole_rotations():
    mask = random_masks(200, 80, torch.Generator().manual_seed(1))
    assert set(mask.unique().tolist()) <= {0.0, 1.0}
    known = mask.flatten(1).mean(1)
    assert 0.4 < (known == 0).float().mean() < 0.65 and (known > 0.3).any()
    six = mask[..., ROTATIONS].reshape(200, 80, JOINTS, 6)
    assert (six.min(-1).values == six.max(-1).values).all()
