#!/usr/bin/env python3
"""Golden vectors for core/motion: forward kinematics, 6D rotations and metrics, computed independently with NumPy and SciPy.

Writes motion_golden.npz beside this file. The skeleton's offsets are read from core/motion/skeleton.h.
"""
import pathlib
import re

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import argrelextrema
from scipy.spatial.transform import Rotation

HERE = pathlib.Path(__file__).resolve().parent
HEADER = (HERE / "../../core/motion/skeleton.h").resolve().read_text()
PARENTS = [-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21]
TABLE = HEADER[HEADER.index("kOffsets[kJoints][3]"):]
OFFSETS = np.array(re.findall(r"\{(-?[\d.]+)f, *(-?[\d.]+)f, *(-?[\d.]+)f\}", TABLE)[:24], float)
L_ANKLE, R_ANKLE, L_FOOT, R_FOOT = 7, 8, 10, 11
PAIRS = [(1, 2), (4, 5), (7, 8), (10, 11), (13, 14), (16, 17), (18, 19), (20, 21), (22, 23)]
FLESH = {L_ANKLE: .07, R_ANKLE: .07, L_FOOT: .02, R_FOOT: .02, 4: .055, 5: .055, 22: .02, 23: .02, 18: .04, 19: .04,
         0: .11, 15: .11}


def synthetic_dance(fps, seconds, rng):
    """Local rotation vectors (T,24,3) and root (T,3): a body that bobs at 2 Hz, sways, steps and holds still for 1.2 s."""
    t = np.arange(int(fps * seconds)) / fps
    clock = np.where(t < 3, t, np.where(t < 4.2, 3, t - 1.2))  # the hold
    rotvec = np.zeros((len(t), 24, 3))
    for j in range(24):
        for axis in range(3):
            size = .25 if j in (16, 17, 18, 19) else .02 if j in (0, 1, 2, 4, 5, 7, 8) else .08
            rotvec[:, j, axis] = size * np.sin(2 * np.pi * (clock * rng.choice([.5, 1, 2]) + rng.random()))
    root = np.stack([.05 * np.sin(2 * np.pi * .4 * clock), .92 + .015 * np.cos(2 * np.pi * 2 * clock), .05 * clock], -1)
    return rotvec, root


def forward_kinematics(rotvec, root):
    frames = len(root)
    world = [None] * 24
    place = np.zeros((frames, 24, 3))
    for j in range(24):
        local = Rotation.from_rotvec(rotvec[:, j])
        if j == 0:
            world[0], place[:, 0] = local, root
        else:
            p = PARENTS[j]
            world[j] = world[p] * local
            place[:, j] = place[:, p] + world[p].apply(OFFSETS[j])
    return place


def align_score(music, dance, sigma=.05):
    if len(music) == 0 or len(dance) == 0:
        return 0.
    d = np.abs(np.asarray(music)[:, None] - np.asarray(dance)[None]).min(1)
    return float(np.exp(-d ** 2 / (2 * sigma ** 2)).mean())


def beat_values(p, fps, beats):
    end = (len(p) - 1) / fps
    speed = np.linalg.norm(np.diff(p, axis=0), axis=-1).mean(1) * fps
    smooth = gaussian_filter1d(speed, 5 / 60 * fps)
    dance = argrelextrema(smooth, np.less)[0] / fps
    music = beats[(beats >= 0) & (beats <= end)]
    period = np.median(np.diff(music))
    chance = []
    for k in range(40):
        moved = music + (.15 + .7 * (k + .5) / 40) * period
        chance.append(align_score(moved[moved <= end], dance))
    free, matched = list(dance), 0
    for b in music:  # one to one, earliest first
        hit = [d for d in free if abs(d - b) <= .07]
        if hit:
            matched += 1
            free = [d for d in free if d > hit[0]]
    precision, recall = matched / len(dance), matched / len(music)
    d = np.abs(music[:, None] - dance[None]).min(1)
    f1 = 2 * precision * recall / (precision + recall) if matched else 0
    return dance, [align_score(music, dance), np.mean(chance), precision, recall, f1, np.mean(d <= .1), np.median(d)]


def motion_values(p, fps):
    d1, d2, d3 = (np.diff(p, n, axis=0) for n in (1, 2, 3))
    still = (np.linalg.norm(d1, axis=-1) * fps < .03).all(1)
    frozen, run = 0, 0
    for s in list(still) + [False]:
        if s:
            run += 1
        else:
            frozen += run if run >= .5 * fps else 0
            run = 0
    acc = d2[:, 0] * fps * fps
    acc[:, 1] = np.maximum(acc[:, 1], 0)
    acc = np.linalg.norm(acc, axis=-1)
    step = np.linalg.norm((p[2:] - p[1:-1])[:, [L_ANKLE, L_FOOT, R_ANKLE, R_FOOT]][..., [0, 2]], axis=-1)
    pfc = 1e4 * np.mean(step[:, :2].min(1) * step[:, 2:].min(1) * acc / acc.max())

    feet = p[:, [L_ANKLE, R_ANKLE, L_FOOT, R_FOOT], 1]
    floor = np.sort(feet.min(1))[len(p) // 100]
    v = d1 * fps
    contacts, slides, slides_ref, speeds = 0, 0, 0, []
    for ankle, toe in ((L_ANKLE, L_FOOT), (R_ANKLE, R_FOOT)):
        for i in range(len(p) - 1):
            if p[i, ankle, 1] - floor > .08 or p[i, toe, 1] - floor > .05:
                continue
            contacts += 1
            speed = np.mean([np.hypot(v[i, j, 0], v[i, j, 2]) for j in (ankle, toe)])
            slides += speed > .3
            slides_ref += np.mean([abs(np.mean([v[i, j, 0], v[i, j, 2]])) for j in (ankle, toe)]) > .3
            speeds.append(speed)
    low = np.min([p[:, j, 1] - h for j, h in FLESH.items()], axis=0)
    length = np.stack([np.linalg.norm(p[:, j] - p[:, PARENTS[j]], axis=-1) for j in range(1, 24)], 1)
    ours = np.linalg.norm(OFFSETS[1:], axis=-1)
    hips = p[:, 1] - p[:, 2]
    yaw = np.arctan2(-hips[:, 2], hips[:, 0])
    seen = Rotation.from_euler("y", -yaw)
    sym = []
    for a, b in PAIRS:
        l, r = seen.apply(p[:, a] - p[:, 0]), seen.apply(p[:, b] - p[:, 0]) * [-1, 1, 1]
        sym.append(1 - np.linalg.norm(l - r, axis=-1) / (np.linalg.norm(l, axis=-1) + np.linalg.norm(r, axis=-1)) * 2)
    return [np.linalg.norm(d1, axis=-1).mean() * fps, frozen / len(d1), np.linalg.norm(d2, axis=-1).mean(),
            np.linalg.norm(d2, axis=-1).mean() * fps ** 2, np.linalg.norm(d3, axis=-1).mean() * fps ** 3, pfc,
            contacts / (2 * len(d1)), slides / contacts, slides_ref / contacts, np.mean(speeds),
            np.maximum(low, 0).mean(), np.maximum(-low, 0).mean(), np.abs(length / ours - 1).mean(), np.mean(sym)]


def main():
    rng = np.random.default_rng(7)
    fps = 30
    rotvec, root = synthetic_dance(fps, 7, rng)
    clean = forward_kinematics(rotvec, root)
    quat = Rotation.from_rotvec(rotvec.reshape(-1, 3))
    xyzw = quat.as_quat().reshape(-1, 24, 4)
    six = quat.as_matrix()[:, :, :2].transpose(0, 2, 1).reshape(-1, 24, 6)
    noisy = clean + rng.normal(0, .002, clean.shape) * (np.abs(np.arange(len(clean)) / fps - 3.6) > .7)[:, None, None]
    noisy = noisy.astype(np.float32)
    beats = np.arange(.21, 9, .5)
    dance, beat = beat_values(noisy.astype(float), fps, beats)
    np.savez_compressed(HERE / "motion_golden.npz", fps=np.float64(fps), wxyz=xyzw[..., [3, 0, 1, 2]].astype(np.float32),
                        root=root.astype(np.float32), six=six.astype(np.float32), fk=clean.astype(np.float32), joints=noisy,
                        beats=beats, dance_beats=dance, beat_values=np.array(beat),
                        motion_values=np.array(motion_values(noisy.astype(float), fps)))
    print(dict(beat=np.round(beat, 4), motion=np.round(motion_values(noisy.astype(float), fps), 4)))


if __name__ == "__main__":
    main()
