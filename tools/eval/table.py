#!/usr/bin/env python3
"""One table for any set of generators: real clips first, then dances of every generator to the same songs
with the same seeds.

    table.py SONGS PACK OUT --generator graph="--model graph --corpus C.npz" --generator student="..." ...
             [--terpsi build/terpsi] [--seeds 1,2,3] [--songs N] [--models FOLDER] [--again NAME,...]
             [-o table.md]

SONGS is a folder of songs, PACK the folder of real clips (manifest.json, clips/). The text after NAME= is
given to `terpsi dance`; --program FILE in it names another build of the program to dance with (an earlier
generator as it was). Dances are kept in OUT/NAME and made again only if their arguments, the weights or a
file named in the arguments changed, or with --again (needed where the program itself changed: a note says
so). Measured by one `terpsi evaluate --set ...`.

Styles: song k (by name) and seed s of S (from 0) make dance n = S k + s, whose style is number n mod N of the
first generator's N styles by name: every generator dances the same songs in the same styles, and all styles
evenly. Rows are means over styles, so that styles with many clips or dances do not outweigh others; FID, Div
and smoothness are of all dances together.
"""

import argparse
import json
import pathlib
import statistics

from generators import MODELS, dance, evaluate_sets, git_commit, manifest_of, shown, styles_of, words_of
from table_layout import CLEANED, RAW, figures, report

from common import annotation_of, retargeted, songs_in, write_song_notes


def plan(songs, seeds, styles):
    """[(song, style, seed)], see the head of this file."""
    return [
        (song, styles[(len(seeds) * k + s) % len(styles)], seed)
        for k, song in enumerate(songs)
        for s, seed in enumerate(seeds)
    ]


def arguments():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("songs_folder", type=pathlib.Path, metavar="SONGS")
    ap.add_argument("pack", type=pathlib.Path, metavar="PACK")
    ap.add_argument("out", type=pathlib.Path, metavar="OUT")
    ap.add_argument("--generator", action="append", default=[], help='NAME="arguments of terpsi dance"')
    ap.add_argument("--terpsi", default="build/terpsi")
    ap.add_argument("--seeds", default="1,2,3")
    ap.add_argument("--songs", type=int, help="only the first so many")
    ap.add_argument("--models", type=pathlib.Path, default=MODELS, help="folder of generators that name none")
    ap.add_argument("--again", default="", help="generators whose dances are made again; real: the clips")
    ap.add_argument("--base", default="teacher", help="row that the second table compares with")
    ap.add_argument("-o", "--output", type=pathlib.Path)
    args = ap.parse_args()
    args.again = set(filter(None, args.again.split(",")))
    args.generators = dict(map(words_of, args.generator))
    if len(args.generators) != len(args.generator) or {RAW, CLEANED} & set(args.generators):
        ap.error("every generator needs a name of its own")
    return args


def real_clips(args):
    """{set: folder} of the clips of the pack on our skeleton; writes their styles to OUT/styles.json."""
    real = {RAW: args.out / "real_raw", CLEANED: args.out / "real_cleaned"}
    styles = {}
    for name, folder in real.items():
        if "real" in args.again:
            for npz in folder.glob("*.npz"):
                npz.unlink()
        styles = retargeted(args.terpsi, args.pack, folder, name == CLEANED)
    (args.out / "styles.json").write_text(json.dumps(styles, indent=1))
    return real


def rows_of(measured, exact, held_out, notes):
    """Figures by set. exact: names of songs whose beats are annotated; notes: times of dances by
    generator."""
    rows, reference = {}, measured["reference"]
    for entry in measured["sets"]:
        name = entry["name"]
        row = rows[name] = figures(entry, exact, held_out)
        if name in (RAW, CLEANED):  # the recogniser learned from these clips, and a clip is no news to itself
            row["style_accuracy"], row["style_of_held_out"] = held_out, None
        if name == CLEANED:
            row["novelty"] = reference.get("novelty")
            row["fid_k"], row["fid_g"] = reference.get("fid_k_halves"), reference.get("fid_g_halves")
            row["div_k"], row["div_g"] = reference.get("div_k"), reference.get("div_g")
        if name in notes:
            walls = [notes[name][r["name"]]["wall_s"] for r in entry["rows"]]
            row["speed"] = sum(r["seconds"] for r in entry["rows"]) / sum(walls)
    for row in rows.values():
        row["jitter_ratio"] = row["jitter"] / rows[CLEANED]["jitter"]
    return rows


def how_it_was_made(args, songs, seeds, styles, exact, segment):
    """The head of the report."""
    made_by = " ".join(f'--generator "{n}={shown(w)}"' for n, w in args.generators.items())
    limit = f" `--songs {args.songs}`" if args.songs else ""
    return (
        f"Commit {git_commit()}, `tools/eval/table.py SONGS PACK OUT --seeds {args.seeds} "
        f"{made_by}`{limit}.\n"
        f"{len(songs)} songs in full, seeds {args.seeds}; song k, seed number s: style number ({len(seeds)} "
        "k + s) "
        f"mod {len(styles)} of {', '.join(styles)}. Beats: annotated for {', '.join(exact) or 'no song'}, "
        "heard by "
        "the program for the others; real clips: the grid of the known tempo. All but FID, Div and "
        "smoothness: means "
        "over styles. Real: style accuracy is of dancers (or clips) the recogniser had not seen, FID between "
        "two "
        "halves of the clips, novelty of each clip against the others. FID, Div: "
        f"{segment:g} s segments against real, cleaned. x real time: the whole command, song reading and "
        "model "
        "loading included."
    )


def main():
    args = arguments()
    songs, seeds = songs_in(args.songs_folder)[: args.songs], args.seeds.split(",")
    args.out.mkdir(parents=True, exist_ok=True)
    real = real_clips(args)
    for song in songs:
        if not (args.out / f"{song.stem}.sections").exists():
            write_song_notes(args.terpsi, song, args.out)
    styles = styles_of(next(iter(args.generators.values()), []), args.models)
    todo = plan(songs, seeds, styles)
    notes = {name: dance(args, name, words, todo) for name, words in args.generators.items()}
    folders = real | {name: args.out / name for name in args.generators}
    reference = ["--reference", folders[CLEANED], "--reference-styles", args.out / "styles.json"]
    measured = evaluate_sets(args, folders, reference)

    recogniser = (manifest_of(args.models).get("recognisers") or [{}])[0]
    accuracies = recogniser.get("held_out", {}).get("styles", [])
    held_out_styles = dict(zip(recogniser.get("styles", []), accuracies))
    held_out = statistics.fmean(held_out_styles.values()) if held_out_styles else None
    exact = [s.stem for s in songs if annotation_of(s)]
    rows = rows_of(measured, exact, held_out, notes)
    counts = {entry["name"]: entry["dances"] for entry in measured["sets"]}
    head = how_it_was_made(args, songs, seeds, styles, exact, measured["segment_s"])
    text = report(measured["sets"], rows, counts, args.base, held_out_styles, head)
    if args.output:
        args.output.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
