"""Modules use only rooms that come before their own (terpsi_train/__init__.py)."""

import ast
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "terpsi_train"
ROOMS = "layout skeleton options drawing data models measures training export".split()


def imports(path):
    """Rooms that a module imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            package, *room = node.module.split(".")
            if package == "terpsi_train":
                yield from room[:1] or [alias.name for alias in node.names]


def test_rooms_use_only_those_before():
    for path in FOLDER.rglob("*.py"):
        own = path.relative_to(FOLDER).parts[0].removesuffix(".py")
        for other in imports(path):
            assert ROOMS.index(other) <= ROOMS.index(own), f"{path} uses {other}"
