#!/usr/bin/env python3
"""Scores `terpsi analyze --live` (beats predicted 0.1 s ahead) beside the listener of whole songs and aubio's
causal tracker.

    tools/bench/live.py FOLDER [--terpsi build/terpsi]

FOLDER as for beats.py. Printed per song: F-measure (+-70 ms, first 5 s left out) and mean offset of the live
beats, F of `terpsi analyze`, F of aubio's tempo object (the Python module, where it is installed; it reports
beats when they come, not ahead), and the share of one core that listening live takes.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

from beats import annotated, f_measure, mean_offset


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
    for name, song, beats, downbeats in annotated(options.folder):
        with tempfile.TemporaryDirectory() as folder:
            whole, live = Path(folder) / "whole.json", Path(folder) / "live.json"
            command = [options.terpsi, "analyze", song, "--json", whole, "--live", live]
            quiet = {"stderr": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
            subprocess.run([str(word) for word in command], check=True, **quiet)
            whole, live = json.loads(whole.read_text()), json.loads(live.read_text())
        score, offset = f_measure(beats, live["beats"]), 1000 * mean_offset(beats, live["beats"])
        line = f"{name:20} live {live['tempo_bpm']:6.1f} BPM  F {score:.3f}  offset {offset:+5.1f} ms"
        if downbeats:
            line += f"  downbeats F {f_measure(downbeats, live['downbeats']):.3f}"
        line += f"  whole F {f_measure(beats, whole['beats']):.3f}"
        peer = aubio_beats(song)
        if peer is not None:
            line += f"  aubio F {f_measure(beats, peer):.3f} {1000 * mean_offset(beats, peer):+5.1f} ms"
        print(f"{line}  load {100 * live['load']:.2f} %")


if __name__ == "__main__":
    main()
