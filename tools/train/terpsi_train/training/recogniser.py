"""Trains the style recogniser, and measures it on dancers it has not seen."""

import json
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from terpsi_train.data.motion.recogniser_windows import VariedWindows, normalisation, windows_of
from terpsi_train.measures.classes import macro_f1
from terpsi_train.models.recogniser import Recogniser


def train(clips, styles, seed, steps, batch=48):
    """clips: [(style index, joints [T, 24, 3])]; styles: how many there are."""
    torch.manual_seed(seed)
    model = Recogniser(styles, 64, *normalisation(clips))
    data = VariedWindows(clips, styles, seed)
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps, pct_start=0.1)
    model.train()
    for _ in range(steps):
        x, label = data.make(batch)
        loss = F.cross_entropy(model(torch.from_numpy(x)), torch.from_numpy(label), label_smoothing=0.1)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
    return model.eval()


@torch.no_grad()
def probabilities(model, joints):
    """Of every window of a clip, [n, styles]."""
    x = torch.from_numpy(windows_of(joints).astype(np.float32))
    return model(x).softmax(-1).numpy()


def person(entry):
    """Who dances: the manifest's dancer; the performers of the trio by clip; the CMU subject of trials that
    name none."""
    if entry["dancer"]:
        return entry["dancer"]
    return "subject 05" if entry["name"].startswith("cmu05_") else entry["name"]


def halves(entries):
    """[(entry index, first share, last share, fold)] and, by style, how it was split."""
    parts, how = [], {}
    for style in sorted({e["style"] for e in entries}):
        mine = [i for i, e in enumerate(entries) if e["style"] == style]
        people = sorted({person(entries[i]) for i in mine})
        # A style that is mostly one person's is split by clip.
        main = max(people, key=lambda p: sum(entries[i]["seconds"] for i in mine if person(entries[i]) == p))
        alone = sum(entries[i]["seconds"] for i in mine if person(entries[i]) != main) < 0.25 * sum(
            entries[i]["seconds"] for i in mine
        )
        if len(mine) == 1:
            how[style] = "half of the clip"
            parts += [(mine[0], 0.0, 0.5, 0), (mine[0], 0.5, 1.0, 1)]
        elif alone:
            how[style] = "clip"
            parts += [(i, 0.0, 1.0, k % 2) for k, i in enumerate(mine)]
        else:
            how[style] = "dancer"
            parts += [(i, 0.0, 1.0, people.index(person(entries[i])) % 2) for i in mine]
    return parts, how


def cut(joints, first, last):
    return joints[round(first * len(joints)) : round(last * len(joints))]


def cross_validate(entries, joints, styles, args):
    """Figures by style and overall on the half that was not learned from, over args.seeds recognisers per
    half."""
    parts, how = halves(entries)
    label = [styles.index(e["style"]) for e in entries]
    truth, found, clip_truth, clip_found = [], [], [], []
    for seed in args.seeds:
        for fold in (0, 1):
            start = time.time()
            seen = [(label[i], cut(joints[i], a, b)) for i, a, b, f in parts if f != fold]
            model = train(seen, len(styles), seed, args.steps)
            if seed == args.seeds[0]:
                torch.save(model.state_dict(), args.out / f"half{fold}.pt")
            for i, a, b, f in parts:
                if f != fold:
                    continue
                p = probabilities(model, cut(joints[i], a, b))
                if not len(p):
                    continue
                truth += [label[i]] * len(p)
                found += p.argmax(1).tolist()
                clip_truth.append(label[i])
                clip_found.append(int(np.log(p).mean(0).argmax()))
            print(f"seed {seed} fold {fold}: {time.time() - start:.0f} s", flush=True)
    truth, found, clip_truth, clip_found = map(np.array, (truth, found, clip_truth, clip_found))
    rows = {}
    for k, style in enumerate(styles):
        mine, clips = truth == k, clip_truth == k
        wrong = [
            styles[w]
            for w in np.argsort(-np.bincount(found[mine], minlength=len(styles)))
            if w != k and (found[mine] == w).any()
        ]
        rows[style] = {
            "split_by": how[style],
            "windows": int(mine.sum()) // len(args.seeds),
            "window_accuracy": round(float((found[mine] == k).mean()), 4),
            "clip_accuracy": round(float((clip_found[clips] == k).mean()), 4),
            "f1": round(macro_f1(truth, found, [k]), 4),
            "taken_for": wrong[:2],
        }

    def overall(chosen):
        some = [styles.index(s) for s in chosen]
        inside, clips = np.isin(truth, some), np.isin(clip_truth, some)
        return {
            "styles": len(some),
            "window_accuracy": round(float((truth == found)[inside].mean()), 4),
            "window_accuracy_by_style": round(
                float(np.mean([rows[s]["window_accuracy"] for s in chosen])), 4
            ),
            "clip_accuracy": round(float((clip_truth == clip_found)[clips].mean()), 4),
            "macro_f1": round(macro_f1(truth, found, some), 4),
        }

    return rows, {
        "all": overall(styles),
        "unseen_dancers": overall([s for s in styles if how[s] == "dancer"]),
    }


def kept_or_measured(entries, joints, styles, args):
    args.out.mkdir(parents=True, exist_ok=True)
    file, about = args.out / "folds.json", {"steps": args.steps, "seeds": args.seeds}
    if file.exists():
        kept = json.loads(file.read_text())
        if kept["about"] == about:
            return kept["rows"], kept["overall"]
    rows, overall = cross_validate(entries, joints, styles, args)
    file.write_text(json.dumps({"about": about, "rows": rows, "overall": overall}, indent=1))
    return rows, overall


def half_recognisers(styles, folder):
    for fold in (0, 1):
        file = folder / f"half{fold}.pt"
        if not file.exists():
            sys.exit(f"{file} is missing; run once without --dances, with an empty {folder}")
        model = Recogniser(styles)
        model.load_state_dict(torch.load(file, weights_only=True))
        yield model.eval()


def recognised_by_halves(models, motions):
    """{style: share of windows recognised as it, both halves' recognisers}. motions: [(style index,
    joints)]."""
    right = {}
    for k, joints in motions:
        for model in models:
            right.setdefault(k, []).extend(probabilities(model, joints).argmax(1) == k)
    return {k: float(np.mean(v)) for k, v in sorted(right.items())}


def joints_of_dances(folder, terpsi, styles):
    with tempfile.TemporaryDirectory() as scratch:
        target = pathlib.Path(scratch) / "dance.json"
        for path in sorted(pathlib.Path(folder).glob("*.dance")):
            subprocess.run([terpsi, "convert", path, "-o", target], check=True, capture_output=True)
            dance = json.loads(target.read_text())
            if dance["style"] in styles:
                yield styles.index(dance["style"]), np.array(dance["positions"], float)


def try_on_dances(args, styles, real):
    models = list(half_recognisers(len(styles), args.out))
    print(
        "| recognised by halves | mean over styles | "
        + " | ".join(styles)
        + " |\n|"
        + "---|" * (len(styles) + 2)
    )
    for name, motions in [("real clips", real)] + [
        (n, joints_of_dances(f, args.terpsi, styles)) for n, f in args.dances
    ]:
        shares = recognised_by_halves(models, motions)
        cells = [f"{shares[k]:.2f}" if k in shares else "-" for k in range(len(styles))]
        print(f"| {name} | {np.mean(list(shares.values())):.3f} | " + " | ".join(cells) + " |", flush=True)
