#!/usr/bin/env python3
"""Golden vectors for core/measure/recogniser_input: the input that the recogniser was trained on, of made-up
motion.

Writes recogniser_golden.npz beside this file: joints_turning (a body that turns, travels and waves) and
joints_lying (whose left-pointing axes cancel out, so that it has no heading), with their inputs.
"""

import pathlib
import sys

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "../../tools/train"))
from terpsi_train.data.motion.recogniser_windows import window_input  # noqa: E402
from terpsi_train.layout import L_HIP, L_SHOULDER, R_HIP, R_SHOULDER  # noqa: E402

FRAMES = 24


def moving(rng, turn):
    """Joints that swing about random places, on a body that turns by `turn` radians a second and walks."""
    t = np.arange(FRAMES) / 30
    place = rng.uniform([-0.5, 0, -0.2], [0.5, 1.7, 0.2], (24, 3))
    place[[L_HIP, L_SHOULDER], 0], place[[R_HIP, R_SHOULDER], 0] = 0.15, -0.15
    local = place + 0.1 * np.sin(
        2 * np.pi * (t[:, None, None] * rng.uniform(0.5, 3, (24, 3)) + rng.random((24, 3)))
    )
    c, s = np.cos(0.4 + turn * t)[:, None], np.sin(0.4 + turn * t)[:, None]
    x, z = c * local[..., 0] + s * local[..., 2], c * local[..., 2] - s * local[..., 0]
    return np.stack([x + 0.8 * t[:, None], local[..., 1], z - 1.3 * t[:, None]], -1)


def main():
    rng = np.random.default_rng(7)
    turning, lying = moving(rng, 4.0), moving(rng, 0.0)
    lying[:, R_HIP] = lying[:, L_HIP]
    lying[:, R_SHOULDER] = lying[:, L_SHOULDER]
    out = {}
    for name, joints in (("turning", turning), ("lying", lying)):
        joints = joints.astype(np.float32)
        out["joints_" + name] = joints
        out["input_" + name] = window_input(joints.astype(np.float64)).astype(np.float32)
    np.savez_compressed(HERE / "recogniser_golden.npz", **out)


if __name__ == "__main__":
    main()
