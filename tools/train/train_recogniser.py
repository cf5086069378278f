#!/usr/bin/env python3
"""Trains the style recogniser on real clips, measures it on dancers it has not seen, and exports it.

  tools/train/train_recogniser.py --terpsi build/terpsi --out runs/recogniser --models models

First two folds: everybody who dances a style is in one of two halves, and a recogniser that learned from one
half is tried on the other. Where a style has one dancer only its clips are split, where it has one clip only
its halves; the card says which. Then one recogniser learns from everything and becomes
models/recogniser.onnx. --folds-only stops before that. The figures of the halves are kept in OUT/folds.json
and used again by a run with the same steps and seeds.

  ... --out runs/recogniser --dances student=DANCES --dances graph=DANCES ...

tries the recognisers of the halves on folders of dances (.dance). Generators recall what the exported
recogniser has learned from, so that it may know a dance by its clips; each half's recogniser knows one dancer
of a style only, and real clips are shown to it for comparison: half of them it has seen, and of a dance that
recalls both dancers evenly, half as well.
"""

import argparse
import json
import pathlib
import time

import numpy as np
import torch

from terpsi_train.data.motion.clips import face_front, load_clips
from terpsi_train.data.motion.recogniser_windows import CHANNELS, HOP, WINDOW
from terpsi_train.export import cards
from terpsi_train.export.manifest import described, enter
from terpsi_train.export.onnx_file import export
from terpsi_train.layout import FPS
from terpsi_train.models.parts import parameters
from terpsi_train.models.registry import REGISTRY
from terpsi_train.options import add_data
from terpsi_train.training.recogniser import kept_or_measured, probabilities, train, try_on_dances


def ship(labelled, styles, rows, overall, args):
    """Trains on all clips and exports."""
    start, seed = time.time(), args.seeds[0]
    model = train(labelled, len(styles), seed, args.steps)
    took = time.time() - start
    right = [probabilities(model, j).argmax(1) == k for k, j in labelled]
    print(f"its own clips: {np.concatenate(right).mean():.3f}, {took:.0f} s")
    architecture = REGISTRY["recogniser"]
    path = args.models / (architecture.name + ".onnx")
    export(architecture, model, path)
    card = cards.recogniser(
        rows,
        overall,
        parameters=parameters(model) / 1e6,
        megabytes=path.stat().st_size / 1e6,
        window=WINDOW,
        seconds=WINDOW / FPS,
        seed=seed,
        steps=args.steps,
        took=took,
        seeds=len(args.seeds),
    )
    path.with_suffix(".md").write_text(card)
    entry = {
        "skeleton_version": 1,
        "input_version": 1,
        "window": WINDOW,
        "hop": HOP,
        "channels": CHANNELS,
        "styles": styles,
        "held_out": {"styles": [rows[s]["window_accuracy"] for s in styles], **overall},
    }
    enter(args.models, architecture, described(architecture, path) | entry)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_data(a)
    a.add_argument("--terpsi", default="build/terpsi")
    a.add_argument("--out", type=pathlib.Path, required=True)
    a.add_argument(
        "--retargeted",
        type=pathlib.Path,
        help="folder of retargeted clips, used where they are there; default: OUT/retargeted",
    )
    a.add_argument("--models", type=pathlib.Path, default=pathlib.Path("models"))
    a.add_argument("--steps", type=int, default=600)
    a.add_argument("--seeds", type=lambda s: [int(v) for v in s.split(",")], default=[1, 2, 3])
    a.add_argument("--folds-only", action="store_true")
    a.add_argument(
        "--dances", action="append", type=lambda s: s.split("=", 1), default=[], help="NAME=FOLDER"
    )
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
        print(
            f"{style:11s} {r['split_by']:16s} windows {r['windows']:4d} right {r['window_accuracy']:.3f} "
            f"clips {r['clip_accuracy']:.3f} F1 {r['f1']:.3f} {r['taken_for']}"
        )
    print(json.dumps(overall, indent=1), flush=True)
    if args.folds_only:
        return
    ship(labelled, styles, rows, overall, args)


if __name__ == "__main__":
    main()
