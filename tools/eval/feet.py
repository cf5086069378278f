#!/usr/bin/env python3
"""How feet and variety of our dances compare with real takes: every style to every song, beside real clips by
group, as captured and with their feet cleaned.

    feet.py OUT SONG... --generator student="--model student" [--generator ...] [--packs FOLDER,FOLDER]
            [--seeds 1] [--styles house,auto] [--terpsi build/terpsi] [--again NAME,...] [-o feet.md]

Packs are open, open2 and open3 in $TERPSI_DATA unless named. Dances are made and kept as by table.py, but as
BVH: the rounding of a .dance makes planted feet tremble. Styles are all of the first generator, and `auto`.
Figures are means over the clips or dances of a row.
"""

import argparse
import os
import pathlib
import statistics

import numpy as np
from generators import MODELS, dance, evaluate_sets, git_commit, shown, styles_of, words_of
from packs import clips_of, group_of, joints_of
from table_layout import cell

from common import table, write_song_notes

# heading, key, scale, digits, test that a dance must pass
COLUMNS = [
    ("glide", "glide", 1, 2, lambda v: v <= 0.3),
    ("cm/s", "glide_speed", 100, 0, lambda v: v <= 0.3),
    ("any glide", "glide_any", 1, 2, None),
    ("swing cm", "swing_height", 100, 1, lambda v: 0.035 <= v <= 0.09),
    ("planted", "planted", 1, 2, lambda v: v >= 0.75),
    ("m/s", "magnitude", 1, 2, lambda v: 0.45 <= v <= 1.1),
    ("rep. 5 cm", "repetition_5cm", 1, 2, None),
    ("but returns", "repetition_5cm_but_returns", 1, 2, lambda v: v <= 0.5),
    ("jerk peak", "jerk_peak", 1, 1, lambda v: v <= 9),
    ("freeze %", "freeze", 100, 1, lambda v: v < 0.01),
    ("skate", "foot_skate", 1, 2, None),
    ("jitter mm", "jitter", 1000, 1, None),
    ("BAS excess", "bas_excess", 1, 2, lambda v: v >= 0.15),
]
BARS = (
    "Bars of a style: glide at most 0.30 (mean of the styles 0.20) at 30 cm/s, swing 3.5 to 9 cm, planted at "
    "least 0.75, 0.45 to 1.1 m/s, repetition at 5 cm but for returning sections at most 0.50 (mean 0.30), "
    "jerk peak at most 9, freeze under 1 %, BAS excess at least 0.15. A figure that misses its bar is bold."
)


def means(rows):
    """{key: mean over the rows that have it}."""
    out = {}
    for _, key, *_ in COLUMNS:
        values = [row[key] for row in rows if key in row]
        out[key] = statistics.fmean(values) if values else None
    return out


def line(name, rows, barred, more=()):
    values = means(rows)
    cells = [
        cell(v, scale, digits, barred and v is not None and test is not None and not test(v))
        for (_, key, scale, digits, test) in COLUMNS
        for v in [values[key]]
    ]
    seconds = sum(row["seconds"] for row in rows)
    return [name, str(len(rows)), f"{seconds:.0f}", *cells, *more]


def moved_cm(raw, cleaned):
    """Mean over joints and usable frames of how far the clean-up moved them, centimetres."""
    (a, bad), (b, _) = joints_of(raw), joints_of(cleaned)
    return 100 * np.linalg.norm(a - b, axis=-1)[~bad].mean()


def real_table(raw, cleaned, rows):
    """raw, cleaned: [(entry, path)]; rows: {path: figures}, without clips that are too short."""
    groups = {}
    for (entry, before), (_, after) in zip(raw, cleaned):
        if before in rows and after in rows:
            groups.setdefault(group_of(entry), []).append((before, after))
    lines = []
    for name, paths in groups.items():
        moved = statistics.fmean(moved_cm(*pair) for pair in paths)
        lines.append(line(name, [rows[a] for a, _ in paths], False, ["-"]))
        lines.append(line(f"{name}, cleaned", [rows[b] for _, b in paths], False, [f"{moved:.1f}"]))
    return table(["real", "clips", "s", *(c[0] for c in COLUMNS), "moved cm"], lines)


def style_table(name, rows, styles):
    """rows: figures by dance, whose name is SONG-STYLE-SEED."""
    by_style = {s: [r for r in rows if r["name"].rsplit("-", 2)[1] == s] for s in styles}
    every = [row for style, found in by_style.items() if style != "auto" for row in found]
    lines = [line(style, found, True) for style, found in by_style.items() if found]
    lines.append(line("all styles", every, False))
    return table([name, "dances", "s", *(c[0] for c in COLUMNS)], lines)


def arguments():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("out", type=pathlib.Path, metavar="OUT")
    ap.add_argument("songs", type=pathlib.Path, nargs="*", metavar="SONG")
    ap.add_argument("--generator", action="append", default=[], help='NAME="arguments of terpsi dance"')
    ap.add_argument("--packs", help="folders, separated by commas")
    ap.add_argument("--seeds", default="1")
    ap.add_argument("--styles", help="separated by commas")
    ap.add_argument("--terpsi", default="build/terpsi")
    ap.add_argument("--models", type=pathlib.Path, default=MODELS)
    ap.add_argument("--again", default="", help="generators whose dances are made again")
    ap.add_argument("-o", "--output", type=pathlib.Path)
    args = ap.parse_args()
    data = pathlib.Path(os.environ.get("TERPSI_DATA", "."))
    args.packs = args.packs.split(",") if args.packs else [data / p for p in ("open", "open2", "open3")]
    args.again = set(filter(None, args.again.split(",")))
    args.generators = dict(map(words_of, args.generator))
    if args.generators and not args.songs:
        ap.error("dances need songs")
    return args


def main():
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    raw, cleaned = (clips_of(args.terpsi, args.packs, args.out, clean) for clean in (False, True))
    for song in args.songs:
        if not (args.out / f"{song.stem}.sections").exists():
            write_song_notes(args.terpsi, song, args.out)
    styles = args.styles.split(",") if args.styles else []
    for words in args.generators.values():
        styles = styles or [*styles_of(words, args.models), "auto"]
    todo = [(song, style, seed) for song in args.songs for style in styles for seed in args.seeds.split(",")]
    for name, words in args.generators.items():
        dance(args, name, words, todo, ".bvh")
    folders = sorted({path.parent for _, path in raw + cleaned})
    sets = {folder.name: folder for folder in folders} | {name: args.out / name for name in args.generators}
    measured = {entry["name"]: entry["rows"] for entry in evaluate_sets(args, sets)["sets"]}
    real = {f / f"{row['name']}.npz": row for f in folders for row in measured[f.name]}

    made_by = " ".join(f'--generator "{n}={shown(w)}"' for n, w in args.generators.items())
    parts = [
        "# Feet and variety",
        "Written by `tools/eval/feet.py`; what the figures mean: [evaluation.md](../evaluation.md).",
        f"Commit {git_commit()}, `tools/eval/feet.py OUT {' '.join(s.name for s in args.songs)} "
        f"--seeds {args.seeds} {made_by}`. Means over clips or dances. Cleaned: `terpsi retarget "
        "--lock-feet`, which moved the joints by the mean distance in the last column.",
        real_table(raw, cleaned, real),
        BARS,
        *(style_table(name, measured[name], styles) for name in args.generators),
    ]
    text = "\n\n".join(parts) + "\n"
    if args.output:
        args.output.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
