#!/usr/bin/env python3
"""How well and at what cost dances meet constraints: one Markdown table for any model.

    constraints.py SONG... [--terpsi build/terpsi] [--options "--model teacher --steps 20"]
                   [--styles hiphop,house] [--seconds 30] [--keep FOLDER] [--json F]

For every song and style: a first dance (seed 1), a second (seed 2), and the second again with constraints
taken from the first. Measured here from the JSON of the program, independently of it:

  mm, deg      worst distance between what was demanded and what was danced: place of the root, or of every
               joint where the whole body is demanded; local rotation of every demanded joint
  jerk mean    mean jerk within 0.5 s of demands / mean jerk of the second dance; of a kept range its ends
               count
  jerk peak    largest jerk there / 95th percentile of the largest jerk within 0.5 s of a moment, over all
               moments of the second dance
  jerk added   mean jerk within 0.5 s of demands / in the same frames of the second dance, or of the first
               where its motion is kept or within 0.5 s of that and livelier
  skate        foot skate ratio of the second dance -> with constraints (terpsi evaluate), penetration in mm

Jerk is the mean over the joints of |third difference| x fps^3. Bars: 1 mm, 0.1 degrees, mean 1.1 (or not
above 1.1 x what was there), peak 1.1.
"""

import argparse
import json
import math
import pathlib
import shlex
import sys
import tempfile

import numpy as np

from common import run, table

FPS = 30
PARTS = {  # as core/generate/constrain/constraints.cpp
    "root": ["pelvis"],
    "legs": ["l_hip", "r_hip", "l_knee", "r_knee", "l_ankle", "r_ankle", "l_foot", "r_foot"],
    "torso": ["spine1", "spine2", "spine3"],
    "head": ["neck", "head"],
    "left_arm": ["l_collar", "l_shoulder", "l_elbow", "l_wrist", "l_hand"],
    "right_arm": ["r_collar", "r_shoulder", "r_elbow", "r_wrist", "r_hand"],
}
PARTS["arms"] = PARTS["left_arm"] + PARTS["right_arm"]
PARTS["upper"] = PARTS["torso"] + PARTS["head"] + PARTS["arms"]
PARTS["lower"] = PARTS["root"] + PARTS["legs"]
PARTS["whole"] = PARTS["upper"] + PARTS["lower"]


class Dance:
    def __init__(self, path):
        d = json.loads(pathlib.Path(path).read_text())
        self.names = d["joints"]
        self.root = np.array(d["root"])
        self.turns = np.array(d["rotations"])
        self.turns /= np.linalg.norm(self.turns, axis=-1, keepdims=True)
        self.places = np.array(d["positions"])

    def jerk(self):
        return np.linalg.norm(np.diff(self.places, 3, axis=0), axis=-1).mean(1) * FPS**3


def degrees(a, b):
    cosine = np.clip(np.abs((a * b).sum(-1)), 0, 1)
    # Exact for small angles too, where the cosine is not.
    sine = np.minimum(np.linalg.norm(a - b, axis=-1), np.linalg.norm(a + b, axis=-1)) / 2
    return np.degrees(np.where(sine < 0.1, 4 * np.arcsin(sine), 2 * np.arccos(cosine)))


def without_heading(q):
    """Quaternions without their turn about the vertical."""
    heading = np.arctan2(q[..., 2], q[..., 0])
    w, x, y, z = np.moveaxis(q, -1, 0)
    c, s = np.cos(-heading), np.sin(-heading)
    out = np.stack([c * w - s * y, c * x + s * z, c * y + s * w, c * z - s * x], -1)
    return out * np.sign(out[..., :1] + 1e-30)


def circle(first, last, radius, points):
    steps = np.linspace(0, 2 * math.pi, points)
    return [
        {
            "time": first + (last - first) * i / (points - 1),
            "x": radius * math.sin(a),
            "z": radius * (1 - math.cos(a)),
        }
        for i, a in enumerate(steps)
    ]


def cases(seconds):
    key = lambda time, source, **more: dict(
        time=time, pose_from={"dance": "first.json", "time": source}, **more
    )
    keep = lambda a, b, part: {"from": a, "to": b, "part": part, "dance": "first.json"}
    last = math.floor(seconds * FPS - 1) / FPS
    return {
        "pose of 10 s at 20 s": {"keyframes": [key(20, 10)]},
        "the same, facing as it dances": {"keyframes": [key(20, 10, facing="dance")]},
        "the same, upper body": {"keyframes": [key(20, 10, part="upper")]},
        "the same, with its place": {"keyframes": [key(20, 10, root="pose")]},
        "two poses 3 frames apart": {"keyframes": [key(20, 10), key(20.1, 10.1)]},
        "first and last frame": {"keyframes": [key(0, 10, facing="dance"), key(last, 12, facing="dance")]},
        "upper body of 5-10 s": {"keep": [keep(5, 10, "upper")]},
        "arms throughout": {"keep": [keep(0, seconds, "arms")]},
        "lower body of 5-10 s": {"keep": [keep(5, 10, "lower")]},
        "all of 5-10 s": {"keep": [keep(5, 10, "whole")]},
        "all but 10-15 s": {"keep": [keep(0, 10, "whole"), keep(15, seconds, "whole")]},
        "a circle of 0.6 m, 6-18 s": {"path": circle(6, 18, 0.6, 13)},
        "a straight line, 1 m in 10 s": {
            "path": [{"time": 8, "x": -0.5, "z": 0}, {"time": 18, "x": 0.5, "z": 0}]
        },
        "everything": {
            "keyframes": [key(20, 10), key(24, 3, part="upper")],
            "keep": [keep(5, 8, "whole"), keep(12, 16, "arms")],
            "path": [{"time": 10, "x": 0.3, "z": 0}, {"time": 12, "x": 0.3, "z": 0.3}],
        },
    }


def demands(constraints, frames):
    """Yields (frame, names of joints, first dance's frame or None, axes of the root, facing kept)."""
    for k in constraints.get("keyframes", []):
        names = PARTS[k.get("part", "whole")]
        pelvis = "pelvis" in names
        axes = [0, 1, 2] if k.get("root") == "pose" else [1] if pelvis else []
        yield (
            min(round(k["time"] * FPS), frames - 1),
            names,
            k["pose_from"]["time"] * FPS,
            axes,
            k.get("facing") != "dance",
        )
    for k in constraints.get("keep", []):
        names = PARTS[k["part"]]
        for f in range(round(k["from"] * FPS), min(round(k["to"] * FPS), frames)):
            yield f, names, f, [0, 1, 2] if "pelvis" in names else [], True


def violation(first, dance, constraints):
    worst_mm = worst_degrees = 0.0
    frames = len(dance.root)
    for f, names, source, axes, facing in demands(constraints, frames):
        source = round(source)
        joints = [dance.names.index(n) for n in names]
        a, b = first.turns[source, joints].copy(), dance.turns[f, joints].copy()
        if not facing and "pelvis" in names:
            k = names.index("pelvis")
            a[k], b[k] = without_heading(a[k]), without_heading(b[k])
        worst_degrees = max(worst_degrees, float(degrees(a, b).max()))
        if axes:
            worst_mm = max(worst_mm, 1000 * float(np.linalg.norm((first.root[source] - dance.root[f])[axes])))
        if len(names) == 24 and facing:  # every joint, seen from the root where that is free
            away = (first.places[source] - first.root[source]) - (dance.places[f] - dance.root[f])
            worst_mm = max(worst_mm, 1000 * float(np.linalg.norm(away, axis=-1).max()))
    for p in constraints.get("path", []):
        f = min(round(p["time"] * FPS), frames - 1)
        worst_mm = max(worst_mm, 1000 * math.hypot(dance.root[f, 0] - p["x"], dance.root[f, 2] - p["z"]))
    return worst_mm, worst_degrees


def jerk_ratios(first, second, dance, constraints):
    frames = len(dance.root)
    demanded = np.zeros(frames + 2, bool)
    for f, *_ in demands(constraints, frames):
        demanded[f + 1] = True
    for p in constraints.get("path", []):
        demanded[min(round(p["time"] * FPS), frames - 1) + 1] = True
    inside = demanded[:-2] & demanded[2:]
    edges = np.flatnonzero(demanded[1:-1] & ~inside)
    was, now = second.jerk(), dance.jerk()
    near = np.zeros(len(was), bool)
    for f in edges:
        near[max(0, f - 15) : max(0, f + 13)] = True
    if not near.any():
        return math.nan, math.nan, math.nan
    there = was.copy()
    for k in constraints.get("keep", []):
        a, b = max(0, round(k["from"] * FPS) - 18), min(len(was), round(k["to"] * FPS) + 15)
        there[a:b] = np.maximum(there[a:b], first.jerk()[a:b])
    peaks = [was[max(0, f - 15) : f + 13].max() for f in range(len(was))]
    return (
        now[near].mean() / was.mean(),
        now[near].max() / np.percentile(peaks, 95),
        now[near].mean() / there[near].mean(),
    )


def measure(args, song, style, folder, rows):
    base = [
        args.terpsi,
        "dance",
        song,
        "--style",
        style,
        "--to",
        args.seconds,
        "-q",
        *shlex.split(args.options),
    ]
    run([*base, "-o", folder / "first.json", "--seed", 1])
    run([*base, "-o", folder / "second.json", "--seed", 2])
    first, second = Dance(folder / "first.json"), Dance(folder / "second.json")
    evaluate = lambda path: json.loads(
        run([args.terpsi, "evaluate", path, "--song", song, "--to", args.seconds, "--json", "-"])
    )
    free = evaluate(folder / "second.json")
    for name, constraints in cases(len(second.root) / FPS).items():
        (folder / "constraints.json").write_text(json.dumps({"terpsi_constraints": 1, **constraints}))
        out = folder / "constrained.json"
        run([*base, "-o", out, "--seed", 2, "--constraints", folder / "constraints.json"])
        dance = Dance(out)
        if args.keep:
            kept = args.keep / f"{song.stem}-{style}-{name.replace(' ', '_').replace('/', '_')}.json"
            kept.write_text(out.read_text())
        mm, deg = violation(first, dance, constraints)
        mean, peak, added = jerk_ratios(first, second, dance, constraints)
        figures = evaluate(out)
        rows.append(
            dict(
                song=song.stem,
                style=style,
                case=name,
                mm=mm,
                degrees=deg,
                jerk_mean=mean,
                jerk_peak=peak,
                jerk_added=added,
                skate_before=free["foot_skate"],
                skate=figures["foot_skate"],
                penetration=figures["penetration"],
                penetration_before=free["penetration"],
            )
        )


def bold(value, text, bad):
    return f"**{text.format(value)}**" if bad else text.format(value)


def line(name, rows):
    """One row of the table from the measurements of one case."""
    mean = {
        key: float(np.mean([r[key] for r in rows])) for key in rows[0] if key not in ("song", "style", "case")
    }
    mm, deg = (max(r[key] for r in rows) for key in ("mm", "degrees"))
    rough = min(mean["jerk_mean"], mean["jerk_added"]) > 1.1
    return [
        name,
        bold(mm, "{:.2f}", mm >= 1),
        bold(deg, "{:.3f}", deg >= 0.1),
        bold(mean["jerk_mean"], "{:.2f}", rough),
        bold(mean["jerk_peak"], "{:.2f}", mean["jerk_peak"] > 1.1),
        f"{mean['jerk_added']:.2f}",
        f"{mean['skate_before']:.3f} -> {mean['skate']:.3f}",
        f"{1000 * mean['penetration_before']:.1f} -> {1000 * mean['penetration']:.1f}",
    ]


def table_of(rows):
    cases = {}
    for row in rows:
        cases.setdefault(row["case"], []).append(row)
    headings = "constraint|mm|deg|jerk mean|jerk peak|jerk added|skate|penetration, mm".split("|")
    return table(headings, [line(name, these) for name, these in cases.items()])


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("songs", nargs="+", type=pathlib.Path)
    ap.add_argument("--terpsi", default="build/terpsi")
    ap.add_argument("--options", default="", help="further options of terpsi dance, such as --model teacher")
    ap.add_argument("--styles", default="auto")
    ap.add_argument("--seconds", type=float, default=30, help="of each song, at least 26")
    ap.add_argument("--keep", type=pathlib.Path, help="folder for the dances, as JSON for contact_sheet.py")
    ap.add_argument("--json", type=pathlib.Path)
    args = ap.parse_args()
    if args.seconds < 26:
        ap.error("--seconds must be at least 26")
    if args.keep:
        args.keep.mkdir(parents=True, exist_ok=True)
    rows = []
    for song in args.songs:
        for style in args.styles.split(","):
            with tempfile.TemporaryDirectory() as folder:
                measure(args, song, style, pathlib.Path(folder), rows)
            print(f"{song.stem}, {style}: measured", file=sys.stderr)
    print(f"{len(rows)} dances with constraints: worst mm and degrees, means of the rest\n")
    print(table_of(rows))
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
