#!/usr/bin/env python3
"""Trains the genre classifier of [Ahn 2020] on the ballroom pack, on embeddings by the tempo encoder;
measures and exports it.

  tools/train/train_genre.py --encoder runs/bpm/raw.pt --out runs/genre --terpsi build/terpsi --models models

The pack has no licence: the exported weights are for research only.
"""

import argparse
import json
import pathlib

import torch

from terpsi_train.export import cards
from terpsi_train.export.manifest import RESEARCH, described, enter
from terpsi_train.export.onnx_file import export
from terpsi_train.models.bpm_encoder import EMBEDDING
from terpsi_train.models.genre import GENRES, HOP, PER_SECOND, WINDOW
from terpsi_train.models.parts import parameters
from terpsi_train.models.registry import REGISTRY
from terpsi_train.options import add_data
from terpsi_train.training.genre import cross_validate, load_encoder, songs_of, train


def ship(songs, figures, args):
    """Trains on all songs and exports."""
    seed, architecture = args.seeds[0], REGISTRY["genre_ballroom"]
    model = train([(g, known["embedding"]) for g, known in songs.values()], seed, args.steps)
    path = args.models / (architecture.name + ".onnx")
    export(architecture, model, path)
    facts = {"window": WINDOW, "embedding": EMBEDDING, "per_second": PER_SECOND}
    card = cards.genre_ballroom(
        figures,
        len(args.seeds),
        parameters=parameters(model) / 1e6,
        megabytes=path.stat().st_size / 1e6,
        licence=RESEARCH,
        seed=seed,
        steps=args.steps,
        seconds=args.seconds,
        **facts,
    )
    path.with_suffix(".md").write_text(card)
    net = figures["network"]
    entry = {
        "input_version": 1,
        "encoder": "bpm_encoder",
        "window": WINDOW,
        "hop": HOP,
        "per_second": PER_SECOND,
        "embedding": EMBEDDING,
        "genres": GENRES,
        "held_out": {"windows": net["frame_accuracy"], "songs": net["songs_right"] / net["songs"]},
    }
    enter(args.models, architecture, described(architecture, path, RESEARCH) | entry)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_data(a, "--ballroom", "ballroom", type=pathlib.Path)
    a.add_argument("--encoder", type=pathlib.Path, required=True, help="checkpoint of train_bpm_encoder.py")
    a.add_argument("--out", type=pathlib.Path, required=True)
    a.add_argument("--terpsi", default="build/terpsi")
    a.add_argument("--steps", type=int, default=500)
    a.add_argument("--seconds", type=float, default=60, help="of each song that are described")
    a.add_argument("--seeds", type=lambda s: [int(v) for v in s.split(",")], default=[1, 2, 3])
    a.add_argument("--models", type=pathlib.Path, help="export there")
    args = a.parse_args()
    torch.set_num_threads(1)
    args.out.mkdir(parents=True, exist_ok=True)
    encoder = load_encoder(args.encoder)
    songs = songs_of(args, encoder)
    figures = cross_validate(songs, args)
    (args.out / f"{encoder.kind}.json").write_text(json.dumps(figures, indent=1) + "\n")
    print(cards.genre_rows(figures, len(args.seeds)), flush=True)
    if args.models:
        ship(songs, figures, args)


if __name__ == "__main__":
    main()
