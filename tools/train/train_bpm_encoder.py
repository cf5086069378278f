#!/usr/bin/env python3
"""Trains the tempo encoder of [Ahn 2020] on rendered songs, measures it on songs and instruments it has not
heard, and exports it.

  tools/train/train_bpm_encoder.py --corpus CORPUS --out runs/bpm --minutes 12 --models models
  tools/train/train_bpm_encoder.py --corpus CORPUS --out runs/bpm --kind mel --minutes 4

--minutes is the whole training time, spread over as many calls as it takes: running again goes on from the
checkpoint.
"""

import argparse
import json
import math
import pathlib

import torch

from terpsi_train.data.music.tempo_chunks import CHUNK, songs_of
from terpsi_train.export import cards
from terpsi_train.export.manifest import described, enter
from terpsi_train.export.onnx_file import export
from terpsi_train.layout import SAMPLE_RATE
from terpsi_train.models.bpm_encoder import EMBEDDING
from terpsi_train.models.parts import parameters
from terpsi_train.models.registry import REGISTRY
from terpsi_train.training.bpm_encoder import measure, train


def ship(model, figures, models):
    architecture = REGISTRY["bpm_encoder"]
    path = models / (architecture.name + ".onnx")
    export(architecture, model, path)
    size = {"parameters": figures["parameters"] / 1e6, "megabytes": path.stat().st_size / 1e6}
    path.with_suffix(".md").write_text(cards.bpm_encoder(figures, **size))
    entry = {"input_version": 1, "sample_rate": SAMPLE_RATE, "samples": CHUNK, "embedding": EMBEDDING}
    enter(models, architecture, described(architecture, path) | entry)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--corpus", type=pathlib.Path, required=True)
    a.add_argument("--out", type=pathlib.Path, required=True)
    a.add_argument("--kind", choices=["raw", "mel"], default="raw")
    a.add_argument("--minutes", type=float, default=12)
    a.add_argument("--steps", type=float, default=math.inf, help="at most")
    a.add_argument("--batch", type=int, default=64)
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--limit", type=int, help="train on so many excerpts")
    a.add_argument("--threads", type=int, default=1)
    a.add_argument("--autocast", action="store_true", help="bfloat16 where PyTorch thinks it safe")
    a.add_argument("--models", type=pathlib.Path, help="export there (raw only)")
    args = a.parse_args()
    torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    songs = songs_of(args.corpus, "train", args.kind, args.limit)
    test = songs_of(args.corpus, "test", args.kind)
    print(f"{len(songs)} excerpts to learn from, {len(test)} to measure with", flush=True)
    model, steps, seconds = train(songs, args, args.out / f"{args.kind}.pt")
    figures = {
        "kind": args.kind,
        "seed": args.seed,
        "steps": steps,
        "batch": args.batch,
        "seconds": round(seconds),
        "train_excerpts": len(songs),
        "parameters": parameters(model),
        **measure(model, songs, test),
    }
    (args.out / f"{args.kind}.json").write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures, indent=1), flush=True)
    if args.models and args.kind == "raw":
        ship(model, figures, args.models)


if __name__ == "__main__":
    main()
