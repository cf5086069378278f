#!/usr/bin/env python3
"""One table for any set of generators: real clips first, then dances of every generator to the same songs with the same seeds.

    table.py SONGS PACK OUT --generator graph="--model graph --corpus C.npz" --generator student="--model student" ...
             [--terpsi build/terpsi] [--seeds 1,2,3] [--songs N] [--models FOLDER] [--again NAME,...] [-o table.md]

SONGS is a folder of songs, PACK the folder of real clips (manifest.json, clips/). The text after NAME= is given to `terpsi dance`;
--program FILE in it names another build of the program to dance with (an earlier generator as it was).
Dances are kept in OUT/NAME and made again only if their arguments, the weights or a file named in the arguments changed, or with --again
(needed where the program itself changed: a note says so). Measured by one `terpsi evaluate --set ...`; this file only lays out.

Styles: song k (by name) and seed s of S (from 0) make dance n = S k + s, whose style is number n mod N of the first generator's N styles by
name: every generator dances the same songs in the same styles, and all styles evenly. Rows are means over styles, so that
styles with many clips or dances do not outweigh others; FID, Div and smoothness are of all dances together.
"""
import argparse
import hashlib
import json
import pathlib
import resource
import shlex
import statistics
import subprocess
import sys
import time

from common import annotation_of, retargeted, run, songs_in, table, write_song_beats

RAW, CLEANED = "real, raw", "real, cleaned"
MODELS = pathlib.Path(__file__).resolve().parents[2] / "models"

# heading, key, scale, digits, which way is better ("+", "-", "1": nearer to 1, "": neither)
COLUMNS = [
    ("BAS", "bas", 1, 3, "+"),
    ("chance", "bas_chance", 1, 3, ""),
    ("excess", "bas_excess", 1, 3, "+"),
    ("BAS annot.", "bas_exact", 1, 3, "+"),
    ("excess annot.", "bas_excess_exact", 1, 3, "+"),
    ("beat F1", "beat_f1", 1, 3, "+"),
    ("skate", "foot_skate", 1, 3, "-"),
    ("skate ref", "foot_skate_ref", 1, 3, "-"),
    ("contact", "contact", 1, 2, ""),
    ("PFC", "pfc", 1, 2, "-"),
    ("freeze %", "freeze", 100, 1, "-"),
    ("magn. ratio", "magnitude_ratio", 1, 2, "1"),
    ("jitter mm", "jitter", 1000, 2, "-"),
    ("jitter ratio", "jitter_ratio", 1, 2, "-"),
    ("style acc. %", "style_accuracy", 100, 0, "+"),
    ("of held-out %", "style_of_held_out", 100, 0, "+"),
    ("FID_k", "fid_k", 1, 1, "-"),
    ("FID_g", "fid_g", 1, 1, "-"),
    ("Div_k", "div_k", 1, 2, "+"),
    ("ratio", "div_k_ratio", 1, 2, "+"),
    ("Div_g", "div_g", 1, 2, "+"),
    ("repetition", "repetition", 1, 2, "-"),
    ("novelty cm", "novelty", 100, 1, "+"),
    ("floating cm", "floating", 100, 1, "-"),
    ("penetr. mm", "penetration", 1000, 1, "-"),
    ("joint limits %", "joint_limits", 100, 2, "-"),
    ("smoothness", "smoothness_index", 1, 0, "+"),
    ("x real time", "speed", 1, 0, "+"),
]
# What a difference is at least divided by in the second table, where a base near 0 would make per cents meaningless.
LEAST = {"foot_skate": 0.02, "foot_skate_ref": 0.02, "freeze": 0.01, "pfc": 0.1, "floating": 0.01, "penetration": 0.001, "joint_limits": 0.01}
OF_SETS = {"fid_k", "fid_g", "div_k", "div_k_ratio", "div_g", "smoothness_index"}
BAR = "Bars: BAS at least 0.35 and 0.12 above chance, skate at most 0.05, PFC at most that of real cleaned, freeze under 1 %, magnitude 0.85 to " \
      "1.2, jitter at most 1.2 x real cleaned, style accuracy at least 80 % of held-out real, Div_k at least 0.8 of real, FID_k and FID_g " \
      "below the graph's. A figure that misses its bar is in bold."


def bars(rows):
    """key -> test; those that compare with a row exist only where that row does."""
    tests = {
        "bas": lambda v: v >= 0.35, "bas_excess": lambda v: v >= 0.12, "bas_exact": lambda v: v >= 0.35,
        "bas_excess_exact": lambda v: v >= 0.12, "foot_skate": lambda v: v <= 0.05, "freeze": lambda v: v < 0.01,
        "magnitude_ratio": lambda v: 0.85 <= v <= 1.2, "jitter_ratio": lambda v: v <= 1.2, "style_of_held_out": lambda v: v >= 0.8,
        "div_k_ratio": lambda v: v >= 0.8}
    if CLEANED in rows:
        tests["pfc"] = lambda v: v <= rows[CLEANED]["pfc"]
    if "graph" in rows:
        for key in ("fid_k", "fid_g"):
            tests[key] = lambda v, limit=rows["graph"][key]: v <= limit
    return tests


def without_program(args, words):
    """(program, words for `terpsi dance`)."""
    program = option(words, "--program")
    if not program:
        return args.terpsi, words
    at = words.index("--program")
    return program, words[:at] + words[at + 2:]


def shown(words):
    """Arguments for a heading: files by their names only."""
    return shlex.join(w.rsplit("/", 1)[-1] if "/" in w else w for w in words)


def words_of(generator):
    name, equals, words = generator.partition("=")
    if not equals or not name.replace("-", "").replace("_", "").replace(" ", "").isalnum():
        sys.exit(f"--generator {generator}: give NAME=\"arguments of terpsi dance\"")
    return name, shlex.split(words)


def option(words, name):
    return words[words.index(name) + 1] if name in words[:-1] else ""


def manifest_of(folder):
    return json.loads((pathlib.Path(folder) / "manifest.json").read_text())


def stamp(words, models):
    """What a generator's dances depend on besides song, style and seed."""
    parts = list(words)
    for word in words:
        path = pathlib.Path(word)
        if path.is_file():
            about = path.stat()
            parts.append(f"{about.st_size} {about.st_mtime_ns}")
    folder, wanted = option(words, "--models") or models, option(words, "--model")
    listed = manifest_of(folder)["models"]
    parts += [json.dumps(m, sort_keys=True) for m in listed if m["name"] == (wanted or listed[0]["name"])]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def styles_of(words, models):
    listed = manifest_of(option(words, "--models") or models)["models"]
    chosen = [m for m in listed if m["name"] == option(words, "--model")] or listed[:1]
    return sorted(s["name"] for s in chosen[0]["styles"])


def timed(command):
    """Wall and CPU seconds of a command."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\nexit code {done.returncode}: {done.stderr.strip()}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def plan(songs, seeds, styles):
    """[(song, style, seed)], see the head of this file."""
    return [(song, styles[(len(seeds) * k + s) % len(styles)], seed) for k, song in enumerate(songs) for s, seed in enumerate(seeds)]


def dance(args, name, words, todo, beats):
    """Makes what is missing of a generator's dances. Returns {dance: times it took}."""
    folder = args.out / name
    folder.mkdir(parents=True, exist_ok=True)
    notes_file = folder / "made.json"
    notes = json.loads(notes_file.read_text()) if notes_file.exists() else {}
    key, wanted = stamp(words, args.models), set()
    program, words = without_program(args, words)
    built, older = pathlib.Path(program).stat().st_mtime, 0
    for song, style, seed in todo:
        target = folder / f"{song.stem}-{style}-{seed}.dance"
        wanted.add(target.stem)
        target.with_suffix(".beats").write_text(beats[song].read_text())
        note = notes.get(target.stem, {})
        if target.exists() and note.get("stamp") == key and name not in args.again:
            older += target.stat().st_mtime < built
            continue
        command = [program, "dance", song, "-o", target, "--style", style, "--seed", seed, "-q", *words]
        if "--models" not in words:
            command += ["--models", args.models]
        wall, cpu = timed(command)
        notes[target.stem] = {"stamp": key, "wall_s": round(wall, 3), "cpu_s": round(cpu, 3)}
        notes_file.write_text(json.dumps(notes, indent=1))
        print(f"{name}: {target.stem} {wall:.1f} s", file=sys.stderr)
    for path in folder.iterdir():                               # dances of another plan do not count
        if path.suffix in (".dance", ".beats") and path.stem not in wanted:
            path.unlink()
    if older:
        print(f"{name}: {older} dances are older than the program; --again {name} makes them again", file=sys.stderr)
    return notes


def by_style(rows, key):
    """Mean over the styles of the mean over a style's rows, None without any. Longer clips count for more within a style."""
    styles = {}
    for row in rows:
        if row.get(key) is not None:
            styles.setdefault(row.get("style", ""), []).append((row[key], row["seconds"]))
    if not styles:
        return None
    return statistics.fmean(sum(v * w for v, w in values) / sum(w for _, w in values) for values in styles.values())


def figures(entry, exact, held_out):
    """One row of the table from one set of the evaluation. exact: names of songs whose beats are annotated."""
    rows = entry["rows"]
    for row in rows:
        if any(row["name"].startswith(song + "-") for song in exact):
            row["bas_exact"], row["bas_excess_exact"] = row.get("bas"), row.get("bas_excess")
    out = {key: entry.get(key) if key in OF_SETS else by_style(rows, key) for _, key, *_ in COLUMNS}
    if out["style_accuracy"] is not None and held_out:
        out["style_of_held_out"] = out["style_accuracy"] / held_out
    return out


def cell(value, scale, digits, bold=False):
    if value is None:
        return "-"
    shown = f"{value * scale:.{digits}f}"
    return f"**{shown}**" if bold else shown


def first_table(rows, counts):
    tests = bars(rows)
    lines = []
    for name, values in rows.items():
        real = name in (RAW, CLEANED)
        cells = [cell(values[key], scale, digits, not real and key in tests and values[key] is not None and not tests[key](values[key]))
                 for _, key, scale, digits, _ in COLUMNS]
        lines.append([name, str(counts[name]), *cells])
    return table(["", "clips", *(c[0] for c in COLUMNS)], lines)


def against(value, base, better, least=0):
    """Per cent by which a value is better (+) or worse (-) than the base; None where that has no meaning."""
    if value is None or base is None:
        return None
    if better == "1":
        return 100 * (abs(base - 1) - abs(value - 1))
    if not max(abs(base), least):
        return None
    change = 100 * (value - base) / max(abs(base), least)
    return -change if better == "-" else change


def second_table(rows, base):
    columns = [c for c in COLUMNS if c[4]]
    lines = []
    for name, values in rows.items():
        if name in (RAW, CLEANED, base):
            continue
        cells = []
        for _, key, _, _, better in columns:
            percent = against(values[key], rows[base][key], better, LEAST.get(key, 0))
            cells.append("-" if percent is None else f"**{percent:+.0f}**" if percent < -15 else f"{round(percent):+d}")
        lines.append([name, *cells])
    return table(["", *(c[0] for c in columns)], lines)


def style_table(sets, held_out_styles, jitter):
    """Chief figures of every style and generator. jitter: of the cleaned clips by style."""
    styles = sorted({row["style"] for entry in sets for row in entry["rows"] if "style" in row})
    headings = ["style", "held-out real %"] + [e["name"] for e in sets]
    lines = []
    for style in styles:
        line = [style, cell(held_out_styles.get(style), 100, 0)]
        for entry in sets:
            rows = [r for r in entry["rows"] if r.get("style") == style]
            values = {key: by_style(rows, key) for key in ("style_accuracy", "bas", "foot_skate", "magnitude_ratio", "jitter")}
            values["jitter"] = values["jitter"] / jitter[style] if values["jitter"] and jitter.get(style) else None
            line.append(" / ".join(cell(values[key], scale, digits) for key, scale, digits in (
                ("style_accuracy", 100, 0), ("bas", 1, 2), ("foot_skate", 1, 3), ("magnitude_ratio", 1, 2), ("jitter", 1, 2))))
        lines.append(line)
    return table(headings, lines)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("songs_folder", type=pathlib.Path, metavar="SONGS")
    ap.add_argument("pack", type=pathlib.Path, metavar="PACK")
    ap.add_argument("out", type=pathlib.Path, metavar="OUT")
    ap.add_argument("--generator", action="append", default=[], help='NAME="arguments of terpsi dance"')
    ap.add_argument("--terpsi", default="build/terpsi")
    ap.add_argument("--seeds", default="1,2,3")
    ap.add_argument("--songs", type=int, help="only the first so many")
    ap.add_argument("--models", type=pathlib.Path, default=MODELS, help="models folder of generators that name none")
    ap.add_argument("--again", default="", help="generators whose dances are made again; real: the clips")
    ap.add_argument("--base", default="teacher", help="row that the second table compares with")
    ap.add_argument("-o", "--output", type=pathlib.Path)
    args = ap.parse_args()
    args.again = set(filter(None, args.again.split(",")))
    generators = dict(map(words_of, args.generator))
    if len(generators) != len(args.generator) or {RAW, CLEANED} & set(generators):
        ap.error("every generator needs a name of its own")
    songs, seeds = songs_in(args.songs_folder)[:args.songs], args.seeds.split(",")
    args.out.mkdir(parents=True, exist_ok=True)

    real = {RAW: args.out / "real_raw", CLEANED: args.out / "real_cleaned"}
    if "real" in args.again:
        for folder in real.values():
            for npz in folder.glob("*.npz"):
                npz.unlink()
    clip_styles = {}
    for name, folder in real.items():
        clip_styles = retargeted(args.terpsi, args.pack, folder, name == CLEANED)
    (args.out / "styles.json").write_text(json.dumps(clip_styles, indent=1))

    beats = {song: args.out / f"{song.stem}.beats" for song in songs}
    for song, path in beats.items():
        if not path.exists():
            write_song_beats(args.terpsi, song, path)
    styles = styles_of(next(iter(generators.values()), []), args.models)
    todo = plan(songs, seeds, styles)
    notes = {name: dance(args, name, words, todo, beats) for name, words in generators.items()}

    sets = [f"{name}={folder}" for name, folder in real.items()] + [f"{name}={args.out / name}" for name in generators]
    evaluation = args.out / "evaluation.json"
    command = [args.terpsi, "evaluate", *(word for s in sets for word in ("--set", s)), "--reference", real[CLEANED], "--reference-styles",
               args.out / "styles.json", "--models", args.models, "--json", evaluation]
    run(command)
    measured = json.loads(evaluation.read_text())

    recogniser = (manifest_of(args.models).get("recognisers") or [{}])[0]
    held_out_styles = dict(zip(recogniser.get("styles", []), recogniser.get("held_out", {}).get("styles", [])))
    held_out = statistics.fmean(held_out_styles.values()) if held_out_styles else None
    cleaned = next(e for e in measured["sets"] if e["name"] == CLEANED)
    cleaned_jitter = {s: by_style([r for r in cleaned["rows"] if r.get("style") == s], "jitter") for s in set(clip_styles.values())}
    exact = [s.stem for s in songs if annotation_of(s)]
    rows, counts = {}, {}
    for entry in measured["sets"]:
        name = entry["name"]
        rows[name], counts[name] = figures(entry, exact, held_out), entry["dances"]
        if name in real:    # the recogniser learned from these clips, and a clip is no news to itself
            rows[name]["style_accuracy"], rows[name]["style_of_held_out"] = held_out, None
        if name == CLEANED:
            reference = measured["reference"]
            rows[name]["novelty"] = reference.get("novelty")
            for key in ("fid_k", "fid_g"):
                rows[name][key] = reference.get(key + "_halves")
            rows[name]["div_k"], rows[name]["div_g"] = reference.get("div_k"), reference.get("div_g")
        if name in notes:
            mine = [notes[name][r["name"]] for r in entry["rows"]]
            rows[name]["speed"] = sum(r["seconds"] for r in entry["rows"]) / sum(n["wall_s"] for n in mine)

    for values in rows.values():
        values["jitter_ratio"] = values["jitter"] / rows[CLEANED]["jitter"]

    commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False,
                            cwd=MODELS.parent).stdout.strip()
    made_by = " ".join(f'--generator "{n}={shown(w)}"' for n, w in generators.items())
    text = "\n".join([
        f"Commit {commit}, `tools/eval/table.py SONGS PACK OUT --seeds {args.seeds} {made_by}`" + (f" `--songs {args.songs}`" if args.songs else "") + ".",
        f"{len(songs)} songs in full, seeds {args.seeds}; song k, seed number s: style number ({len(seeds)} k + s) mod {len(styles)} of "
        f"{', '.join(styles)}. Beats: annotated for {', '.join(exact) or 'no song'}, heard by the program for the others; real clips: the grid of "
        "the known tempo. All but FID, Div and smoothness: means over styles. Real: style accuracy is of dancers (or clips) the recogniser had not seen, FID between "
        f"two halves of the clips, novelty of each clip against the others. FID, Div: {measured['segment_s']:g} s segments against real, cleaned. x real "
        "time: the whole command, song reading and model loading included.",
        BAR, "", first_table(rows, counts), ""])
    if args.base in rows and len(generators) > 1:
        text += "\n".join(["", f"Against {args.base}, per cent better (+) or worse (-); magnitude ratio: hundredths nearer to 1; small values count as at "
                           f"least {', '.join(f'{c[0]} {LEAST[c[1]] * c[2]:g}' for c in COLUMNS if c[1] in LEAST)}. Worse by more than 15 in bold.", "",
                           second_table(rows, args.base), ""])
    chosen = [e for e in measured["sets"] if e["name"] != RAW]
    text += "\n".join(["", "Every style: style accuracy % / BAS / skate / magnitude ratio / jitter ratio.", "",
                       style_table(chosen, held_out_styles, cleaned_jitter), ""])
    if args.output:
        args.output.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
