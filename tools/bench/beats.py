#!/usr/bin/env python3
"""Scores beat trackers on songs whose beats are known, all on the same audio in the same run.

    tools/bench/beats.py FOLDER [--terpsi build/terpsi] [--trackers listener,classical,...] [--json FILE]

FOLDER holds either NAME.beats.txt (seconds, then optionally the place in the bar; # starts a comment) beside
NAME.ogg, .mp3, .wav or .flac, or a corpus of tools/train/render_songs.py (its test split is scored).
Trackers: classical and the networks of models/ by name (`terpsi analyze --listener NAME`), aubio (Python
package or aubiotrack) and librosa where installed.

Printed per tracker, means over songs: F-measure (+-70 ms, first 5 s left out, one match each), CMLt and AMLt
(continuity at 17.5 % of the period; AMLt also at half, twice, three times, a third and off the beat), mean
offset of matched beats (bias), downbeat F, share of songs with the right number of beats in a bar. --songs
prints every song. Exit code 1 if the first tracker is not the best of all in F.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).resolve().parents[1] / "train"))
from terpsi_train.measures.beat_scores import any_level, continuity, counted, f_measure, mean_offset  # noqa: E402

PEERS = ("aubio", "librosa")


def annotation(path):
    """Beats and downbeats, s."""
    lines = (line for line in path.read_text().splitlines() if line.strip() and not line.startswith("#"))
    rows = [line.split() for line in lines]
    return [float(r[0]) for r in rows], [float(r[0]) for r in rows if len(r) > 1 and r[1] == "1"]


def annotated(folder):
    """(name, sound, beats, downbeats) of each song with NAME.beats.txt."""
    for notes in sorted(folder.glob("*.beats.txt")):
        name = notes.name[: -len(".beats.txt")]
        sounds = (folder / (name + end) for end in (".ogg", ".mp3", ".wav", ".flac"))
        sound = next(filter(Path.exists, sounds), None)
        if sound:
            yield name, sound, *annotation(notes)


def songs_of(folder):
    """Those, and the test songs of a rendered corpus."""
    yield from annotated(folder)
    for about in sorted((folder / "corpus").glob("test_*.json")):
        table = np.load(folder / f"{about.stem}.npz")
        beats, first = table["beats"], table["beat_in_bar"] == 1
        yield about.stem, folder / f"{about.stem}.flac", beats.tolist(), beats[first].tolist()


def terpsi_beats(sound, options, listener):
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "analysis.json"
        command = [options.terpsi, "analyze", str(sound), "--json", str(out), "--listener", listener]
        if options.models:
            command += ["--models", options.models]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        music = json.loads(out.read_text())
    return music["beats"], music["downbeats"]


def aubio_beats(sound):
    if shutil.which("aubiotrack"):
        run = subprocess.run(
            ["aubiotrack", "-B", "1024", "-H", "512", "-i", str(sound)], capture_output=True, text=True
        )
        return [float(word) for line in run.stdout.splitlines() for word in line.split()[:1]]
    import aubio
    import soundfile

    samples, rate = soundfile.read(sound, dtype="float32", always_2d=True)
    samples = samples.mean(1)
    tracker, beats = aubio.tempo("default", 1024, 512, rate), []
    for k in range(0, len(samples) - 512, 512):
        if tracker(samples[k : k + 512]):
            beats.append(float(tracker.get_last_s()))
    return beats


def librosa_beats(sound):
    import librosa

    samples, rate = librosa.load(sound, sr=22050)
    return librosa.beat.beat_track(y=samples, sr=rate, units="time")[1].tolist()


def installed(peer):
    if peer == "aubio" and shutil.which("aubiotrack"):
        return True
    try:
        __import__(peer)
        return True
    except ImportError:
        return False


def track(tracker, sound, options):
    if tracker == "aubio":
        return aubio_beats(sound), None
    if tracker == "librosa":
        return librosa_beats(sound), None
    return terpsi_beats(sound, options, tracker)


def score(beats, downbeats, got, got_downbeats):
    late, got_late = counted(beats), counted(got)
    row = {
        "F": f_measure(beats, got),
        "CMLt": continuity(late, got_late),
        "AMLt": any_level(late, got_late),
        "bias_ms": 1000 * mean_offset(beats, got),
    }
    if got_downbeats is not None and downbeats:
        row["downbeat_F"] = f_measure(downbeats, got_downbeats)
        per_bar = [
            round(len([b for b in t if d[0] <= b < d[-1]]) / (len(d) - 1)) if len(d) > 1 else 0
            for t, d in ((beats, downbeats), (got, got_downbeats))
        ]
        row["metre"] = float(per_bar[0] == per_bar[1])
    return row


def mean(rows, key):
    values = [r[key] for r in rows if key in r and r[key] == r[key]]
    return sum(values) / len(values) if values else float("nan")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--terpsi", default="build/terpsi")
    parser.add_argument("--models")
    parser.add_argument("--trackers", default="listener,classical,aubio,librosa")
    parser.add_argument("--songs", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    trackers = [t for t in options.trackers.split(",") if t not in PEERS or installed(t)]
    rows = {t: [] for t in trackers}
    for name, sound, beats, downbeats in songs_of(options.folder):
        for tracker in trackers:
            row = {"song": name} | score(beats, downbeats, *track(tracker, sound, options))
            rows[tracker].append(row)
            if options.songs:
                figures = "  ".join(f"{k} {v:.3f}" for k, v in row.items() if k != "song")
                print(f"{name:24} {tracker:10} {figures}", flush=True)
    columns = ("F", "CMLt", "AMLt", "bias_ms", "downbeat_F", "metre")
    print("| tracker | songs | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 2))
    for tracker, found in rows.items():
        cells = [
            "-" if (v := mean(found, c)) != v else f"{v:.1f}" if c == "bias_ms" else f"{v:.3f}"
            for c in columns
        ]
        print(f"| {tracker} | {len(found)} | " + " | ".join(cells) + " |")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))
    best = mean(rows[trackers[0]], "F")
    return 1 if any(mean(rows[t], "F") > best for t in trackers[1:]) else 0


if __name__ == "__main__":
    sys.exit(main())
