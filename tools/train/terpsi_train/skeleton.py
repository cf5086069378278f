"""Forward kinematics and rotations of the skeleton of core/motion/skeleton.h (layout.py).

6D rotations are the first two columns of a rotation matrix [Zhou 2019].
"""

import numpy as np
import torch

from terpsi_train.layout import CONTACTS, JOINTS, MIRROR, OFFSETS, PARENTS, ROTATIONS


def levels():
    """Joints by depth, so that FK needs one batched product per level of the tree."""
    depth = [0] * JOINTS
    for j in range(1, JOINTS):
        depth[j] = depth[PARENTS[j]] + 1
    return [[j for j in range(JOINTS) if depth[j] == d] for d in range(1, max(depth) + 1)]


LEVELS = levels()


def matrices(six):
    """6D rotations [..., 6] -> matrices [..., 3, 3] by Gram-Schmidt."""
    a1, a2 = six[..., :3], six[..., 3:]
    b1 = torch.nn.functional.normalize(a1, dim=-1, eps=1e-6)
    b2 = torch.nn.functional.normalize(a2 - (b1 * a2).sum(-1, keepdim=True) * b1, dim=-1, eps=1e-6)
    return torch.stack([b1, b2, torch.cross(b1, b2, dim=-1)], dim=-1)


def fk(six):
    """6D rotations [..., 24, 6] -> joint positions relative to the pelvis [..., 24, 3], metres."""
    local = matrices(six)
    offsets = torch.as_tensor(OFFSETS, dtype=six.dtype, device=six.device)
    world = [None] * JOINTS
    position = [None] * JOINTS
    world[0] = local[..., 0, :, :]
    position[0] = torch.zeros_like(six[..., 0, :3])
    for level in LEVELS:
        parents = [PARENTS[j] for j in level]
        up = torch.stack([world[p] for p in parents], dim=-3)
        here = torch.stack([position[p] for p in parents], dim=-2)
        turned = up @ local[..., level, :, :]
        moved = here + (up @ offsets[level].unsqueeze(-1)).squeeze(-1)
        for k, j in enumerate(level):
            world[j] = turned[..., k, :, :]
            position[j] = moved[..., k, :]
    return torch.stack(position, dim=-2)


def rotations(motion):
    """6D rotations [..., 24, 6] of motion vectors [..., 151]."""
    return motion[..., ROTATIONS].reshape(*motion.shape[:-1], JOINTS, 6)


def orthonormal6(six):
    """NumPy: 6D values [..., 6] made orthonormal."""
    a1, a2 = six[..., :3], six[..., 3:]
    b1 = a1 / np.maximum(np.linalg.norm(a1, axis=-1, keepdims=True), 1e-6)
    b2 = a2 - (b1 * a2).sum(-1, keepdims=True) * b1
    b2 = b2 / np.maximum(np.linalg.norm(b2, axis=-1, keepdims=True), 1e-6)
    return np.concatenate([b1, b2], axis=-1)


def mirrored(motion):
    """NumPy: left-right mirror image of motion vectors [..., 151]; x is negated, left and right swap."""
    out = motion.copy()
    out[..., CONTACTS] = motion[..., [2, 3, 0, 1]]
    out[..., 4] = -motion[..., 4]
    six = rotations(motion)[..., MIRROR, :]
    # With S = diag(-1, 1, 1) the mirrored rotation is S R S: the first column changes sign in y and z, the
    # second in x.
    six = six * np.array([1, -1, -1, -1, 1, 1], dtype=motion.dtype)
    out[..., ROTATIONS] = six.reshape(*motion.shape[:-1], JOINTS * 6)
    return out
