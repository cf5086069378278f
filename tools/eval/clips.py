#!/usr/bin/env python3
"""Measures the real clips the generators learned from, as a yardstick for songs.py: one Markdown table by
style.

    clips.py PACK [--terpsi build/terpsi] [--raw] [--keep FOLDER]

PACK holds manifest.json and clips/. Every clip is put on our skeleton and cleaned (`terpsi retarget
--lock-feet`; --raw: not cleaned), then measured by `terpsi evaluate`. Beats are the grid of the known tempo
from 0 s; clips of unknown tempo have no beat figures. --keep keeps the retargeted clips, and uses those that
are there.
"""

import argparse
import json
import pathlib
import statistics
import tempfile

from common import retargeted, run, table

COLUMNS = [
    ("BAS", "bas", "{:.3f}"),
    ("chance", "bas_chance", "{:.3f}"),
    ("skate", "foot_skate", "{:.3f}"),
    ("contact", "contact", "{:.2f}"),
    ("magnitude m/s", "magnitude", "{:.2f}"),
    ("floating m", "floating", "{:.3f}"),
    ("repetition", "repetition", "{:.2f}"),
]


def row(name, figures):
    cells = []
    for _, key, text in COLUMNS:
        values = [f[key] for f in figures if key in f]
        cells.append(text.format(statistics.fmean(values)) if values else "-")
    return [name, str(len(figures)), *cells]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pack", type=pathlib.Path)
    parser.add_argument("--terpsi", default="build/terpsi")
    parser.add_argument("--raw", action="store_true")
    parser.add_argument("--keep", type=pathlib.Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.keep or pathlib.Path(scratch)
        style_of = retargeted(args.terpsi, args.pack, folder, not args.raw)
        figures = json.loads(run([args.terpsi, "evaluate", "--set", f"clips={folder}", "--json", "-"]))[
            "sets"
        ][0]["rows"]
    styles = {}
    for f in figures:
        styles.setdefault(style_of[f["name"]], []).append(f)
    known = [f for f in figures if "bas" in f]
    rows = [row(style, styles[style]) for style in sorted(styles)] + [row("mean, known tempo", known)]
    print(table(["style", "clips", *(c[0] for c in COLUMNS)], rows))


if __name__ == "__main__":
    main()
