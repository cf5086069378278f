"""The skeleton of core/motion/skeleton.h for training: layout, offsets and a differentiable FK.

tests compare this file with the C++ header and FK with the native binary, so the two cannot drift apart.
"""

import numpy as np
import torch

JOINTS = 24
MOTION_DIMS = 151
CONTACTS = slice(0, 4)      # l_ankle, l_foot, r_ankle, r_foot
ROOT = slice(4, 7)          # velocity x (m/s), height y (m), velocity z (m/s)
ROTATIONS = slice(7, 151)   # 24 x 6D, first two columns of the rotation matrix
CONTACT_JOINTS = [7, 10, 8, 11]
FPS = 30.0

PARENTS = [-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21]
MIRROR = [0, 2, 1, 3, 5, 4, 6, 8, 7, 9, 11, 10, 12, 14, 13, 15, 17, 16, 19, 18, 21, 20, 23, 22]
UPPER_BODY = [6, 9, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]

OFFSETS = np.array([
    [0, 0.930, 0], [0.085, -0.075, 0], [-0.085, -0.075, 0], [0, 0.105, -0.010],
    [0, -0.400, 0], [0, -0.400, 0], [0, 0.125, 0.005], [0, -0.385, -0.010],
    [0, -0.385, -0.010], [0, 0.065, 0.005], [0.012, -0.050, 0.125], [-0.012, -0.050, 0.125],
    [0, 0.205, -0.020], [0.065, 0.120, -0.010], [-0.065, 0.120, -0.010], [0, 0.090, 0.025],
    [0.110, 0.025, -0.005], [-0.110, 0.025, -0.005], [0.260, 0, 0], [-0.260, 0, 0],
    [0.245, 0, 0], [-0.245, 0, 0], [0.085, 0, 0], [-0.085, 0, 0]], dtype=np.float32)

# Joints by depth, so that FK needs one batched product per level of the tree.
_LEVELS = []
_depth = [0] * JOINTS
for _j in range(1, JOINTS):
    _depth[_j] = _depth[PARENTS[_j]] + 1
for _d in range(1, max(_depth) + 1):
    _LEVELS.append([j for j in range(JOINTS) if _depth[j] == _d])


def matrices(six):
    """6D rotations [..., 6] -> matrices [..., 3, 3] by Gram-Schmidt (Zhou et al. 2019)."""
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
    for level in _LEVELS:
        parents = [PARENTS[j] for j in level]
        up = torch.stack([world[p] for p in parents], dim=-3)
        here = torch.stack([position[p] for p in parents], dim=-2)
        turned = up @ local[..., level, :, :]
        moved = here + (up @ offsets[level].unsqueeze(-1)).squeeze(-1)
        for k, j in enumerate(level):
            world[j] = turned[..., k, :, :]
            position[j] = moved[..., k, :]
    return torch.stack(position, dim=-2)


def orthonormal6(six):
    """Numpy: 6D values [..., 6] made orthonormal."""
    a1, a2 = six[..., :3], six[..., 3:]
    b1 = a1 / np.maximum(np.linalg.norm(a1, axis=-1, keepdims=True), 1e-6)
    b2 = a2 - (b1 * a2).sum(-1, keepdims=True) * b1
    b2 = b2 / np.maximum(np.linalg.norm(b2, axis=-1, keepdims=True), 1e-6)
    return np.concatenate([b1, b2], axis=-1)


def mirrored(motion):
    """Left-right mirror image of motion vectors [..., 151] (numpy): x is negated, left and right swap."""
    out = motion.copy()
    out[..., CONTACTS] = motion[..., [2, 3, 0, 1]]
    out[..., 4] = -motion[..., 4]
    six = motion[..., ROTATIONS].reshape(*motion.shape[:-1], JOINTS, 6)[..., MIRROR, :]
    # With S = diag(-1, 1, 1) the mirrored rotation is S R S: the first column changes sign in y and z, the second in x.
    six = six * np.array([1, -1, -1, -1, 1, 1], dtype=motion.dtype)
    out[..., ROTATIONS] = six.reshape(*motion.shape[:-1], JOINTS * 6)
    return out
