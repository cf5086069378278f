#!/usr/bin/env python3
"""Trains the five beat networks of table 2 of [Reddy 2025] on the same chunks, and exports them.

  tools/train/train_beat_zoo.py --corpus CORPUS --out runs/zoo [--steps 300] [--arch cnn,lstm] [--minutes 5]

Every network sees the same chunks in the same order: --steps batches of --batch. The last weights are kept;
only the threshold of the peak picking is chosen on the validation songs, by the same rule for all. Running
again goes on from the checkpoints (--minutes ends a call early). With --models the finished networks become
models/zoo_NAME.onnx.
"""

import argparse
import json
import pathlib
import shutil

import torch

from terpsi_train.data.music.rendered import load
from terpsi_train.export import cards
from terpsi_train.export.manifest import described, enter
from terpsi_train.export.onnx_file import export
from terpsi_train.layout import LISTENER_COLUMNS
from terpsi_train.models.beat_zoo import MIDDLES
from terpsi_train.models.parts import parameters
from terpsi_train.models.registry import REGISTRY
from terpsi_train.training.beat_zoo import about, choose_threshold, train


def finish(name, model, file, validation, excerpts, args):
    """Exports a trained network into the run folder, its figures beside it; returns them."""
    kept = torch.load(file, map_location="cpu", weights_only=False)
    best = choose_threshold(model, validation)
    architecture = REGISTRY["zoo_" + name]
    path = args.out / f"{architecture.name}_{args.seed}.onnx"
    export(architecture, model, path)
    figures = {
        "name": name,
        "parameters": parameters(model),
        "seconds": round(kept["seconds"]),
        **about(args),
        "excerpts": len(excerpts),
        "threshold": best["beat"][0],
        "downbeat_threshold": best["downbeat"][0],
        "validation_f": round(best["beat"][1], 4),
        "validation_downbeat_f": round(best["downbeat"][1], 4),
        "bytes": path.stat().st_size,
    }
    (args.out / f"{name}_{args.seed}.json").write_text(json.dumps(figures) + "\n")
    print(json.dumps(figures), flush=True)
    return figures


def ship(all_figures, args):
    """Copies the networks into the models folder, behind the listener that is meant for use."""
    for f in all_figures:
        architecture = REGISTRY["zoo_" + f["name"]]
        path = args.models / (architecture.name + ".onnx")
        shutil.copyfile(args.out / f"{architecture.name}_{args.seed}.onnx", path)
        entry = {"input_version": 1, "columns": LISTENER_COLUMNS}
        enter(args.models, architecture, described(architecture, path, card="zoo.md") | entry)
    (args.models / "zoo.md").write_text(cards.zoo(all_figures))


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--corpus", type=pathlib.Path, required=True)
    a.add_argument("--out", type=pathlib.Path, required=True)
    a.add_argument("--arch", type=lambda s: s.split(","), default=list(MIDDLES))
    a.add_argument("--steps", type=int, default=300)
    a.add_argument("--batch", type=int, default=8)
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--minutes", type=float, default=1e9, help="of this call, for each network")
    a.add_argument("--limit", type=int, help="train on so many excerpts")
    a.add_argument("--threads", type=int, default=1)
    a.add_argument("--models", type=pathlib.Path, help="ship the finished ones there")
    args = a.parse_args()
    torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    excerpts = load(args.corpus, "train", args.limit)
    validation = load(args.corpus, "val", 60)
    print(f"{len(excerpts)} excerpts to learn from, {len(validation)} to choose thresholds with", flush=True)
    finished = []
    for name in args.arch:
        file = args.out / f"{name}_{args.seed}.pt"
        model = train(name, excerpts, args, file)
        if model is None:
            print(f"{name}: not finished, run again")
            continue
        finished.append(finish(name, model, file, validation, excerpts, args))
    if args.models and finished:
        ship(finished, args)


if __name__ == "__main__":
    main()
