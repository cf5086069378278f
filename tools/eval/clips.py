#!/usr/bin/env python3
"""Measures the real clips the student learned from, as a yardstick for songs.py: one Markdown table by style.

    clips.py FOLDER [--terpsi build/terpsi]

FOLDER is the open pack (manifest.json, clips/). Every clip is put on our skeleton and cleaned (`terpsi retarget
--lock-feet`), then measured by `terpsi evaluate` like any dance. Beats are the grid of the known tempo from 0 s; clips of
unknown tempo have no beat figures.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile

import numpy as np

COLUMNS = [("BAS", "bas", "{:.3f}"), ("chance", "bas_chance", "{:.3f}"), ("skate", "foot_skate", "{:.3f}"),
           ("contact", "contact", "{:.2f}"), ("magnitude m/s", "magnitude", "{:.2f}"), ("floating m", "floating", "{:.3f}")]
NEEDS_TEMPO = ("bas", "bas_chance")


def quaternions(six):
    """6D rotations [..., 6] (orthonormal columns) -> unit quaternions [..., 4], w x y z: the eigenvector of the largest
    eigenvalue of Bar-Itzhack's symmetric matrix."""
    a, b = six[..., :3], six[..., 3:]
    m = np.stack([a, b, np.cross(a, b)], axis=-1)
    k = np.zeros(six.shape[:-1] + (4, 4))
    k[..., 0, 0] = m[..., 0, 0] + m[..., 1, 1] + m[..., 2, 2]
    for i in range(3):
        p, q = (i + 1) % 3, (i + 2) % 3
        k[..., i + 1, i + 1] = m[..., i, i] - m[..., p, p] - m[..., q, q]
        k[..., 0, i + 1] = k[..., i + 1, 0] = m[..., q, p] - m[..., p, q]
        k[..., p + 1, q + 1] = k[..., q + 1, p + 1] = m[..., p, q] + m[..., q, p]
    return np.linalg.eigh(k)[1][..., -1]


def measure(terpsi, data, clip, folder):
    npz, dance, beats = folder / "clip.npz", folder / "clip.json", folder / "beats.txt"
    subprocess.run([terpsi, "retarget", data / clip["file"], "-o", npz, "--lock-feet"], check=True, capture_output=True)
    with np.load(npz) as z:
        motion, joints = z["motion"].astype(float), z["joints"]
    frames = len(motion)
    beat = 60 / (clip["bpm"] or 120)
    beats.write_text("\n".join(str(k * beat) for k in range(int((frames - 1) / 30 / beat) + 1)))
    dance.write_text(json.dumps({
        "format": "terpsi-dance", "version": 1, "title": clip["name"], "style": clip["style"], "seed": "0", "energy": 0.5,
        "model": {"name": "", "sha256": ""}, "tempo_bpm": 60 / beat, "beats": [], "beat_in_bar": [], "fps": 30,
        "root": joints[:, 0].tolist(), "rotations": quaternions(motion[:, 7:].reshape(frames, 24, 6)).tolist(),
        "contacts": motion[:, :4].tolist()}))
    done = subprocess.run([terpsi, "evaluate", dance, "--beats", beats, "--json", "-"], check=True, capture_output=True)
    figures = json.loads(done.stdout)
    if not clip["bpm"]:
        for key in NEEDS_TEMPO:
            figures.pop(key, None)
    return figures


def row(name, figures):
    cells = []
    for _, key, text in COLUMNS:
        values = [f[key] for f in figures if key in f]
        cells.append(text.format(statistics.mean(values)) if values else "-")
    return f"| {name} | {len(figures)} | " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--terpsi", default="build/terpsi")
    args = parser.parse_args()
    clips = [c for c in json.loads((args.folder / "manifest.json").read_text())["clips"]
             if c["licence_clear"] != "no" and c["style"] not in ("walk", "gesture")]
    styles, known = {}, []
    with tempfile.TemporaryDirectory() as folder:
        for clip in clips:
            figures = measure(args.terpsi, args.folder, clip, pathlib.Path(folder))
            styles.setdefault(clip["style"], []).append(figures)
            if clip["bpm"]:
                known.append(figures)
    print("| style | clips | " + " | ".join(c[0] for c in COLUMNS) + " |")
    print("|" + "---|" * (len(COLUMNS) + 2))
    for style in sorted(styles):
        print(row(style, styles[style]))
    print(row("mean, known tempo", known))


if __name__ == "__main__":
    main()
