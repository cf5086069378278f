"""Real clips on our skeleton, as the native binary puts them there, so that training learns from exactly the
conversion that the program ships."""

import json
import pathlib
import subprocess

import numpy as np

from terpsi_train.data.motion.ballroom import pieces
from terpsi_train.data.motion.vocabulary import PACKS, style_of
from terpsi_train.layout import PELVIS_AXES, ROOT_VELOCITY


def entries_of(data, clear=False):
    """Manifest entries of the clips that are learned from, with `style` as the vocabulary names it and `file`
    absolute. data: a pack, or the folder of PACKS. clear: only clips whose licence is clear."""
    data = pathlib.Path(data).resolve()
    packs = [data] if (data / "manifest.json").exists() else [data / name for name in PACKS]
    packs = [pack for pack in packs if (pack / "manifest.json").exists()]
    if not packs:
        raise FileNotFoundError(f"{data} has no manifest.json, and neither has a pack in it")
    out = []
    for pack in packs:
        for entry in json.loads((pack / "manifest.json").read_text())["clips"]:
            style = style_of(entry)
            if style and (entry["licence_clear"] == "yes" or not clear):
                out.append({**entry, "style": style, "file": pack / entry["file"]})
    return out


def retarget(binary, source, target, lock_feet=True):
    """Puts a clip on our skeleton, its feet cleaned if `lock_feet`, unless `target` (NPZ) is there
    already."""
    if not target.exists():
        command = [binary, "retarget", source, "-o", target, *(["--lock-feet"] if lock_feet else [])]
        subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)


def load_clips(data, binary, cache, ballroom=None, clear=False):
    """Clips at 30 fps: list of (entry, motion [T, 151], joints [T, 24, 3], bad [T]). What was retargeted is
    kept in the folder `cache`. data, clear: as for entries_of. ballroom: folder of that pack, or None."""
    cache = pathlib.Path(cache)
    cache.mkdir(parents=True, exist_ok=True)
    out = []
    for entry in entries_of(data, clear) + (pieces(ballroom, cache) if ballroom else []):
        target = cache / (entry["name"] + ".npz")
        retarget(binary, entry["file"], target)
        with np.load(target) as z:
            motion, joints = z["motion"].astype(np.float64), z["joints"].astype(np.float64)
            out.append((entry, motion, joints, z["bad"].astype(bool)))
    return out


def face_front(motion, joints):
    """Turns a clip so that its mean heading is +Z. The heading is the pelvis's forward axis."""
    first, second = PELVIS_AXES
    a1, a2 = motion[:, first], motion[:, second]
    forward = np.cross(a1, a2)
    heading = np.arctan2(forward[:, 0].mean(), forward[:, 2].mean())
    c, s = np.cos(-heading), np.sin(-heading)
    turn = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    out = motion.copy()
    out[:, first] = a1 @ turn.T
    out[:, second] = a2 @ turn.T
    x, z = ROOT_VELOCITY
    velocity = np.stack([motion[:, x], np.zeros(len(motion)), motion[:, z]], -1) @ turn.T
    out[:, x], out[:, z] = velocity[:, 0], velocity[:, 2]
    return out, joints @ turn.T
