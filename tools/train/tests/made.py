"""What several tests are made of: a small corpus, excerpts of songs."""

import numpy as np
import torch

from terpsi_train.data.motion import corpus as C
from terpsi_train.data.motion.corpus import SAMPLES
from terpsi_train.data.music.rendered import Excerpt
from terpsi_train.data.music.tempo_chunks import at_level
from terpsi_train.layout import (
    CONTACTS,
    JOINTS,
    LISTENER_COLUMNS,
    LISTENER_RATE,
    MEL,
    MOTION_DIMS,
    ROOT_HEIGHT,
    ROTATIONS,
    SAMPLE_RATE,
    joints,
)

REST = np.tile(np.array([1, 0, 0, 0, 1, 0], np.float32), JOINTS)


def swaying_clip(name, style, bpm, seconds=16, amount=0.5):
    """Motion whose arms swing once per beat, in beats (SAMPLES per beat), with its world joints at 30
    fps."""
    rows = []
    count = int(seconds * bpm / 60 * SAMPLES)
    for i in range(count):
        angle = amount * np.sin(np.pi * i / SAMPLES)
        row = np.zeros(MOTION_DIMS, np.float32)
        row[ROTATIONS] = REST
        row[ROOT_HEIGHT] = 0.93
        row[CONTACTS] = 1
        six = row[ROTATIONS].reshape(JOINTS, 6)
        for joint in joints("l_shoulder r_shoulder spine1"):
            six[joint] = [np.cos(angle), np.sin(angle), 0, -np.sin(angle), np.cos(angle), 0]
        rows.append(row)
    return C.Clip(name, style, 0.0, bpm, np.array(rows), np.zeros(count, bool), 0.4)


def small_corpus():
    return C.assemble([swaying_clip("a", "one", 100), swaying_clip("b", "two", 120, amount=0.8)])


def excerpt(bpm, seconds=20, phase=0.3, name="e", split="train"):
    """Every beat a flash in all bands that fades within a tenth of a second."""
    beats = np.arange(phase, seconds, 60 / bpm)
    x = np.zeros((int(seconds * LISTENER_RATE), LISTENER_COLUMNS), np.float16)
    for t in beats:
        k = int(np.ceil(t * LISTENER_RATE))
        x[k : k + 9, MEL] = np.linspace(3, 0, 9)[: len(x[k : k + 9]), None]
    return Excerpt(name, split, name, bpm, beats, np.arange(len(beats)) % 4 + 1, x)


def ticks(bpm, seconds=12):
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    since = t % (60 / bpm)
    return at_level(
        (np.random.default_rng(int(bpm)).standard_normal(len(t)) * (np.exp(-since / 0.03) + 0.01)).astype(
            np.float32
        )
    )


SMALL = {  # settings of networks by list of the manifest
    "models": dict(window=40, condition=12, phrases=5, layers=1, width=64, hidden=64, heads=2),
    "recognisers": {"styles": 14},
}


def network(architecture):
    torch.manual_seed(0)
    return architecture.make(**SMALL.get(architecture.contract.key, {})).eval()
