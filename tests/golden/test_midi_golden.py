"""Scores as `terpsi analyze` reads them, beside mido, which shares no code with it."""

import json
import os
import pathlib
import subprocess

import numpy as np
import pytest

mido = pytest.importorskip("mido")

ROOT = pathlib.Path(__file__).resolve().parents[2]
TERPSI = pathlib.Path(os.environ.get("TERPSI_BIN", ROOT / "build/terpsi"))
CORPUS = sorted((ROOT / "tests/corpus/midi").glob("good_*.mid"))

needs_terpsi = pytest.mark.skipif(not TERPSI.exists(), reason="the executable is not built")


def analysed(path, folder):
    subprocess.run(
        [TERPSI, "analyze", path, "--json", folder / "a.json", "--npz", folder / "a.npz"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return json.loads((folder / "a.json").read_text()), np.load(folder / "a.npz")


def read(path):
    """Notes (start, end, pitch, velocity, program, channel) and tempo changes, seconds, by mido's own
    clock."""
    midi = mido.MidiFile(path)
    now, notes, tempi, sounding, programs = 0.0, [], [], {}, {}
    for message in midi:  # merged, times in seconds
        now += message.time
        if message.type == "set_tempo":
            tempi.append((now, 6e7 / message.tempo))
        if message.type == "program_change":
            programs[message.channel] = message.program
        if message.type not in ("note_on", "note_off"):
            continue
        key = (message.channel, message.note)
        if key in sounding:
            start, velocity, program = sounding.pop(key)
            notes.append((start, now, message.note, velocity, program, message.channel))
        if message.type == "note_on" and message.velocity > 0:
            program = -1 if message.channel == 9 else programs.get(message.channel, 0)
            sounding[key] = (now, message.velocity, program)
    return sorted(notes, key=lambda n: (n[0], n[5], n[2])), tempi


def same(path, folder):
    found, arrays = analysed(path, folder)
    notes, tempi = read(path)
    got = arrays["notes"]
    assert got.shape == (len(notes), 6)
    wanted = np.array(notes)
    columns = [0, 2, 3, 4, 5]
    pedal = "good_format1" in path.name  # held notes end later here: mido knows no pedal
    np.testing.assert_allclose(
        got[:, columns if pedal else slice(None)],
        wanted[:, columns if pedal else slice(None)],
        rtol=1e-6,
        atol=1e-5,
    )
    for time, bpm in tempi:
        assert any(
            abs(t["time"] - time) < 1e-4 and abs(t["bpm"] - bpm) < 1e-3 for t in found["score"]["tempo_map"]
        )


@needs_terpsi
@pytest.mark.parametrize(
    "path", [p for p in CORPUS if "smpte" not in p.name and "endless" not in p.name], ids=lambda p: p.stem
)
def test_the_corpus_is_read_as_mido_reads_it(path, tmp_path):
    same(path, tmp_path)


@needs_terpsi
@pytest.mark.parametrize("seed", range(6))
def test_random_songs_written_by_mido(seed, tmp_path):
    random = np.random.default_rng(seed)
    midi = mido.MidiFile(type=int(seed % 2), ticks_per_beat=int(random.choice([24, 96, 480, 960])))
    quarter = midi.ticks_per_beat
    tracks = 1 if seed % 2 == 0 else 4
    for number in range(tracks):
        track = mido.MidiTrack()
        midi.tracks.append(track)
        if number == 0:
            track.append(
                mido.MetaMessage("time_signature", numerator=int(random.integers(2, 8)), denominator=4)
            )
        track.append(mido.Message("program_change", channel=number, program=int(random.integers(128))))
        for _ in range(60):
            rest = int(random.integers(0, quarter))
            if number == 0 and random.random() < 0.2:
                track.append(
                    mido.MetaMessage("set_tempo", tempo=int(random.integers(250000, 900000)), time=rest)
                )
                rest = 0
            note = dict(channel=number, note=int(random.integers(30, 90)))
            track.append(mido.Message("note_on", velocity=int(random.integers(1, 128)), time=rest, **note))
            track.append(mido.Message("note_off", time=int(random.integers(1, 2 * quarter)), **note))
    path = tmp_path / "song.mid"
    midi.save(path)
    same(path, tmp_path)
