"""Dances read from files of any format, as joint positions."""

import json
import pathlib
import tempfile

import numpy as np

from common import run
from terpsi_train.layout import JOINT_NAMES, PARENTS


class Dance:
    def __init__(self, joints, fps, parents, names, contacts=None):
        self.joints = np.asarray(joints, dtype=np.float64)
        self.fps, self.parents, self.names, self.contacts = float(fps), list(parents), list(names), contacts
        self.style, self.beats = "", []  # seconds
        if self.joints.ndim != 3 or self.joints.shape[1:] != (len(self.parents), 3) or not len(self.joints):
            raise SystemExit(
                f"expected joints of shape (T, {len(self.parents)}, 3), found {self.joints.shape}"
            )
        if not np.isfinite(self.joints).all():
            raise SystemExit("the dance holds values that are not finite")


def load(path, terpsi):
    if path.endswith(".dance"):
        with tempfile.TemporaryDirectory() as scratch:
            target = str(pathlib.Path(scratch) / "dance.json")
            run([terpsi, "convert", path, "-o", target])
            return load(target, terpsi)
    if path.endswith(".json"):
        with open(path, encoding="utf-8") as f:
            d = json.load(f)
        contacts = np.asarray(d["contacts"]) if d.get("contacts") else None
        dance = Dance(
            d["positions"],
            d.get("fps", 30),
            d.get("parents", PARENTS),
            d.get("joints", JOINT_NAMES),
            contacts,
        )
        dance.style, dance.beats = d.get("style", ""), d.get("beats", [])
        return dance
    if path.endswith(".npz"):
        with np.load(path, allow_pickle=False) as d:
            fps = float(d["fps"]) if "fps" in d else 30.0
            return Dance(d["joints"], fps, PARENTS, JOINT_NAMES, d["contacts"] if "contacts" in d else None)
    if path.endswith(".bvh"):
        return load_bvh(path)
    raise SystemExit("expected a .dance, .json, .npz or .bvh file")


def axis_rotation(axis, degrees):
    """(T,) degrees -> (T, 3, 3) rotation about X, Y or Z."""
    a = np.radians(degrees)
    c, s, o, i = np.cos(a), np.sin(a), np.zeros_like(a), np.ones_like(a)
    rows = {
        "X": [i, o, o, o, c, -s, o, s, c],
        "Y": [c, o, s, o, i, o, -s, o, c],
        "Z": [c, -s, o, s, c, o, o, o, i],
    }[axis]
    return np.stack(rows, -1).reshape(-1, 3, 3)


def parse_hierarchy(words):
    """(names, parents, offsets, channels) of the joints of a BVH file; an end site has the name of its
    parent."""
    at, names, parents, offsets, channels, stack = 0, [], [], [], [], []
    while at < len(words) and words[at] != "MOTION":
        w = words[at]
        if w in ("ROOT", "JOINT", "End"):
            parents.append(stack[-1] if stack else -1)
            names.append(names[parents[-1]] if w == "End" else words[at + 1])
            offsets.append([0.0] * 3)
            channels.append([])
            at += 2
        elif w == "{":
            stack.append(len(names) - 1)
            at += 1
        elif w == "}":
            stack.pop()
            at += 1
        elif w == "OFFSET":
            offsets[-1] = [float(v) for v in words[at + 1 : at + 4]]
            at += 4
        elif w == "CHANNELS":
            n = int(words[at + 1])
            channels[-1] = words[at + 2 : at + 2 + n]
            at += 2 + n
        else:
            at += 1
    return names, parents, offsets, channels


def place_joints(data, parents, offsets, channels):
    """Positions [T, joints, 3] of the motion [T, channels]."""
    frames = len(data)
    position, rotation, column = [None] * len(parents), [None] * len(parents), 0
    for j in range(len(parents)):
        local = np.tile(np.eye(3), (frames, 1, 1))
        place = np.tile(np.array(offsets[j]), (frames, 1))
        if any(c.endswith("position") for c in channels[j]) and parents[j] < 0:
            place = np.zeros((frames, 3))
        for c in channels[j]:
            values = data[:, column]
            column += 1
            if c.endswith("position"):
                place[:, "XYZ".index(c[0])] = values
            else:
                local = local @ axis_rotation(c[0], values)
        if parents[j] < 0:
            position[j], rotation[j] = place, local
        else:
            p = parents[j]
            position[j] = position[p] + np.einsum("tij,tj->ti", rotation[p], place)
            rotation[j] = rotation[p] @ local
    return np.stack(position, 1)


def load_bvh(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        words = f.read().split()
    names, parents, offsets, channels = parse_hierarchy(words)
    at = words.index("MOTION")
    frames, frame_time = int(words[at + 2]), float(words[at + 5])
    data = np.array(words[at + 6 :], dtype=np.float64).reshape(frames, -1)
    joints = place_joints(data, parents, offsets, channels)
    # Standing height decides the unit: metres, centimetres or inches all come out about 1.7 m tall.
    height = np.percentile(joints[..., 1].max(1) - joints[..., 1].min(1), 90)
    scale = 1.0 if 1.0 < height < 2.6 else 0.01 if 100 < height < 260 else 1.7 / max(height, 1e-6)
    return Dance(joints * scale, 1.0 / frame_time, parents, names)
