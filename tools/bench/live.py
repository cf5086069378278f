#!/usr/bin/env python3
"""Scores `terpsi analyze --live` (beats said 0.1 s ahead) beside the listener of whole songs and aubio's causal tracker.

    tools/bench/live.py FOLDER [--terpsi build/terpsi]

FOLDER as for beats.py. Printed per song: F-measure (+-70 ms, first 5 s left out) and mean offset of the live beats, F of
`terpsi analyze`, F of aubio's tempo object (the Python module, where it is installed; it says beats when they come, not
ahead), and the share of one core that listening live takes.
"""
import argparse
import json
import subprocess
import tempfile
from pathlib import Path

from beats import annotation, f_measure


def aubio_beats(song):
    try:
        import aubio
    except ImportError:
        return None
    try:
        source = aubio.source(str(song), 0, 512)
    except RuntimeError:
        return None
    tempo = aubio.tempo("default", 1024, 512, source.samplerate)
    found = []
    while True:
        samples, read = source()
        if tempo(samples):
            found.append(tempo.get_last_s())
        if read < 512:
            return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--terpsi", default="build/terpsi")
    options = parser.parse_args()
    for notes in sorted(options.folder.glob("*.beats.txt")):
        name = notes.name[: -len(".beats.txt")]
        song = next((s for end in (".ogg", ".mp3", ".wav", ".flac") if (s := options.folder / (name + end)).exists()), None)
        if song is None:
            continue
        with tempfile.TemporaryDirectory() as folder:
            whole, live = Path(folder) / "whole.json", Path(folder) / "live.json"
            subprocess.run([options.terpsi, "analyze", str(song), "--json", str(whole), "--live", str(live)], check=True,
                           stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            whole, live = json.loads(whole.read_text()), json.loads(live.read_text())
        beats, downbeats = annotation(notes)
        score, offset = f_measure(beats, live["beats"])
        line = f"{name:20} live {live['tempo_bpm']:6.1f} BPM  F {score:.3f}  offset {1000 * offset:+5.1f} ms"
        if downbeats:
            line += f"  downbeats F {f_measure(downbeats, live['downbeats'])[0]:.3f}"
        line += f"  whole F {f_measure(beats, whole['beats'])[0]:.3f}"
        peer = aubio_beats(song)
        if peer is not None:
            peer_score, peer_offset = f_measure(beats, peer)
            line += f"  aubio F {peer_score:.3f} {1000 * peer_offset:+5.1f} ms"
        print(f"{line}  load {100 * live['load']:.2f} %")


if __name__ == "__main__":
    main()
