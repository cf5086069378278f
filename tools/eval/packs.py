"""Real clips of several packs on our skeleton, by group."""

import pathlib

import numpy as np

from common import retargeted
from terpsi_train.data.motion.clips import entries_of

# Group of the manifest -> row of a table. Groups that are not named are split by style.
GROUPS = {
    "motius": "AIST++ clips",
    "aistpp": "AIST++ clips",
    "unimumo_aistpp": "AIST++ waack",
    "cmu_salsa": "CMU salsa",
    "cmu": "CMU modern",
    "isaacgym": "CMU modern",
    "cmu131": "CMU 131 (MJ)",
    "cmu93": "CMU 93 (charleston)",
    "cmu_c3d": "CMU 90, 94 and others",
    "perfume": "Perfume",
    "perfume_full": "Perfume",
    "animdraw": "Animated Drawings",
    "ycam_ram": "YCAM contemporary",
    "unitree_g1": "Unitree robot takes",
    "leju_robot": "Leju robot takes",
    "g1moves": "G1 Moves",
    "mesh2motion": "drawn by hand",
}


def group_of(entry):
    return GROUPS.get(entry["group"], f"CMU {entry['style'].replace('_', ' ')}")


def clips_of(terpsi, packs, out, clean):
    """[(entry, path)] of the danced clips of the packs (folders), on our skeleton in folders under `out`.
    What is there already is kept."""
    clips = []
    for pack in packs:
        folder = out / f"{pathlib.Path(pack).name}-{'cleaned' if clean else 'raw'}"
        retargeted(terpsi, pack, folder, clean)
        clips += [(entry, folder / f"{entry['name']}.npz") for entry in entries_of(pack)]
    return clips


def joints_of(path):
    """(positions [T, 24, 3] in metres at 30 fps, bad [T])."""
    with np.load(path) as z:
        joints = z["joints"].astype(np.float64)
        return joints, z["bad"].astype(bool) if "bad" in z else np.zeros(len(joints), bool)
