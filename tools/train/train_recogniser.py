#!/usr/bin/env python3
"""Trains the style recogniser on real clips, measures it on dancers it has not seen, and exports it.

  tools/train/train_recogniser.py --data $TERPSI_DATA/open --terpsi build/terpsi --out runs/recogniser --models models

First two folds: everybody who dances a style is in one of two halves, a recogniser that learned from one half is tried on the other. Where
a style has one dancer only its clips are split, where it has one clip only its halves; the card says which. Then one
recogniser learns from everything and becomes models/recogniser.onnx. --folds-only stops before that. The figures of the halves are
kept in OUT/folds.json and used again by a run with the same steps and seeds.

  ... --out runs/recogniser --dances student=DANCES --dances graph=DANCES ...

tries the recognisers of the halves on folders of dances (.dance). Generators recall what the exported recogniser has learned from, so that it
may know a dance by its clips; each half's recogniser knows one dancer of a style only, and real clips are shown to it for comparison: half
of them it has seen, and of a dance that recalls both dancers evenly, half as well.
"""

import argparse
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnx
import torch

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from export_generator import OPSET, to_half_weights             # noqa: E402
from terpsi_train import recogniser as R                        # noqa: E402
from terpsi_train.corpus import face_front, load_clips          # noqa: E402
from terpsi_train.skeleton import FPS                           # noqa: E402

NAME = "recogniser"


def person(entry):
    """Who dances: the manifest's dancer; the performers of the trio by clip; the CMU subject of trials that name none."""
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
            entries[i]["seconds"] for i in mine)
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
    return joints[round(first * len(joints)):round(last * len(joints))]


def cross_validate(entries, joints, styles, args):
    """Figures by style and overall on the half that was not learned from, over args.seeds recognisers per half."""
    parts, how = halves(entries)
    label = [styles.index(e["style"]) for e in entries]
    truth, found, clip_truth, clip_found = [], [], [], []
    for seed in args.seeds:
        for fold in (0, 1):
            start = time.time()
            seen = [(label[i], cut(joints[i], a, b)) for i, a, b, f in parts if f != fold]
            model = R.train(seen, len(styles), seed, args.steps)
            if seed == args.seeds[0]:
                torch.save(model.state_dict(), args.out / f"half{fold}.pt")
            for i, a, b, f in parts:
                if f != fold:
                    continue
                p = R.probabilities(model, cut(joints[i], a, b))
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
        wrong = [styles[w] for w in np.argsort(-np.bincount(found[mine], minlength=len(styles))) if w != k and (found[mine] == w).any()]
        rows[style] = {"split_by": how[style], "windows": int(mine.sum()) // len(args.seeds),
                       "window_accuracy": round(float((found[mine] == k).mean()), 4),
                       "clip_accuracy": round(float((clip_found[clips] == k).mean()), 4),
                       "f1": round(R.macro_f1(truth, found, [k]), 4), "taken_for": wrong[:2]}

    def overall(chosen):
        some = [styles.index(s) for s in chosen]
        inside, clips = np.isin(truth, some), np.isin(clip_truth, some)
        return {"styles": len(some),
                "window_accuracy": round(float((truth == found)[inside].mean()), 4),
                "window_accuracy_by_style": round(float(np.mean([rows[s]["window_accuracy"] for s in chosen])), 4),
                "clip_accuracy": round(float((clip_truth == clip_found)[clips].mean()), 4),
                "macro_f1": round(R.macro_f1(truth, found, some), 4)}

    return rows, {"all": overall(styles), "unseen_dancers": overall([s for s in styles if how[s] == "dancer"])}


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
        model = R.Recogniser(styles)
        model.load_state_dict(torch.load(file, weights_only=True))
        yield model.eval()


def recognised_by_halves(models, motions):
    """{style: share of windows recognised as it, both halves' recognisers}. motions: [(style index, joints)]."""
    right = {}
    for k, joints in motions:
        for model in models:
            right.setdefault(k, []).extend(R.probabilities(model, joints).argmax(1) == k)
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
    print("| recognised by halves | mean over styles | " + " | ".join(styles) + " |\n|" + "---|" * (len(styles) + 2))
    for name, motions in [("real clips", real)] + [(n, joints_of_dances(f, args.terpsi, styles)) for n, f in args.dances]:
        shares = recognised_by_halves(models, motions)
        cells = [f"{shares[k]:.2f}" if k in shares else "-" for k in range(len(styles))]
        print(f"| {name} | {np.mean(list(shares.values())):.3f} | " + " | ".join(cells) + " |", flush=True)


class Exported(torch.nn.Module):
    """What is exported: probabilities."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return self.model(x).softmax(-1)


def export(model, path):
    """Returns the largest difference of a probability between ONNX Runtime and PyTorch, weights rounded in both."""
    import onnxruntime
    options = {"dynamo": False} if int(torch.__version__.split(".")[0]) >= 2 else {}
    torch.onnx.export(Exported(model).eval(), (torch.randn(2, R.WINDOW, R.CHANNELS),), str(path), input_names=["motion"],
                      output_names=["probability"], opset_version=OPSET,
                      dynamic_axes={"motion": {0: "B"}, "probability": {0: "B"}}, **options)
    graph = onnx.load(str(path))
    to_half_weights(graph)
    onnx.checker.check_model(graph)
    onnx.save(graph, str(path))
    x = np.random.default_rng(0).standard_normal((5, R.WINDOW, R.CHANNELS)).astype(np.float32)
    got = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(None, {"motion": x})[0]
    model.load_state_dict({k: v.half().float() for k, v in model.state_dict().items()})
    with torch.no_grad():
        return float(np.abs(got - Exported(model).eval()(torch.from_numpy(x)).numpy()).max())


def card(rows, overall, parameters, size, args, seconds):
    lines = ["# recogniser", "",
             "Says which style a window of motion is danced in. It measures dances (`style_accuracy` of `terpsi evaluate`); it makes none, and the page",
             "does not load it.", "",
             "| | |", "|---|---|",
             "| what | convolutions over time, then means and maxima; probabilities of the styles |",
             f"| size | {parameters / 1e6:.2f} M parameters, {size / 1e6:.2f} MB (fp16 weights, computed in float32) |",
             f"| input | {R.WINDOW} frames ({R.WINDOW / FPS:.0f} s at 30 fps) of joint positions and velocities without place and heading (`core/motion/recogniser_input.h`) |",
             "| licence | MIT |",
             f"| training | `tools/train/train_recogniser.py`, seed {args.seeds[0]}, {args.steps} steps, {seconds:.0f} s on one CPU thread |", "",
             "## Data", "",
             "The real clips that the generators learn from (see student.md for their origins and attributions): the open pack, retargeted, feet cleaned; tempo 0.68 to",
             "1.46 times, mirrored, larger and smaller, other builds. No generated motion.", "",
             "## How well it recognises dancers it has not seen", "",
             f"Two halves, each recognised by networks that learned from the other half, {len(args.seeds)} seeds; the exported network learned from both. Everybody",
             "who dances a style is in one half only. Where the style has one dancer, its clips are split, and where it has one clip, the halves of that clip: those",
             "figures are flattering. The two dancers of an AIST++ style dance the same choreography.", "",
             "| style | split by | windows | window accuracy | clip accuracy | F1 | taken for |", "|---|---|---|---|---|---|---|"]
    for style, r in rows.items():
        lines.append(f"| {style} | {r['split_by']} | {r['windows']} | {r['window_accuracy']:.2f} | {r['clip_accuracy']:.2f} | {r['f1']:.2f} | "
                     f"{', '.join(r['taken_for']) or '-'} |")
    lines += ["", "| | styles | windows right | mean over styles | clips right | macro-F1 |", "|---|---|---|---|---|---|"]
    for name, o in overall.items():
        lines.append(f"| {name.replace('_', ' ')} | {o['styles']} | {o['window_accuracy']:.3f} | {o['window_accuracy_by_style']:.3f} | "
                     f"{o['clip_accuracy']:.3f} | {o['macro_f1']:.3f} |")
    lines += ["", "\"Mean over styles\" is what a generated dance is compared with, since every style is danced equally often."]
    return "\n".join(lines) + "\n"


def enter(models, path, styles, rows, overall):
    raw = path.read_bytes()
    entry = {"name": NAME, "file": path.name, "sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw), "opset": OPSET,
             "licence": "MIT", "card": NAME + ".md", "skeleton_version": 1, "input_version": 1, "window": R.WINDOW, "hop": R.HOP,
             "channels": R.CHANNELS, "styles": styles,
             "held_out": {"styles": [rows[s]["window_accuracy"] for s in styles], **overall}}
    file = models / "manifest.json"
    manifest = json.loads(file.read_text())
    manifest["recognisers"] = [entry] + [r for r in manifest.get("recognisers", []) if r["name"] != NAME]
    text = json.dumps(manifest, separators=(",", ":"))
    for head in ('{"style"', '"phrases"', '"recognisers"'):
        text = text.replace(head, "\n" + head)
    file.write_text(text + "\n")


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--data", required=True)
    a.add_argument("--terpsi", default="build/terpsi")
    a.add_argument("--out", type=pathlib.Path, required=True)
    a.add_argument("--retargeted", type=pathlib.Path, help="folder of retargeted clips, used where they are there; default: OUT/retargeted")
    a.add_argument("--models", type=pathlib.Path, default=pathlib.Path("models"))
    a.add_argument("--steps", type=int, default=600)
    a.add_argument("--seeds", type=lambda s: [int(v) for v in s.split(",")], default=[1, 2, 3])
    a.add_argument("--folds-only", action="store_true")
    a.add_argument("--dances", action="append", type=lambda s: s.split("=", 1), default=[], help="NAME=FOLDER")
    args = a.parse_args()
    torch.set_num_threads(1)
    loaded = load_clips(args.data, args.terpsi, args.retargeted or args.out / "retargeted")
    entries = [e for e, *_ in loaded]
    joints = [face_front(motion, j)[1] for _, motion, j, _ in loaded]
    styles = sorted({e["style"] for e in entries})
    labelled = [(styles.index(e["style"]), j) for e, j in zip(entries, joints)]
    if args.dances:
        try_on_dances(args, styles, labelled)
        return
    rows, overall = kept_or_measured(entries, joints, styles, args)
    for style, r in rows.items():
        print(f"{style:11s} {r['split_by']:16s} windows {r['windows']:4d} right {r['window_accuracy']:.3f} clips {r['clip_accuracy']:.3f} "
              f"F1 {r['f1']:.3f} {r['taken_for']}")
    print(json.dumps(overall, indent=1), flush=True)
    if args.folds_only:
        return
    start = time.time()
    model = R.train(labelled, len(styles), args.seeds[0], args.steps)
    seconds = time.time() - start
    right = [R.probabilities(model, j).argmax(1) == k for k, j in labelled]
    print(f"its own clips: {np.concatenate(right).mean():.3f}, {seconds:.0f} s")
    path = args.models / (NAME + ".onnx")
    error = export(model, path)
    count = sum(p.numel() for p in model.parameters())
    print(f"{path}: {path.stat().st_size} bytes, {count} parameters, ORT differs by {error:.1e}")
    assert error < 1e-4, "ONNX Runtime and PyTorch disagree"
    (args.models / (NAME + ".md")).write_text(card(rows, overall, count, path.stat().st_size, args, seconds))
    enter(args.models, path, styles, rows, overall)


if __name__ == "__main__":
    main()
