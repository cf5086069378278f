"""Dances of generators (arguments of `terpsi dance`), made, kept and measured. `args` has out (folder),
terpsi (the program), models (folder) and again (names of generators whose dances are made again)."""

import hashlib
import json
import pathlib
import resource
import shlex
import subprocess
import sys
import time

from common import copy_song_notes, run

MODELS = pathlib.Path(__file__).resolve().parents[2] / "models"


def without_program(args, words):
    """(program, words for `terpsi dance`)."""
    program = option(words, "--program")
    if not program:
        return args.terpsi, words
    at = words.index("--program")
    return program, words[:at] + words[at + 2 :]


def shown(words):
    """Arguments for a heading: files by their names only."""
    return shlex.join(w.rsplit("/", 1)[-1] if "/" in w else w for w in words)


def words_of(generator):
    name, equals, words = generator.partition("=")
    if not equals or not name.replace("-", "").replace("_", "").replace(" ", "").isalnum():
        sys.exit(f'--generator {generator}: give NAME="arguments of terpsi dance"')
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


def dance(args, name, words, todo, ending=".dance"):
    """Makes what is missing of a generator's dances, files SONG-STYLE-SEED of that ending: .dance, or .bvh,
    which is exact to 1 um where a .dance rounds. Returns {dance: times it took}."""
    folder = args.out / name
    folder.mkdir(parents=True, exist_ok=True)
    notes_file = folder / "made.json"
    notes = json.loads(notes_file.read_text()) if notes_file.exists() else {}
    key, wanted = stamp(words, args.models), set()
    program, words = without_program(args, words)
    built, older = pathlib.Path(program).stat().st_mtime, 0
    for song, style, seed in todo:
        target = folder / f"{song.stem}-{style}-{seed}{ending}"
        wanted.add(target.stem)
        copy_song_notes(args.out, song, target)
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
    for path in folder.iterdir():  # dances of another plan do not count
        if path.suffix in (ending, ".beats", ".sections") and path.stem not in wanted:
            path.unlink()
    if older:
        print(
            f"{name}: {older} dances are older than the program; --again {name} makes them again",
            file=sys.stderr,
        )
    return notes


def evaluate_sets(args, folders, more=()):
    """The JSON of `terpsi evaluate` of all sets. folders: {set: folder}; more: arguments."""
    evaluation = args.out / "evaluation.json"
    sets = [word for name, folder in folders.items() for word in ("--set", f"{name}={folder}")]
    run([args.terpsi, "evaluate", *sets, *more, "--models", args.models, "--json", evaluation])
    return json.loads(evaluation.read_text())


def git_commit():
    command = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=MODELS.parent)
    return done.stdout.strip()
