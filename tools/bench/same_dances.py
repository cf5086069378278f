#!/usr/bin/env python3
"""Are the dances of two builds the same, byte for byte? Run it before and after a change that must not alter
any dance.

    same_dances.py record SONG... --terpsi build/terpsi --out before.json      one SHA-256 for each dance
    same_dances.py compare before.json after.json                              exit code 1 where they differ

Dances: every song x seeds 1, 2, 3 x student, teacher and gan (.dance), constraints of three kinds, a troupe
of three in canon, styles by section; BVH, GLB and JSON of one dance for each song. One thread, --to SECONDS
of each song.
"""

import argparse
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

SEEDS = (1, 2, 3)
MODELS = ("student", "teacher", "gan")


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def constraints(first):
    return {
        "terpsi_constraints": 1,
        "keyframes": [
            {"time": 8.0, "pose_from": {"dance": first, "time": 5.0}},
            {"time": 12.5, "part": "upper", "pose_from": {"dance": first, "time": 7.3}},
        ],
        "keep": [{"from": 15, "to": 18, "part": "arms", "dance": first}],
        "path": [{"time": 20, "x": 0, "z": 0}, {"time": 22, "x": 0.5, "z": 0.2, "yaw": 90}],
    }


def cases(folder):
    """(name, options, extension) of every dance of a song; constraints refer to the first."""
    for model in MODELS:
        for seed in SEEDS:
            yield f"{model}-{seed}", ["--model", model, "--seed", str(seed)], "dance"
    demands = folder / "constraints.json"
    demands.write_text(json.dumps(constraints(str(folder / "student-1.dance"))))
    for seed in SEEDS:
        yield f"constraints-{seed}", ["--seed", str(seed), "--constraints", str(demands)], "dance"
        yield f"troupe-{seed}", ["--seed", str(seed), "--dancers", "3", "--formation", "canon"], "dance"
    yield "constraints-teacher", ["--model", "teacher", "--constraints", str(demands)], "dance"
    yield "sections", ["--section-styles", "A=house,1=salsa", "--variation", "0.8"], "dance"
    yield "candidates", ["--candidates", "3", "--seed", "5"], "dance"
    for extension in ("bvh", "glb", "json"):
        yield f"export-{extension}", ["--style", "hiphop"], extension


def record(args):
    sums = {}
    for song in args.songs:
        with tempfile.TemporaryDirectory() as temporary:
            folder = pathlib.Path(temporary)
            for name, options, extension in cases(folder):
                out = folder / f"{name}.{extension}"
                command = [
                    args.terpsi,
                    "dance",
                    str(song),
                    "-o",
                    str(out),
                    "-q",
                    "--threads",
                    "1",
                    "--to",
                    str(args.to),
                    *options,
                ]
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                if done.returncode not in (0, 6):
                    sys.exit(f"{' '.join(command)}\n{done.stderr}")
                for file in sorted(folder.glob(f"{name}*.{extension}")):
                    sums[f"{song.stem}/{file.name}"] = sha256(file)
        print(f"{song.stem}: {len(sums)} files so far", file=sys.stderr)
    args.out.write_text(json.dumps(sums, indent=1) + "\n")


def compare(args):
    before, after = (json.loads(path.read_text()) for path in (args.before, args.after))
    differ = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    for name in differ:
        print(f"differs: {name}")
    print(f"{len(before)} dances before, {len(after)} after, {len(differ)} differ")
    return 1 if differ or not before else 0


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("record")
    command.add_argument("songs", nargs="+", type=pathlib.Path)
    command.add_argument("--terpsi", default="build/terpsi")
    command.add_argument("--to", type=float, default=60, help="seconds of each song")
    command.add_argument("--out", type=pathlib.Path, required=True)
    command.set_defaults(run=record)
    command = commands.add_parser("compare")
    command.add_argument("before", type=pathlib.Path)
    command.add_argument("after", type=pathlib.Path)
    command.set_defaults(run=compare)
    args = parser.parse_args()
    return args.run(args)


if __name__ == "__main__":
    sys.exit(main())
