#!/usr/bin/env python3
"""Golden vectors for core/motion: forward kinematics, 6D rotations, metrics of one motion and of sets,
computed independently with NumPy and SciPy.

Writes motion_golden.npz beside this file. The skeleton's offsets are read from core/motion/skeleton.h.
"""

import pathlib
import re

import numpy as np
from scipy.linalg import sqrtm
from scipy.ndimage import gaussian_filter1d
from scipy.signal import argrelextrema
from scipy.spatial.distance import pdist
from scipy.spatial.transform import Rotation

HERE = pathlib.Path(__file__).resolve().parent
HEADER = (HERE / "../../core/motion/skeleton.h").resolve().read_text()
PARENTS = [-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21]
TABLE = HEADER[HEADER.index("kOffsets[kJoints][3]") :]
OFFSETS = np.array(re.findall(r"\{(-?[\d.]+)f, *(-?[\d.]+)f, *(-?[\d.]+)f\}", TABLE)[:24], float)
L_ANKLE, R_ANKLE, L_FOOT, R_FOOT = 7, 8, 10, 11
PAIRS = [(1, 2), (4, 5), (7, 8), (10, 11), (13, 14), (16, 17), (18, 19), (20, 21), (22, 23)]
FLESH = {
    L_ANKLE: 0.07,
    R_ANKLE: 0.07,
    L_FOOT: 0.02,
    R_FOOT: 0.02,
    4: 0.055,
    5: 0.055,
    22: 0.02,
    23: 0.02,
    18: 0.04,
    19: 0.04,
    0: 0.11,
    15: 0.11,
}


def synthetic_dance(fps, seconds, rng):
    """Local rotation vectors (T,24,3) and root (T,3): a body that bobs at 2 Hz, sways, steps and holds still
    for 1.2 s."""
    t = np.arange(int(fps * seconds)) / fps
    clock = np.where(t < 3, t, np.where(t < 4.2, 3, t - 1.2))  # the hold
    rotvec = np.zeros((len(t), 24, 3))
    for j in range(24):
        for axis in range(3):
            size = 0.25 if j in (16, 17, 18, 19) else 0.02 if j in (0, 1, 2, 4, 5, 7, 8) else 0.08
            rotvec[:, j, axis] = size * np.sin(2 * np.pi * (clock * rng.choice([0.5, 1, 2]) + rng.random()))
    root = np.stack(
        [0.05 * np.sin(2 * np.pi * 0.4 * clock), 0.92 + 0.015 * np.cos(2 * np.pi * 2 * clock), 0.05 * clock],
        -1,
    )
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


def align_score(music, dance, sigma=0.05):
    if len(music) == 0 or len(dance) == 0:
        return 0.0
    d = np.abs(np.asarray(music)[:, None] - np.asarray(dance)[None]).min(1)
    return float(np.exp(-(d**2) / (2 * sigma**2)).mean())


def beat_values(p, fps, beats):
    end = (len(p) - 1) / fps
    speed = np.linalg.norm(np.diff(p, axis=0), axis=-1).mean(1) * fps
    smooth = gaussian_filter1d(speed, 5 / 60 * fps)
    dance = argrelextrema(smooth, np.less)[0] / fps
    music = beats[(beats >= 0) & (beats <= end)]
    period = np.median(np.diff(music))
    chance = []
    for k in range(40):
        moved = music + (0.15 + 0.7 * (k + 0.5) / 40) * period
        chance.append(align_score(moved[moved <= end], dance))
    free, matched = list(dance), 0
    for b in music:  # one to one, earliest first
        hit = [d for d in free if abs(d - b) <= 0.07]
        if hit:
            matched += 1
            free = [d for d in free if d > hit[0]]
    precision, recall = matched / len(dance), matched / len(music)
    d = np.abs(music[:, None] - dance[None]).min(1)
    f1 = 2 * precision * recall / (precision + recall) if matched else 0
    errors = []
    for extrema, side in ((np.less, smooth < smooth.mean()), (np.greater, smooth > smooth.mean())):
        points = [i / fps for i in argrelextrema(smooth, extrema)[0] if side[i]]
        errors.append(np.mean([np.abs(music - t).min() for t in points]))
    return dance, [
        align_score(music, dance),
        np.mean(chance),
        precision,
        recall,
        f1,
        np.mean(d <= 0.1),
        np.median(d),
        *errors,
        align_score(music, argrelextrema(gaussian_filter1d(speed, 5), np.less)[0] / fps, 3 / fps),
    ]


def motion_values(p, fps):
    d1, d2, d3 = (np.diff(p, n, axis=0) for n in (1, 2, 3))
    jerk = np.linalg.norm(d3, axis=-1).mean(1)
    still = (np.linalg.norm(d1, axis=-1) * fps < 0.03).all(1)
    frozen, run = 0, 0
    for s in list(still) + [False]:
        if s:
            run += 1
        else:
            frozen += run if run >= 0.5 * fps else 0
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
            if p[i, ankle, 1] - floor > 0.08 or p[i, toe, 1] - floor > 0.05:
                continue
            contacts += 1
            speed = np.mean([np.hypot(v[i, j, 0], v[i, j, 2]) for j in (ankle, toe)])
            slides += speed > 0.3
            slides_ref += np.mean([abs(np.mean([v[i, j, 0], v[i, j, 2]])) for j in (ankle, toe)]) > 0.3
            speeds.append(speed)
    low = np.min([p[:, j, 1] - h for j, h in FLESH.items()], axis=0)
    length = np.stack([np.linalg.norm(p[:, j] - p[:, PARENTS[j]], axis=-1) for j in range(1, 24)], 1)
    ours = np.linalg.norm(OFFSETS[1:], axis=-1)
    hips = p[:, 1] - p[:, 2]
    yaw = np.arctan2(-hips[:, 2], hips[:, 0])
    seen = Rotation.from_euler("y", -yaw[:, None])
    sym = []
    for a, b in PAIRS:
        left, right = seen.apply(p[:, a] - p[:, 0]), seen.apply(p[:, b] - p[:, 0]) * [-1, 1, 1]
        apart, a, b = (np.linalg.norm(v, axis=-1) for v in (left - right, left, right))
        sym.append(1 - apart / (a + b) * 2)
    return [
        np.linalg.norm(d1, axis=-1).mean() * fps,
        frozen / len(d1),
        np.linalg.norm(d2, axis=-1).mean(),
        np.linalg.norm(d2, axis=-1).mean() * fps**2,
        np.linalg.norm(d3, axis=-1).mean() * fps**3,
        pfc,
        contacts / (2 * len(d1)),
        slides / contacts,
        slides_ref / contacts,
        np.mean(speeds),
        np.maximum(low, 0).mean(),
        np.maximum(-low, 0).mean(),
        np.abs(length / ours - 1).mean(),
        np.mean(sym),
        np.maximum(p[..., 1].min(1), 0).mean(),
        np.maximum(-p[..., 1].min(1), 0).mean(),
        np.percentile(jerk, 99.9) / jerk.mean(),
    ]


def feet_values(p, fps):
    toes, ankles = p[:, [L_FOOT, R_FOOT]], p[:, [L_ANKLE, R_ANKLE], 1]
    floor = np.percentile(toes[..., 1].min(1), 5)
    speed = np.linalg.norm(np.diff(toes[..., [0, 2]], axis=0), axis=-1) * fps
    height, ankle = toes[:-1, :, 1] - floor, ankles[:-1] - floor
    low = height < 0.05
    on_floor = low & (ankle < 0.14)
    return [
        on_floor.sum(),
        (speed > 0.3).sum(),
        (speed[on_floor] > 0.3).mean(),
        speed[on_floor].mean(),
        (low & (speed > 0.3)).any(1).mean(),
        np.median(height[speed > 0.3]),
        (low & (speed < 0.15)).any(1).mean(),
    ]


def variety_values(p, fps, sections):
    q = p[:: fps // 5] - p[:: fps // 5, :1] * [1, 0, 1]
    starts = np.arange(0, len(q) - 9, 5)
    windows = np.stack([q[s : s + 10] for s in starts])
    apart = np.abs(windows[:, None] - windows).mean((2, 3, 4))
    apart[np.abs(np.subtract.outer(starts, starts)) < 10] = np.inf
    inside = [[k for k, (a, b, _) in enumerate(sections) if a <= (s + 5) / 5 < b] for s in starts]
    new = apart.copy()
    for i, a in enumerate(inside):
        for j, b in enumerate(inside):
            if a and b and a != b and sections[a[0]][2] == sections[b[0]][2]:
                new[i, j] = np.inf
    return [len(starts), (apart.min(1) < 0.05).mean(), (new.min(1) < 0.05).mean()]


def wild_dance(frames, rng):
    """A body whose joints turn as far as they like, thrown about: so that every geometric feature holds at
    times."""
    turns = gaussian_filter1d(rng.normal(0, 4, (frames, 24, 3)), 10, axis=0)
    turns[:, 0] *= 2
    root = np.array([0, 0.9, 0]) + gaussian_filter1d(rng.normal(0, 1.2, (frames, 3)), 10, axis=0)
    return forward_kinematics(turns, root).astype(np.float32)


def kinetic(p, fps, slip):
    """Velocity in the plane and up (mean squares), acceleration (mean size), each smoothed over up to 5
    frames."""
    p, dt = p - p[0, 0], 1 / fps
    velocity = (p[1:] - p[:-1]) / dt  # of frame 1, 2, ...
    before = p[1:-1] - p[:-2] / dt if slip else velocity[:-1]
    acceleration = (velocity[1:] - before) / dt  # of frame 1 to the last but one
    out = []
    for j in range(24):
        sums = np.zeros(3)
        for i in range(1, len(p)):
            near = slice(max(1, i - 2) - 1, i + 2)  # row k is frame k + 1
            v, a = velocity[near, j].mean(0), acceleration[near, j].mean(0)
            sums += [v[0] ** 2 + v[2] ** 2, v[1] ** 2, np.linalg.norm(a)]
        out.extend(sums / (len(p) - 1))
    return np.array(out)


def geometric(p, fps, published):
    J = dict(
        root=0,
        lhip=1,
        rhip=2,
        belly=3,
        lknee=4,
        rknee=5,
        lankle=7,
        rankle=8,
        chest=9,
        ltoes=10,
        rtoes=11,
        neck=12,
        lshoulder=16,
        rshoulder=17,
        lelbow=18,
        relbow=19,
        lwrist=20,
        rwrist=21,
    )
    rest = np.zeros((24, 3))
    for j in range(1, 24):
        rest[j] = rest[PARENTS[j]] + OFFSETS[j]
    length = lambda a, b: np.linalg.norm(rest[J[a]] - rest[J[b]])
    hl, sw, hw = length("lshoulder", "lelbow"), length("lshoulder", "rshoulder"), length("lhip", "rhip")
    rate = 120 if published else fps
    X = {name: p[1:, j] for name, j in J.items()}
    V = {name: np.diff(p[:, j], axis=0) * rate for name, j in J.items()}
    unit = lambda v: v / np.linalg.norm(v, axis=-1, keepdims=True)
    dot = lambda a, b: (a * b).sum(-1)
    normal = lambda a, b, c: unit(np.cross(X[c] - X[a], X[b] - X[a]))
    above = p[1:] - p[1:].min(1, keepdims=True)

    def push(a, b, c, q, limit):
        return dot(V[q] - V[a], normal(a, b, c)) > limit * hl

    def move(a, b, c, q, limit):
        seen = V[c] - V[a] if published else V[q] - V[c]
        return dot(seen, unit(X[b] - X[a])) > limit * hl

    def plane(a, b, c, q, limit):
        return dot(normal(a, b, c), X[q] - X[a]) > limit * hl

    def along(a, b, c, q, limit):
        return dot(unit(X[b] - X[a]), X[q] - X[c]) > limit

    def bend(a, b, c, d, low, high, other=None):
        with np.errstate(invalid="ignore"):
            angle = np.degrees(
                np.arccos(dot(unit(X[b] - X[a]), unit(X[d] - X[c]) if other is None else other))
            )
        return (angle > low) & (angle < high)

    fast = lambda q, limit: np.linalg.norm(V[q], axis=-1) > limit * hl
    high = lambda q: above[:, J[q], 1]
    leave = (lambda hand, other: other) if published else (lambda hand, other: hand)
    rows = [
        push("neck", "rhip", "lhip", "rwrist", 1.8),
        push("neck", "lhip", "rhip", "lwrist", 1.8),
        along("chest", "neck", "neck", "rwrist", 0.2 * hl),
        along("chest", "neck", "neck", "lwrist", 0.2 * hl),
        move("belly", "chest", "chest", "rwrist", 1.8),
        move("belly", "chest", "chest", "lwrist", 1.8),
        bend("relbow", "rshoulder", "relbow", "rwrist", 0, 110),
        bend("lelbow", "lshoulder", "lelbow", "lwrist", 0, 110),
        along("lshoulder", "rshoulder", "lwrist", "rwrist", 2.5 * sw),
        move("lwrist", "rwrist", "rwrist", "lwrist", 1.4),
        move("rwrist", "root", leave("rwrist", "lwrist"), "root", 1.4),
        move("lwrist", "root", leave("lwrist", "rwrist"), "root", 1.4),
        fast("rwrist", 2.5),
        fast("lwrist", 2.5),
        plane("root", "lhip", "ltoes", "rankle", 0.38),
        plane("root", "rhip", "rtoes", "lankle", 0.38),
        high("rankle") > 1.2 * hl,
        high("lankle") > 1.2 * hl,
        along("lhip", "rhip", "lankle", "rankle", 2.1 * hw),
        bend("rknee", "rhip", "rknee", "rankle", 0, 110),
        bend("lknee", "lhip", "lknee", "lankle", 0, 110),
        fast("rankle", 2.5),
        fast("lankle", 2.5),
        bend("neck", "root", "rshoulder", "relbow", 25, 180),
        bend("neck", "root", "lshoulder", "lelbow", 25, 180),
        bend("neck", "root", "rhip", "rknee", 50, 180),
        bend("neck", "root", "lhip", "lknee", 50, 180),
        plane("rankle", "neck", "lankle", "root", 0.5),
        bend("neck", "root", None, None, 70, 110, other=np.array([0.0, 1, 0])),
        -high("rwrist") > -1.2 * hl,
        -high("lwrist") > -1.2 * hl,
        fast("root", 2.3),
    ]
    return np.array(rows).mean(1)


def body(p):
    """(T, 24, 3) seen from the pelvis, the hips along x."""
    hips = p[:, 1] - p[:, 2]
    turn = Rotation.from_euler("y", -np.arctan2(-hips[:, 2], hips[:, 0])[:, None])
    return np.stack([turn.apply(p[:, j] - p[:, 0]) for j in range(24)], 1)


def repetition_values(p, fps):
    b, step = body(p), fps // 10
    found = []
    for s in range(0, len(b) - 20 * step + 1, 5 * step):
        others = [o for o in range(len(b) - 20 * step + 1) if abs(o - s) >= 20 * step]
        if others:
            found.append(
                min(
                    np.linalg.norm(b[s : s + 20 * step : step] - b[o : o + 20 * step : step], axis=-1).mean()
                    for o in others
                )
            )
    return [len(found), np.mean(np.array(found) < 0.05), np.mean(found)]


def novelty_values(p, stretches, fps):
    b, step = body(p), fps // 10
    found = []
    for s in range(0, len(b) - 40 * step + 1, 40 * step):
        best = np.inf
        for stretch in stretches:
            r = body(stretch)
            cost = np.linalg.norm(b[s] - r, axis=-1).mean(1)
            for k in range(1, 40):
                before = np.full((2 * step, len(r)), np.inf)
                for back in range(1, 2 * step + 1):
                    before[back - 1, back:] = cost[:-back]
                cost = before.min(0) + np.linalg.norm(b[s + k * step] - r, axis=-1).mean(1)
            best = min(best, cost.min() / 40)
        found.append(best)
    return [len(found), np.mean(found), np.min(found)]


def set_values(made, real):
    mean, std = real.mean(0), real.std(0)
    made, real = ((rows - mean) / (std + 1e-10) for rows in (made, real))
    a, b = (np.cov(rows, rowvar=False) + 1e-5 * np.eye(rows.shape[1]) for rows in (made, real))
    fid = ((made.mean(0) - real.mean(0)) ** 2).sum() + np.trace(a + b - 2 * sqrtm(a @ b).real)
    return [fid, pdist(made).mean(), pdist(real).mean()]


def main():
    rng = np.random.default_rng(7)
    fps = 30
    rotvec, root = synthetic_dance(fps, 7, rng)
    clean = forward_kinematics(rotvec, root)
    quat = Rotation.from_rotvec(rotvec.reshape(-1, 3))
    xyzw = quat.as_quat().reshape(-1, 24, 4)
    six = quat.as_matrix()[:, :, :2].transpose(0, 2, 1).reshape(-1, 24, 6)
    noisy = (
        clean
        + rng.normal(0, 0.002, clean.shape) * (np.abs(np.arange(len(clean)) / fps - 3.6) > 0.7)[:, None, None]
    )
    noisy = noisy.astype(np.float32)
    beats = np.arange(0.21, 9, 0.5)
    dance, beat = beat_values(noisy.astype(float), fps, beats)
    wild = wild_dance(150, rng)
    real = rng.normal(0, 1, (40, 9)) @ rng.normal(0, 1, (9, 9)) + 3
    made = rng.normal(0.2, 1.3, (25, 9)) @ rng.normal(0, 1, (9, 9)) + 3
    w, mirrored = wild.astype(float), noisy.astype(float)[::-1] * [-1, 1, 1]
    features = [
        kinetic(w, fps, False),
        kinetic(w, fps, True),
        geometric(w, fps, False),
        geometric(w, fps, True),
    ]
    nd = noisy.astype(float)
    # The same 5 s three times, the last time elsewhere and from its middle on turned about.
    elsewhere = wild + np.float32([1, 0, 2])
    again = np.concatenate([wild, wild, elsewhere[:75], elsewhere[75:] * np.float32([-1, 1, -1])])
    sections = np.array([[0, 5, 0], [5, 10, 0], [10, 14.4, 1]])
    wholes = [
        *repetition_values(nd, fps),
        *novelty_values(nd, [mirrored[:60], mirrored[80:]], fps),
        *set_values(made, real),
    ]
    np.savez_compressed(
        HERE / "motion_golden.npz",
        fps=np.float64(fps),
        wxyz=xyzw[..., [3, 0, 1, 2]].astype(np.float32),
        root=root.astype(np.float32),
        six=six.astype(np.float32),
        fk=clean.astype(np.float32),
        joints=noisy,
        beats=beats,
        dance_beats=dance,
        beat_values=np.array(beat),
        motion_values=np.array(motion_values(noisy.astype(float), fps)),
        wild=wild,
        features=np.concatenate(features),
        set_made=made,
        set_real=real,
        whole_values=np.array(wholes),
        feet_values=np.array(feet_values(nd, fps) + feet_values(w, fps)),
        again=again,
        sections=sections,
        variety_values=np.array(variety_values(again.astype(float), fps, sections)),
    )
    print(
        dict(
            wholes=np.round(wholes, 4), geometric=np.round(features[2], 2), published=np.round(features[3], 2)
        )
    )
    print(dict(beat=np.round(beat, 4), motion=np.round(motion_values(noisy.astype(float), fps), 4)))


if __name__ == "__main__":
    main()
