#!/usr/bin/env python3
"""Holds documents to what is there: links between documents and to files exist, and every [Author year] key
that code and documents use stands in docs/references.md. Exit code 1 with every line that is wrong.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
KEY = re.compile(r"\[([A-Z][A-Za-z]+ (?:19|20)\d\d)\]")
LINK = re.compile(r"\]\(([^)\s]+)\)")
PATH = re.compile(r"`((?:core|native|wasm|web|tools|tests|models|docs|cmake|shaders)/[\w./-]+\.\w+)`")
MADE = ("web/dist", "web/public", "models/X", "core/x", "tests/core/x")  # by the build, or stand for any name


def main():
    names = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    texts = [
        n for n in names if n.endswith((".md", ".h", ".cpp", ".py", ".ts", ".glsl")) and (ROOT / n).is_file()
    ]
    keys = set(KEY.findall((ROOT / "docs/references.md").read_text()))
    wrong = []
    for name in texts:
        file = ROOT / name
        for number, line in enumerate(file.read_text().splitlines(), 1):
            for key in KEY.findall(line):
                if key not in keys:
                    wrong.append(f"{name}:{number}: [{key}] is not in docs/references.md")
            if not name.endswith(".md"):
                continue
            for link in LINK.findall(line):
                target = link.split("#")[0]
                if target and "://" not in target and not (file.parent / target).exists():
                    wrong.append(f"{name}:{number}: there is no {link}")
            for path in PATH.findall(line):
                if (
                    not path.startswith(MADE)
                    and not (ROOT / path).exists()
                    and not list(ROOT.glob(f"**/{path}"))
                ):
                    wrong.append(f"{name}:{number}: there is no {path}")
    for line in wrong:
        print(line)
    print(f"{len(texts)} files, {len(keys)} references, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
