import made
import numpy as np
import torch

from terpsi_train.layout import JOINTS, MIRROR, OFFSETS, PARENTS, ROTATIONS
from terpsi_train.skeleton import fk, mirrored, orthonormal6


def test_fk_of_the_rest_pose_stacks_the_offsets():
    six = torch.from_numpy(made.REST.reshape(1, JOINTS, 6))
    p = fk(six)[0].numpy()
    for j in range(1, JOINTS):
        assert np.allclose(p[j] - p[PARENTS[j]], OFFSETS[j], atol=1e-6)


def test_mirroring_twice_changes_nothing_and_once_swaps_sides():
    r = np.random.default_rng(0)
    six = orthonormal6(r.standard_normal((5, JOINTS, 6)).astype(np.float32))
    motion = np.concatenate([r.random((5, 4)), r.standard_normal((5, 3)), six.reshape(5, -1)], -1).astype(
        np.float32
    )
    assert np.allclose(mirrored(mirrored(motion)), motion, atol=1e-6)
    p = fk(torch.from_numpy(six)).numpy()
    q = fk(torch.from_numpy(mirrored(motion)[:, ROTATIONS].reshape(5, JOINTS, 6))).numpy()
    assert np.allclose(q, p[:, MIRROR] * np.array([-1, 1, 1]), atol=1e-5)
