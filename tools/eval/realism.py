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
The accuracy is balanced: mean of the shares of real and of our windows told right; our styles weigh the same.
Ours are also told from the clips that the models learned from (--learned), to see what the generator adds.
Controls: the latter against the real clips, which is what a perfect copy would read; half of the real clips
against the others; the source with most clips against the others.
"""

import argparse
import dataclasses
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
MOST = 24  # windows of a dance or clip


@dataclasses.dataclass
class Sample:
    """Windows of one kind of motion."""

    windows: np.ndarray  # [n, 60, 24, 3]
    groups: np.ndarray  # [n] names of what must not be divided
    weights: np.ndarray  # [n] with a sum of 1
    inputs: dict = dataclasses.field(default_factory=dict)  # by part, see inputs_of

    def where(self, chosen):
        keep = np.isin(self.groups, list(chosen))
        weights = self.weights[keep]
        return Sample(self.windows[keep], self.groups[keep], weights / weights.sum())


def sample_of(parts, even=False):
    """Of [(group, windows)]. even: every group weighs the same, else every window."""
    parts = [(group, windows) for group, windows in parts if len(windows)]
    groups = np.concatenate([np.full(len(w), g, dtype=object) for g, w in parts])
    count = dict(zip(*np.unique(groups, return_counts=True)))
    weights = np.array([1 / count[g] if even else 1.0 for g in groups])
    return Sample(np.concatenate([w for _, w in parts]), groups, weights / weights.sum())


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


def real_sample(clips):
    """Of [(entry, path)], grouped by clip."""
    return sample_of([(entry["name"], thinned(windows_of(*joints_of(path)))) for entry, path in clips])


def learned_sample(clips):
    """Of [(entry, path)], grouped by style, as dances are."""
    parts = [(entry["style"], thinned(windows_of(*joints_of(path)))) for entry, path in clips]
    return sample_of(parts, even=True)


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
    return sample_of(parts, even=True)


def balanced(scores, y, weights):
    """Mean of the shares of both classes that are told right; the weights of each have a sum of 1."""
    return float((weights * ((scores > 0) == (y > 0.5))).sum() / 2)


def folds_of(samples, random):
    """[n] fold of each window of all samples; whole groups, the windows of a sample spread evenly. A name is
    in one fold, also where two samples have it."""
    fold = {}
    for sample in samples:
        names, counts = np.unique(sample.groups, return_counts=True)
        order = random.permutation(len(names))
        size = np.zeros(FOLDS)
        for k in order[np.argsort(-counts[order], kind="stable")]:
            if names[k] not in fold:
                fold[names[k]] = random.choice(np.flatnonzero(size == size.min()))
            size[fold[names[k]]] += counts[k]
    return np.array([fold[g] for sample in samples for g in sample.groups])


def inputs_of(sample, part):
    """(features, channels, mirrored channels) of a sample, tensors."""
    if part not in sample.inputs:
        both = [channels(w, part) for w in (sample.windows, mirrored(sample.windows))]
        values = (features(sample.windows, part)[0], *both)
        sample.inputs[part] = [torch.from_numpy(np.asarray(v, np.float32)) for v in values]
    return sample.inputs[part]


def training_weights(weights, y, on):
    """Of the windows `on`: both classes weigh the same, the mean is 1. weights: [n]; y: [n] 0 or 1."""
    w, y = torch.from_numpy(weights)[on], y[on]
    w = torch.where(y > 0.5, w / w[y > 0.5].sum(), w / w[y < 0.5].sum())
    return (w * len(w) / 2).float()


def told_apart(ours, real, ours_inputs, real_inputs, seed):
    """(balanced accuracy of the logistic regression, the convolution and both; [n] whether both say `ours`).
    Each window is judged by classifiers that have not seen its group."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    x, c, m = (torch.cat(pair) for pair in zip(ours_inputs, real_inputs))
    y = torch.cat([torch.ones(len(ours.groups)), torch.zeros(len(real.groups))])
    weights = np.concatenate([ours.weights, real.weights])
    fold = torch.from_numpy(folds_of([ours, real], random))
    scores = np.zeros((2, len(y)))
    for k in range(FOLDS):
        on, off = fold != k, fold == k
        weight = training_weights(weights, y, on)
        linear = fit_linear(x[on], y[on], weight)
        twice = torch.cat([c[on], m[on]]), torch.cat([y[on]] * 2), torch.cat([weight] * 2)
        convolution = fit_convolution(*twice)
        with torch.no_grad():
            scores[0, off] = linear(x[off])
            scores[1, off] = (convolution(c[off]) + convolution(m[off])) / 2
    y = y.numpy()
    spread = scores / (scores.std(1, keepdims=True) + 1e-9)
    both = spread.sum(0)
    return [balanced(s, y, weights) for s in (*scores, both)], both > 0


def halves(real, random):
    names = random.permutation(np.unique(real.groups))
    return real.where(names[::2]), real.where(names[1::2])


def trials(pairs, part, seeds):
    """([seeds, 3] accuracies, {group: share of windows taken for the first sample's}) of pairs(seed) -> two
    samples."""
    out, said = [], {}
    for seed in seeds:
        a, b = pairs(seed)
        found, ours = told_apart(a, b, inputs_of(a, part), inputs_of(b, part), seed)
        out.append(found)
        for group in np.unique(a.groups):
            said.setdefault(group, []).append(ours[: len(a.groups)][a.groups == group].mean())
    return np.array(out), {group: np.mean(shares) for group, shares in said.items()}


def shown(values):
    """Per cent, mean and standard deviation over seeds."""
    return f"{100 * values.mean():.0f} ± {100 * values.std():.0f}"


def what_separates(ours, real, part, count=8):
    """[(feature, deviations by which ours is larger, its weight)], the most separating first, one lag of
    each. A deviation is that of both together within their classes."""
    (a, names), (b, other) = features(ours.windows, part), features(real.windows, part)
    shared = [n for n in names if n in other]
    a, b = a[:, [names.index(n) for n in shared]], b[:, [other.index(n) for n in shared]]
    means = [np.average(v, axis=0, weights=w.weights) for v, w in ((a, ours), (b, real))]
    apart = (means[0] - means[1]) / np.sqrt((a.var(0) + b.var(0)) / 2 + 1e-12)
    x = torch.from_numpy(np.concatenate([a, b]).astype(np.float32))
    y = torch.cat([torch.ones(len(a)), torch.zeros(len(b))])
    every = torch.ones(len(y), dtype=torch.bool)
    weight = training_weights(np.concatenate([ours.weights, real.weights]), y, every)
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
    out = {"learned from / real": lambda seed: (learned, real)} if learned else {}
    out["half of real / other half"] = lambda seed: halves(real, np.random.default_rng(seed))
    groups = list(sources.values())
    largest = max(sorted(set(groups)), key=groups.count)
    mine = [name for name, group in sources.items() if group == largest]
    others = [name for name in sources if name not in mine]
    if others:
        out[f"{largest} / other real"] = lambda seed: (real.where(mine), real.where(others))
    return out


def rows_of(sets, real, sources, learned):
    """{name: pairs(seed) -> two samples}."""
    out = {f"{name} / real": lambda seed, s=s: (s, real) for name, s in sets.items()}
    if learned:
        out |= {f"{name} / learned from": lambda seed, s=s: (s, learned) for name, s in sets.items()}
    return out | controls_of(real, sources, learned)


def accuracy_tables(rows, sets, seeds):
    """The table of accuracies, and that of the styles of each set."""
    lines, by_style = [], {name: {} for name in sets}
    for row, pairs in rows.items():
        cells = []
        for part in PARTS:
            found, said = trials(pairs, part, seeds)
            cells.append(f"{shown(found[:, 2])} ({shown(found[:, 0])}, {shown(found[:, 1])})")
            if row.endswith(" / real") and row.removesuffix(" / real") in sets:
                for style, share in said.items():
                    by_style[row.removesuffix(" / real")].setdefault(style, []).append(f"{100 * share:.0f}")
        lines.append([row, *cells])
    styles = [[f"{name}: {style}", *cells] for name, d in by_style.items() for style, cells in d.items()]
    return table(["told apart, %", *PARTS], lines), table(["taken for ours, %", *PARTS], styles)


def report(sets, real, sources, learned, seeds):
    """The text: tables of accuracies, of styles, and of what separates."""
    accuracies, styles = accuracy_tables(rows_of(sets, real, sources, learned), sets, seeds)
    separating = [
        [f"{name} / {against}", part, feature, f"{apart:+.2f}", f"{weight:+.2f}"]
        for name, sample in sets.items()
        for against, other in (("real", real), ("learned from", learned))
        if other
        for part in PARTS
        for feature, apart, weight in what_separates(sample, other, part)
    ]
    parts = [
        accuracies,
        "Share of the windows of each style of ours that are taken for ours beside the real clips:",
        styles,
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
        learned = learned_sample(clips_of(args.terpsi, [args.learned], args.out, True))
    sets = {name: dance_sample(folder, args.terpsi) for name, folder in args.dances.items()}
    body = report(sets, real, sources, learned, args.seeds)
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
