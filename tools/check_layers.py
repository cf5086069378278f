#!/usr/bin/env python3
"""Proves that dependencies between the rooms of the C++ code run one way: a file includes its own room and
rooms above it in the list below, never one further down. Exit code 1 with every include that breaks the
order, and with rooms that the list does not know.

    tools/check_layers.py [--graph]      --graph prints which rooms each room uses
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROOMS = [  # each may use those before it
    "core/base",
    "core/audio",
    "core/audio/hear",
    "core/audio/count",
    "core/audio/describe",
    "core/audio/live",
    "core/synth",
    "core/score",
    "core/motion",
    "core/measure",
    "core/manifest",
    "core/generate/plan",
    "core/generate/sample",
    "core/generate/graph",
    "core/generate/finish",
    "core/generate/choose",
    "core/generate/constrain",
    "core/format",
    "core/picture",
    "native/io",
    "native/http",
    "native/decode",
    "native/networks",
    "native/pipeline",
    "native/evaluate",
    "native/store",
    "native/queue",
    "native/cluster",
    "native/server",
    "native/cli",
    "native",
    "wasm/view",
    "wasm",
]
# Rooms that must not know each other although the order would allow it.
STRANGERS = [
    ("core/format", "core/generate"),
    ("core/motion", "core/audio"),
    ("native/http", "core/generate"),
    ("wasm", "native"),
]


def includes(path):
    """The headers of ours that a file includes, relative to the root."""
    for name in re.findall(r'^#include "([^"]+)"', path.read_text(), re.MULTILINE):
        for base in (ROOT / "core", ROOT, path.parent):
            if (base / name).is_file():
                yield (base / name).resolve().relative_to(ROOT)
                break
        else:
            if not name.startswith("generated/"):
                yield pathlib.Path("nowhere") / name


def main():
    order = {room: i for i, room in enumerate(ROOMS)}
    uses = {room: set() for room in ROOMS}
    wrong = []
    files = sorted(
        p for top in ("core", "native", "wasm") for p in (ROOT / top).rglob("*") if p.suffix in (".h", ".cpp")
    )
    for file in files:
        path = file.relative_to(ROOT)
        room = str(path.parent)
        if room not in order:
            wrong.append(f"{path}: the room {room} is not in the list of tools/check_layers.py")
            continue
        for header in includes(file):
            other = str(header.parent)
            uses[room].add(other)
            if order.get(other, len(ROOMS)) > order[room]:
                wrong.append(f"{path} includes {header}: {room} must not use {other}")
            for here, there in STRANGERS:
                if room.startswith(here) and str(header).startswith(there):
                    wrong.append(f"{path} includes {header}: {here} and {there} do not know each other")
    if "--graph" in sys.argv:
        for room in ROOMS:
            print(f"{room}: {', '.join(sorted(uses[room] - {room}, key=order.get)) or '-'}")
    for line in wrong:
        print(line)
    print(f"{len(files)} files in {len(ROOMS)} rooms, {len(wrong)} includes against the order")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main())
