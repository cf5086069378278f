"""What the realism test sees of a motion: windows of 2 s on our skeleton, and features of them."""

import numpy as np

import common  # noqa: F401  (makes terpsi_train importable)
from terpsi_train.layout import FPS, JOINT_NAMES, L_HIP, L_SHOULDER, MIRROR, R_HIP, R_SHOULDER, joints

WINDOW = 60  # frames
TOES = joints("l_foot r_foot")
# Joints by part, without head and hands: robot takes have no neck and stiff wrists. Arms move against the
# pelvis; the others in the room, so that a foot that slides shows.
PARTS = {
    "whole body": [j for j, name in enumerate(JOINT_NAMES) if name not in ("head", "l_hand", "r_hand")],
    "feet": joints("l_ankle r_ankle l_foot r_foot"),
    "arms": joints("l_shoulder r_shoulder l_elbow r_elbow l_wrist r_wrist"),
    "trunk": joints("pelvis spine1 spine2 spine3 neck l_hip r_hip l_collar r_collar"),
    "movement": [],  # of the whole body, without its posture
}
PARTS["movement"] = PARTS["whole body"]
LAGS = (2, 5, 10, 20)  # frames, of displacements
BEND_LAGS = (1, 3, 6)  # frames, of second differences
AXES = ("outwards", "height", "front")
SMOOTHING = np.array([1, 4, 6, 4, 1]) / 16


def smoothed(clip):
    """A clip [T, 24, 3] without what is above about 6 Hz, so that capture noise and frame rates tell nothing,
    its floor (5th percentile of the lower toe) at y = 0. Loses two frames at each end."""
    count = len(clip) - 4
    out = sum(w * clip[k : k + count] for k, w in enumerate(SMOOTHING))
    floor = np.percentile(out[:, TOES, 1].min(1), 5)
    return out - [0, floor, 0]


def turned_to_front(windows):
    """Windows [n, W, 24, 3], each turned as a whole so that its mean heading is +Z (that of its middle, where
    it turns around) and its middle pelvis is over the origin."""
    left = windows[:, :, L_HIP] - windows[:, :, R_HIP] + windows[:, :, L_SHOULDER] - windows[:, :, R_SHOULDER]
    mean, middle = left.mean(1)[:, [0, 2]], left[:, WINDOW // 2][:, [0, 2]]
    left = np.where(np.linalg.norm(mean, axis=-1, keepdims=True) > 0.2, mean, middle)
    left = left / np.maximum(np.linalg.norm(left, axis=-1, keepdims=True), 1e-9)
    c, s = left[:, None, None, 0], left[:, None, None, 1]
    p = windows - windows[:, WINDOW // 2, :1][:, None] * [1, 0, 1]
    return np.stack([c * p[..., 0] + s * p[..., 2], p[..., 1], c * p[..., 2] - s * p[..., 0]], -1)


def windows_of(clip, bad, hop=WINDOW):
    """[n, W, 24, 3]: windows of the stretches of a clip [T, 24, 3] at 30 fps without a bad frame [T]."""
    edges = np.flatnonzero(np.diff(np.concatenate([[True], bad, [True]]).astype(int)))
    out = []
    for start, end in edges.reshape(-1, 2):
        if end - start < WINDOW + 4:
            continue
        stretch = smoothed(clip[start:end])
        out += [stretch[s : s + WINDOW] for s in range(0, len(stretch) - WINDOW + 1, hop)]
    if not out:
        return np.zeros((0, WINDOW, len(JOINT_NAMES), 3))
    return turned_to_front(np.stack(out))


def mirrored(windows):
    return windows[:, :, MIRROR] * [-1, 1, 1]


def seen_from_pelvis(windows):
    return windows - windows[:, :, :1] * [1, 0, 1]


def moving(windows, part):
    """The positions whose changes count as the part's movement."""
    return seen_from_pelvis(windows) if part == "arms" else windows


def channels(windows, part):
    """[n, C, W / 2]: positions from the pelvis (m) and velocities (m/s) of the part, 15 times a second."""
    of = PARTS[part]
    velocity = np.gradient(moving(windows, part)[:, :, of], axis=1) * FPS
    seen = [seen_from_pelvis(windows)[:, :, of], velocity]
    both = np.concatenate(seen[part == "movement" :], axis=2)[:, ::2]
    return both.reshape(*both.shape[:2], -1).transpose(0, 2, 1).astype(np.float32)


def mean_size(v):
    return np.linalg.norm(v, axis=-1).mean(1)


def joint_features(place, world, outwards):
    """{name: [n]} of one joint. place: its positions [n, W, 3] from the pelvis; world: those whose changes
    count; outwards: 1 or -1, the side its x counts to, 0 for a joint in the middle."""
    out = {}
    for axis, word in enumerate(AXES):
        if axis or outwards:
            out[f"mean {word}"] = place[..., axis].mean(1) * (1 if axis else outwards)
        out[f"spread {word}"] = np.log(place[..., axis].std(1) + 0.003)
    for lag in LAGS:
        speed = mean_size(world[:, lag:] - world[:, :-lag]) * FPS / lag
        out[f"speed over {lag / FPS:.2f} s"] = np.log(speed + 0.02)
    for lag in BEND_LAGS:
        bend = world[:, 2 * lag :] - 2 * world[:, lag:-lag] + world[:, : -2 * lag]
        out[f"acceleration over {lag / FPS:.2f} s"] = np.log(mean_size(bend) * (FPS / lag) ** 2 + 0.1)
    speed = np.linalg.norm(np.diff(world, axis=1), axis=-1) * FPS
    out["unevenness of speed"] = speed.std(1) / (speed.mean(1) + 0.05)
    return out


def pair_features(left, right):
    """{name: [n]} of the movement of two sides, positions [n, W, 3]."""
    a, b = (np.linalg.norm(np.diff(side, axis=1), axis=-1) * FPS for side in (left, right))
    apart = np.abs(np.log(a.mean(1) + 0.02) - np.log(b.mean(1) + 0.02))
    return {"one side moves more": apart, "the slower side's speed": np.log(np.minimum(a, b).mean(1) + 0.02)}


def features(windows, part):
    """([n, F], names) of the joints of a part, means over both sides. Sizes of movement and spreads are
    logarithms."""
    place, world = seen_from_pelvis(windows), moving(windows, part)
    out = {}
    for j in PARTS[part]:
        name, other = JOINT_NAMES[j], MIRROR[j]
        if name.startswith("r_"):
            continue
        found = joint_features(place[:, :, j], world[:, :, j], 0 if other == j else 1)
        if other != j:
            name = name.removeprefix("l_")
            right = joint_features(place[:, :, other], world[:, :, other], -1)
            found = {key: (value + right[key]) / 2 for key, value in found.items()}
            found |= pair_features(world[:, :, j], world[:, :, other])
        out |= {f"{name}: {key}": value for key, value in found.items() if np.ptp(value) > 1e-6}
    if part == "movement":
        out = {key: value for key, value in out.items() if ": mean " not in key}
    return np.stack(list(out.values()), 1), list(out)
