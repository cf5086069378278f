#!/usr/bin/env python3
"""Scores `terpsi analyze` on songs with beat annotations, beside aubio where it is installed.

    tools/bench/beats.py FOLDER [--terpsi build/terpsi]

FOLDER holds NAME.beats.txt (seconds, then optionally the beat in the bar; # starts a comment) beside NAME.ogg, .mp3,
.wav or .flac. Printed per song: tempo, F-measure (+-70 ms, first 5 s left out, one match each), mean offset of matched
beats, downbeat F-measure, aubio's F-measure. Exit code 1 if a song scores under 0.95 or under aubio.
"""
import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def matches(expected, got, window=0.07):
    """Pairs in time order, each time used once; optimal for points on a line with a fixed window."""
    pairs, j = [], 0
    for t in expected:
        while j < len(got) and got[j] < t - window:
            j += 1
        if j < len(got) and got[j] <= t + window:
            pairs.append((t, got[j]))
            j += 1
    return pairs


def f_measure(expected, got, skip=5.0):
    expected = [t for t in expected if t >= skip]
    got = [t for t in got if t >= skip]
    pairs = matches(expected, got)
    offset = sum(g - t for t, g in pairs) / len(pairs) if pairs else float("nan")
    return 2 * len(pairs) / max(1, len(expected) + len(got)), offset


def annotation(path):
    rows = [line.split() for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]
    beats = [float(row[0]) for row in rows]
    return beats, [float(row[0]) for row in rows if len(row) > 1 and row[1] == "1"]


def aubio_beats(song):
    if not shutil.which("aubiotrack"):
        return None
    run = subprocess.run(["aubiotrack", "-B", "1024", "-H", "512", "-i", str(song)], capture_output=True, text=True)
    if run.returncode != 0:
        return None
    return [float(word) for line in run.stdout.splitlines() for word in line.split()[:1]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--terpsi", default="build/terpsi")
    options = parser.parse_args()
    bad = 0
    for notes in sorted(options.folder.glob("*.beats.txt")):
        name = notes.name[: -len(".beats.txt")]
        songs = [options.folder / (name + end) for end in (".ogg", ".mp3", ".wav", ".flac")]
        song = next((s for s in songs if s.exists()), None)
        if song is None:
            continue
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "analysis.json"
            subprocess.run([options.terpsi, "analyze", str(song), "--json", str(out)], check=True,
                           stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            music = json.loads(out.read_text())
        beats, downbeats = annotation(notes)
        score, offset = f_measure(beats, music["beats"])
        line = f"{name:20} {music['tempo_bpm']:7.2f} BPM  F {score:.3f}  offset {1000 * offset:+5.1f} ms"
        if downbeats:
            line += f"  downbeats F {f_measure(downbeats, music['downbeats'])[0]:.3f}"
        peer = aubio_beats(song)
        if peer is not None:
            peer_score = f_measure(beats, peer)[0]
            line += f"  aubio F {peer_score:.3f}"
            bad += score < peer_score
        bad += score < 0.95
        print(line)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
