#!/usr/bin/env python3
"""Scores beat networks on rendered test songs: table 2 of [Reddy 2025] (its audio half), as Markdown.

  tools/eval/beat_table.py CORPUS --zoo runs/zoo [--seeds 1,2] [--terpsi build/terpsi]
                           [--analyze "listener=--listener beat"]... [--limit 60]

CORPUS is a folder of render_songs.py; only its test split is used. The networks of --zoo (train_beat_zoo.py)
are run with ONNX Runtime and their beats picked as peaks. Each --analyze adds a row of `terpsi analyze` with
those options; the classical tracker is always one. Needs numpy, onnxruntime, and torch for the shared code.
Alignment: share of true beats with a heard one within 100 ms; error: median distance of those; both ignore
false alarms. F: within 70 ms, first 5 s left out. Intervals: 95 %, bootstrap over songs.
"""

import argparse
import json
import pathlib
import shlex
import sys

import numpy as np

from common import run, table
from terpsi_train.data.music.beat_chunks import CHUNK, FRAME_RATE, STACK
from terpsi_train.data.music.rendered import load
from terpsi_train.measures.beat_scores import peaks, score
from terpsi_train.models.beat_zoo import MIDDLES

PAPER = {
    "cnn": (84.2, 42),
    "rnn": (86.7, 38),
    "lstm": (90.5, 31),
    "cnn_lstm": (92.8, 27),
    "transformer": (94.1, 24),
}
DRAWS = 1000


def heard_by_network(path, figures, excerpts):
    """[(beats, downbeats)] of each excerpt."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session, found = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"]), []
    for e in excerpts:
        a = session.run(None, {"input": e.input.astype(np.float32)[None]})[0][0, ::STACK]
        found.append(
            (
                peaks(a[:, 0], figures["threshold"], FRAME_RATE),
                peaks(a[:, 1], figures["downbeat_threshold"], FRAME_RATE),
            )
        )
    return found


def heard_by_program(terpsi, options, corpus, excerpts):
    found = []
    for e in excerpts:
        music = json.loads(
            run([terpsi, "analyze", corpus / (e.name + ".flac"), "--json", "-", *shlex.split(options)])
        )
        found.append((np.array(music["beats"]), np.array(music["downbeats"])))
    return found


def figures_of(excerpts, found):
    """Per excerpt; those of one song stay together when drawing."""
    return [
        {"song": e.song, **score(e.beats, beats), "downbeat_f": score(e.downbeats, downbeats)["f"]}
        for e, (beats, downbeats) in zip(excerpts, found)
    ]


def summary(rows):
    offsets = np.concatenate([r["offsets"] for r in rows])
    return np.array(
        [
            100 * np.mean([r["aligned"] for r in rows]),
            1000 * np.median(np.abs(offsets)) if len(offsets) else np.nan,
            1000 * np.median(offsets) if len(offsets) else np.nan,
            np.mean([r["f"] for r in rows]),
            np.mean([r["downbeat_f"] for r in rows]),
        ]
    )


def intervals(rows, draws=DRAWS, seed=1):
    """2.5 and 97.5 % of the summary over drawn songs: [2, figures]."""
    songs, random = {}, np.random.default_rng(seed)
    for r in rows:
        songs.setdefault(r["song"], []).append(r)
    songs = list(songs.values())
    drawn = [
        summary([r for i in random.integers(0, len(songs), len(songs)) for r in songs[i]])
        for _ in range(draws)
    ]
    return np.nanpercentile(drawn, [2.5, 97.5], axis=0)


def cells(rows, others=()):
    """`others`: the same network's rows with other training seeds; the figures are then means over seeds,
    intervals of the first."""
    value = np.mean([summary(r) for r in (rows, *others)], axis=0)
    low, high = intervals(rows)
    form = ["{:.1f}", "{:.1f}", "{:+.1f}", "{:.3f}", "{:.3f}"]
    return [
        f"{f.format(v)} ({f.format(a)} to {f.format(b)})" if k != 2 else f.format(v)
        for k, (f, v, a, b) in enumerate(zip(form, value, low, high))
    ]


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("corpus", type=pathlib.Path)
    a.add_argument("--zoo", type=pathlib.Path, required=True)
    a.add_argument("--seeds", default="1")
    a.add_argument("--terpsi", default="build/terpsi")
    a.add_argument("--analyze", action="append", default=[], help="NAME=OPTIONS of terpsi analyze")
    a.add_argument("--limit", type=int)
    args = a.parse_args()
    excerpts = load(args.corpus, "test", args.limit)
    if not excerpts:
        sys.exit(f"no test songs in {args.corpus}")
    rows, seeds = [], args.seeds.split(",")
    for name, own in MIDDLES.items():
        all_figures = [json.loads((args.zoo / f"{name}_{s}.json").read_text()) for s in seeds]
        scored = []
        for seed, figures in zip(seeds, all_figures):
            heard = heard_by_network(args.zoo / f"zoo_{name}_{seed}.onnx", figures, excerpts)
            scored.append(figures_of(excerpts, heard))
        about, paper = all_figures[0], PAPER[name]
        size = f"{about['parameters'] / 1e3:.0f} k"
        rows.append([own.title, size, *cells(scored[0], scored[1:]), f"{paper[0]:.1f}", str(paper[1])])
        print(rows[-1], file=sys.stderr, flush=True)
    classical = ("classical tracker", "--listener classical")
    for name, options in [classical, *(s.split("=", 1) for s in args.analyze)]:
        found = heard_by_program(args.terpsi, options, args.corpus, excerpts)
        rows.append([name, "-", *cells(figures_of(excerpts, found)), "-", "-"])
    print(
        f"Trained for {about['steps']} steps of {about['batch']} chunks of {CHUNK / FRAME_RATE:.1f} s from "
        f"{about['excerpts']} excerpts. {len(excerpts)} excerpts of {len({e.song for e in excerpts})} songs, "
        f"{sum(len(e.beats) for e in excerpts)} beats; seeds {args.seeds}.\n"
    )
    headings = "|parameters|beat alignment %|sync error ms|bias ms|beat F|downbeat F|"
    headings += "paper: alignment %|paper: error ms"
    print(table(headings.split("|"), rows))


if __name__ == "__main__":
    main()
