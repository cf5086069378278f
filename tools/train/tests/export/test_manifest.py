import json
import pathlib

import pytest

from terpsi_train.models.registry import REGISTRY, ROWS

manifest = pytest.importorskip("terpsi_train.export.manifest", reason="onnx is missing")

MODELS = pathlib.Path(__file__).resolve().parents[4] / "models"


def test_entries_replace_their_like(tmp_path):
    (tmp_path / "manifest.json").write_text(
        '{"manifest_version":1,"models":[{"name":"m"}],"recognisers":[{"name":"r"}]}'
    )
    (tmp_path / "x.onnx").write_bytes(b"abc")
    genre = REGISTRY["genre_ballroom"]
    entry = manifest.described(genre, tmp_path / "x.onnx")
    manifest.enter(tmp_path, genre, entry)
    manifest.enter(tmp_path, genre, {"name": "y"})
    manifest.enter(tmp_path, genre, {**entry, "window": 30})
    kept = json.loads((tmp_path / "manifest.json").read_text())
    assert [e["name"] for e in kept["genres"]] == ["x", "y"]
    assert kept["genres"][0]["window"] == 30 and kept["genres"][0]["bytes"] == 3
    assert kept["models"] == [{"name": "m"}] and kept["recognisers"] == [{"name": "r"}]


def test_the_default_comes_first(tmp_path):
    for row in reversed(ROWS):
        licence = manifest.RESEARCH if row.name == "teacher" else "MIT"
        manifest.enter(tmp_path, row, {"name": row.name, "role": row.role, "licence": licence})
    kept = json.loads((tmp_path / "manifest.json").read_text())
    assert [m["name"] for m in kept["models"]] == ["student", "gan", "teacher"]
    assert kept["listeners"][0]["name"] == "listener"


def test_the_shipped_manifest_is_what_the_writer_writes():
    text = (MODELS / "manifest.json").read_text()
    shipped = json.loads(text)
    assert manifest.text_of(shipped) == text
    for key in ("models", "listeners"):
        assert shipped[key] == sorted(shipped[key], key=manifest.rank)
        for entry in shipped[key]:
            row = next(r for r in ROWS if r.role == entry["role"])
            assert row.labels().items() <= entry.items()


def test_the_shipped_student_is_small_enough():
    shipped = json.loads((MODELS / "manifest.json").read_text())
    student = next(m for m in shipped["models"] if m["name"] == "student")
    assert student["bytes"] <= 6_500_000
    assert (MODELS / student["file"]).stat().st_size == student["bytes"]
    assert (MODELS / student["card"]).exists()
