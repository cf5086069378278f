#!/usr/bin/env python3
"""Dances to every song of a folder and measures the dances: one Markdown table.

    songs.py FOLDER [--terpsi build/terpsi] [--styles auto,house,...] [--seeds 1,2,3] [--seconds S] [--keep
    FOLDER] [--json F]

Songs with a neighbour NAME.beats.txt (seconds first on each line) are measured against those exact beats,
others against the beats that the program hears (marked with a *). --keep keeps the dances (.json and .bvh),
for contact_sheet.py. Bars of acceptance: BAS at least 0.27 and 0.06 above chance (exact beats), skate at most
0.12, freeze under 3 %, magnitude 0.7 to 1.3 of the style's real clips; a figure that misses its bar is in
bold.
"""

import argparse
import json
import pathlib
import statistics
import tempfile

from common import annotation_of, run, songs_in

COLUMNS = [  # heading, key, format, bar
    ("BAS", "bas", "{:.3f}", lambda v: v >= 0.27),
    ("chance", "bas_chance", "{:.3f}", None),
    ("excess", "bas_excess", "{:.3f}", lambda v: v >= 0.06),
    ("sync ms", "sync_error_s", "{:.0f}", None),
    ("skate", "foot_skate", "{:.3f}", lambda v: v <= 0.12),
    ("skate cm/s", "skate_speed", "{:.1f}", None),
    ("freeze %", "freeze", "{:.1f}", lambda v: v < 0.03),
    ("magn. ratio", "magnitude_ratio", "{:.2f}", lambda v: 0.7 <= v <= 1.3),
    ("jitter mm", "jitter", "{:.2f}", None),
    ("jerk", "jerk", "{:.0f}", None),
    ("seam jerk", "seam_jerk_ratio", "{:.2f}", None),
]
SCALE = {"sync_error_s": 1000, "freeze": 100, "skate_speed": 100, "jitter": 1000}


def measure(args, song, style, seed, folder):
    """One dance to one song; the figures of `terpsi evaluate`."""
    out = folder / f"{song.stem}-{style}-{seed}.json"
    span = ["--to", str(args.seconds)] if args.seconds else []
    run([args.terpsi, "dance", song, "-o", out, "--style", style, "--seed", str(seed), "-q", *span])
    beats = annotation_of(song)
    music = ["--beats", beats] if beats else ["--song", song]
    figures = json.loads(run([args.terpsi, "evaluate", out, *music, *span, "--json", "-"]))
    if args.keep:
        run([args.terpsi, "convert", out, "-o", out.with_suffix(".bvh")])
    figures.update(song=song.stem, seed=seed, exact=beats is not None)
    return figures


def cell(figures, key, text, bar):
    value = figures.get(key)
    if value is None:
        return "-"
    shown = text.format(value * SCALE.get(key, 1))
    exempt = key in ("bas", "bas_excess") and not figures.get("exact", True)
    return f"**{shown}**" if bar and not exempt and not bar(value) else shown


def row(name, style, seed, figures):
    return (
        f"| {name} | {style} | {seed} | "
        + " | ".join(cell(figures, k, t, b) for _, k, t, b in COLUMNS)
        + " |"
    )


def means(rows):
    keys = [k for _, k, _, _ in COLUMNS]
    return {k: statistics.fmean(r[k] for r in rows if k in r) for k in keys if any(k in r for r in rows)}


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("folder", type=pathlib.Path)
    ap.add_argument("--terpsi", default="build/terpsi")
    ap.add_argument("--styles", default="auto")
    ap.add_argument("--seeds", default="1,2,3")
    ap.add_argument("--seconds", type=float, help="only the beginning of each song")
    ap.add_argument("--keep", type=pathlib.Path)
    ap.add_argument("--json", type=pathlib.Path)
    args = ap.parse_args()
    songs = songs_in(args.folder)
    if args.keep:
        args.keep.mkdir(parents=True, exist_ok=True)
    print("| song | style | seed | " + " | ".join(c[0] for c in COLUMNS) + " |")
    print("|---|---|---" + "|---" * len(COLUMNS) + "|")
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        for song in songs:
            for style in args.styles.split(","):
                for seed in args.seeds.split(","):
                    figures = measure(args, song, style, seed, args.keep or pathlib.Path(scratch))
                    rows.append(figures)
                    name = song.stem + ("" if figures["exact"] else " *")
                    print(row(name, figures.get("style", style), seed, figures), flush=True)
    for title, chosen in (("mean, exact beats", [r for r in rows if r["exact"]]), ("mean, all", rows)):
        if chosen:
            print(row(f"{title} ({len(chosen)})", "", "", means(chosen)))
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
