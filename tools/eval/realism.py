#!/usr/bin/env python3
"""A two-sample test: how well can small classifiers tell 2-s windows of our dances from those of real clips?
50 % is indistinguishable.

    realism.py OUT NAME=FOLDER [NAME=FOLDER ...] [--packs FOLDER,FOLDER] [--real g1moves,indian,...]
               [--not cmu60_08,...] [--learned FOLDER] [--seeds 1,2,3] [--terpsi build/terpsi] [-o realism.md]

FOLDER holds dances SONG-STYLE-SEED.bvh as feet.py keeps them (a .dance trembles and would be told by that).
Real clips are those of the packs (open2 and open3 in $TERPSI_DATA), retargeted and with cleaned feet in OUT,
that --real names by group, style, dancer or name; by default all that the shipped models did not learn from:
not the choreographies of `open` (SEEN below), nor floor work, pantomime, animation by hand and clips under
24 fps.

Each classifier is trained and tried by turns on folds of whole clips and of whole styles, so that no clip and
no style is on both sides. Two of them, a logistic regression on features and a convolution over time, vote.
The accuracy is balanced: mean of the shares of real and of our windows told right. Controls: the clips that
the models learned from (--learned) against the real clips, which is what a perfect copy of them would read;
half of the real clips against the others; the source with most clips against the others.
"""

import argparse
import os
import pathlib
import time

import numpy as np
import torch
from dances import load
from packs import clips_of, joints_of
from realism_classifiers import fit_convolution, fit_linear
from realism_windows import PARTS, channels, features, mirrored, windows_of

from common import table
from terpsi_train.layout import FPS, JOINT_NAMES

# Groups of open2 that repeat a choreography of `open`, and what is not danced upright by a person.
SEEN = {"perfume_full", "unimumo_aistpp"}
UNUSUAL = {"break_floor", "pantomime_dance", "hand_animated"}
LEAST_FPS = 24
FOLDS = 4
ENDS = 4  # seconds of our dances left out at each end, which opening and final pose take
MOST = 40  # windows of a dance or clip


class Sample:
    """Windows [n, 60, 24, 3] of one kind of motion, and what must not be divided: [n] names of groups."""

    def __init__(self, parts):
        """parts: [(group, windows)]"""
        parts = [(group, windows) for group, windows in parts if len(windows)]
        self.windows = np.concatenate([w for _, w in parts])
        self.groups = np.concatenate([np.full(len(w), g, dtype=object) for g, w in parts])

    def where(self, chosen):
        keep = np.isin(self.groups, list(chosen))
        out = object.__new__(Sample)
        out.windows, out.groups = self.windows[keep], self.groups[keep]
        return out


def thinned(windows):
    """At most MOST of the windows, evenly chosen."""
    if len(windows) <= MOST:
        return windows
    return windows[np.linspace(0, len(windows) - 1, MOST).round().astype(int)]


def is_real(entry, wanted, unwanted):
    marks = {entry["group"], entry["style"], entry["dancer"], entry["name"]}
    if marks & unwanted:
        return False
    if wanted:
        return bool(marks & wanted)
    return not marks & (SEEN | UNUSUAL) and entry["fps"] >= LEAST_FPS


def real_sample(clips, group="name"):
    """Of [(entry, path)], grouped by that field of the entry."""
    return Sample([(entry[group], thinned(windows_of(*joints_of(path)))) for entry, path in clips])


def dance_sample(folder, terpsi):
    """Grouped by style."""
    parts = []
    for path in sorted(pathlib.Path(folder).glob("*.bvh")):
        dance = load(str(path), terpsi)
        joints = dance.joints[:, [dance.names.index(name) for name in JOINT_NAMES]]
        joints = joints[int(ENDS * FPS) : -int(ENDS * FPS)]
        windows = windows_of(joints, np.zeros(len(joints), bool))
        parts.append((path.stem.rsplit("-", 2)[1], thinned(windows)))
    if not parts:
        raise SystemExit(f"no .bvh dances in {folder}")
    return Sample(parts)


def balanced(scores, y):
    """Mean of the shares of both classes that are told right."""
    right = (scores > 0) == (y > 0.5)
    return float((right[y > 0.5].mean() + right[y < 0.5].mean()) / 2)


def folds_of(sample, random):
    """[n] fold of each window; whole groups, the windows spread evenly."""
    names, counts = np.unique(sample.groups, return_counts=True)
    order = random.permutation(len(names))
    order = order[np.argsort(-counts[order], kind="stable")]
    size, fold = np.zeros(FOLDS), {}
    for k in order:
        least = np.flatnonzero(size == size.min())
        fold[names[k]] = random.choice(least)
        size[fold[names[k]]] += counts[k]
    return np.array([fold[g] for g in sample.groups])


def inputs_of(sample, part):
    """(features, channels, mirrored channels) of a sample, tensors."""
    x, _ = features(sample.windows, part)
    both = [channels(w, part) for w in (sample.windows, mirrored(sample.windows))]
    return [torch.from_numpy(np.asarray(v, np.float32)) for v in (x, *both)]


def told_apart(ours, real, ours_inputs, real_inputs, seed):
    """Balanced accuracy of (logistic regression, convolution, both) on windows of groups not learned from."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    x, c, m = (torch.cat(pair) for pair in zip(ours_inputs, real_inputs))
    y = torch.cat([torch.ones(len(ours.groups)), torch.zeros(len(real.groups))])
    fold = torch.from_numpy(np.concatenate([folds_of(ours, random), folds_of(real, random)]))
    scores = np.zeros((2, len(y)))
    for k in range(FOLDS):
        on, off = fold != k, fold == k
        count = y[on].sum()
        weight = torch.where(y > 0.5, 0.5 / count, 0.5 / (on.sum() - count)) * on.sum()
        linear = fit_linear(x[on], y[on], weight[on])
        twice = torch.cat([c[on], m[on]]), torch.cat([y[on]] * 2), torch.cat([weight[on]] * 2)
        convolution = fit_convolution(*twice)
        with torch.no_grad():
            scores[0, off] = linear(x[off])
            scores[1, off] = (convolution(c[off]) + convolution(m[off])) / 2
    y = y.numpy()
    spread = scores / (scores.std(1, keepdims=True) + 1e-9)
    return [balanced(s, y) for s in (*scores, spread.sum(0))]


def halves(real, random):
    names = random.permutation(np.unique(real.groups))
    return real.where(names[::2]), real.where(names[1::2])


def accuracies(pairs, part, seeds):
    """[seeds, 3] of pairs(seed) -> two samples."""
    out = []
    for seed in seeds:
        a, b = pairs(seed)
        out.append(told_apart(a, b, inputs_of(a, part), inputs_of(b, part), seed))
    return np.array(out)


def shown(values):
    """Per cent, mean and standard deviation over seeds."""
    return f"{100 * values.mean():.0f} ± {100 * values.std():.0f}"


def what_separates(ours, real, part, count=8):
    """[(feature, deviations by which ours is larger, its weight)], the most separating first, one lag of
    each. A deviation is that of both together within their classes."""
    (a, names), (b, other) = features(ours.windows, part), features(real.windows, part)
    shared = [n for n in names if n in other]
    a, b = a[:, [names.index(n) for n in shared]], b[:, [other.index(n) for n in shared]]
    apart = (a.mean(0) - b.mean(0)) / np.sqrt((a.var(0) + b.var(0)) / 2 + 1e-12)
    x = torch.from_numpy(np.concatenate([a, b]).astype(np.float32))
    y = torch.cat([torch.ones(len(a)), torch.zeros(len(b))])
    weight = torch.where(y > 0.5, 0.5 / len(a), 0.5 / len(b)) * len(y)
    weights = fit_linear(x, y, weight).weight.weight.detach().numpy()[0]
    out, seen = [], set()
    for k in np.argsort(-np.abs(apart)):
        kind = shared[k].split(" over ")[0]
        if kind not in seen and len(out) < count:
            seen.add(kind)
            out.append((shared[k], float(apart[k]), float(weights[k])))
    return out


def arguments():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("out", type=pathlib.Path, metavar="OUT")
    ap.add_argument("dances", nargs="+", metavar="NAME=FOLDER")
    ap.add_argument("--packs", help="folders, separated by commas")
    ap.add_argument("--real", default="", help="groups, styles, dancers or names, separated by commas")
    ap.add_argument("--not", dest="without", default="", help="the same, to leave out")
    ap.add_argument("--learned", type=pathlib.Path, help="pack the models learned from; $TERPSI_DATA/open")
    ap.add_argument("--seeds", default="1,2,3")
    ap.add_argument("--terpsi", default="build/terpsi")
    ap.add_argument("-o", "--output", type=pathlib.Path)
    args = ap.parse_args()
    data = pathlib.Path(os.environ.get("TERPSI_DATA", "."))
    args.packs = args.packs.split(",") if args.packs else [data / p for p in ("open2", "open3")]
    args.learned = args.learned or data / "open"
    args.seeds = [int(s) for s in args.seeds.split(",")]
    args.real, args.without = (set(filter(None, text.split(","))) for text in (args.real, args.without))
    args.dances = dict(text.split("=", 1) for text in args.dances)
    return args


def controls_of(real, sources, learned):
    """{name: pairs(seed) -> two samples}. sources: {clip: group}; learned: sample or None."""
    out = {"clips learned from": lambda seed: (learned, real)} if learned else {}
    out["half of the real clips"] = lambda seed: halves(real, np.random.default_rng(seed))
    groups = list(sources.values())
    largest = max(sorted(set(groups)), key=groups.count)
    mine = [name for name, group in sources.items() if group == largest]
    others = [name for name in sources if name not in mine]
    if others:
        out[f"{largest} against other sources"] = lambda seed: (real.where(mine), real.where(others))
    return out


def report(sets, real, controls, seeds):
    """The text: a table of accuracies and one of what separates."""
    rows = {name: lambda seed, s=sample: (s, real) for name, sample in sets.items()} | controls
    lines, separating = [], []
    for name, pairs in rows.items():
        cells = []
        for part in PARTS:
            found = accuracies(pairs, part, seeds)
            cells.append(f"{shown(found[:, 2])} ({shown(found[:, 0])}, {shown(found[:, 1])})")
        lines.append([name, *cells])
    for name, sample in sets.items():
        for part in PARTS:
            for feature, apart, weight in what_separates(sample, real, part):
                separating.append([name, part, feature, f"{apart:+.2f}", f"{weight:+.2f}"])
    parts = [
        table(["told apart, balanced accuracy %", *PARTS], lines),
        "What separates most: by how many standard deviations ours is larger, and its weight in the logistic "
        "regression.",
        table(["dances", "part", "feature", "ours larger by", "weight"], separating),
    ]
    return "\n\n".join(parts)


def main():
    args = arguments()
    torch.set_num_threads(1)
    start = time.process_time()
    clips = clips_of(args.terpsi, args.packs, args.out, True)
    clips = [c for c in clips if is_real(c[0], args.real, args.without)]
    if not clips:
        raise SystemExit("no real clip is left")
    real = real_sample(clips)
    sources = {entry["name"]: entry["group"] for entry, _ in clips if entry["name"] in real.groups}
    learned = None
    if args.learned.is_dir():
        learned = real_sample(clips_of(args.terpsi, [args.learned], args.out, True), "style")
    sets = {name: dance_sample(folder, args.terpsi) for name, folder in args.dances.items()}
    body = report(sets, real, controls_of(real, sources, learned), args.seeds)
    counts = ", ".join(f"{len(s.groups)} of {name}" for name, s in sets.items())
    origins = ", ".join(sorted(set(sources.values())))
    text = (
        "# Realism\n\n"
        "Written by `tools/eval/realism.py`; what it means: [evaluation.md](../evaluation.md).\n\n"
        f"{len(real.groups)} windows of {len(sources)} real clips ({origins}), {counts}; "
        f"{len(args.seeds)} seeds; {FOLDS} folds; {time.process_time() - start:.0f} s of one core. A cell: "
        f"both classifiers together (logistic regression, convolution), mean and deviation of seeds.\n\n"
        f"{body}\n"
    )
    if args.output:
        args.output.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
