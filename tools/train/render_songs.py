#!/usr/bin/env python3
"""Renders training songs for the listeners: scores of pop songs, varied, and songs made up by rule.

  render_songs.py --midi FOLDER --out CORPUS --split train --soundfonts A.sf2 B.sf2 --count 1200

FOLDER holds NNN.mid and NNN.beats.txt (time, half-bar flag, downbeat flag). Songs whose number ends in 7 are
for testing, in 3 for validation, the rest for training; made-up songs differ by seed. Soundfonts are played
by fluidsynth; the soundfont "terpsi" is our own synthesiser. Goes on where it stopped; several processes may
run with different --seed. For each excerpt NAME the corpus gets:

  NAME.flac   mono, 22 050 Hz
  NAME.npz    input (T, 52) float16, the listener input by the native binary; beats (seconds), beat_in_bar,
              beats_per_bar, bpm
  corpus/NAME.json   split, song, bpm, beats_per_bar, variant
"""

from __future__ import annotations

import argparse
import json
import pathlib
import subprocess
import tempfile
import time

import numpy as np
import soundfile

from terpsi_train.arrange import Plan, arrange
from terpsi_train.procedural import compose
from terpsi_train.score import Score, read_pop909, write_midi
from terpsi_train.sound import RATE, record, synthesise, unmetred

TEST_DIGIT, VALIDATION_DIGIT = 7, 3


def split_of(song: str) -> str:
    digit = int(song) % 10
    return "test" if digit == TEST_DIGIT else "val" if digit == VALIDATION_DIGIT else "train"


def plan_of(kind: str, seconds: float) -> Plan:
    return {
        "free": Plan(seconds=seconds),
        "drums": Plan(drums=True, only_drums=True, seconds=seconds),
        "plain": Plan(plain=True, drums=False, seconds=seconds),
        "band": Plan(plain=True, drums=True, seconds=seconds),
    }[kind]


def heard(terpsi: str, sound: pathlib.Path) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/heard.npz"
        subprocess.run([terpsi, "analyze", str(sound), "--heard", out], check=True, capture_output=True)
        return np.load(out)["input"].astype(np.float16)


def store(score: Score, samples: np.ndarray, name: str, about: dict, a: argparse.Namespace) -> None:
    out = pathlib.Path(a.out)
    flac = out / f"{name}.flac"
    soundfile.write(flac, samples, RATE, subtype="PCM_16")
    table = heard(a.terpsi, flac)
    keep = score.beats < len(samples) / RATE
    beats, in_bar = score.beats[keep], score.in_bar[keep]
    np.savez(
        out / f"{name}.npz",
        input=table,
        beats=beats,
        beat_in_bar=in_bar.astype(np.int8),
        beats_per_bar=np.int32(score.per_bar),
        bpm=np.float32(score.bpm),
    )
    about |= {"bpm": round(score.bpm, 3), "beats_per_bar": score.per_bar}
    (out / "corpus" / f"{name}.json").write_text(json.dumps(about))


def make(name: str, songs: list[str], rng: np.random.Generator, a: argparse.Namespace) -> bool:
    kind = str(rng.choice(list(a.kinds), p=[a.kinds[k] for k in a.kinds]))
    if kind == "still":
        still = Score([], np.zeros(0), np.zeros(0, int), 0)
        about = {"split": a.split, "song": "none", "variant": kind, "soundfont": ""}
        store(still, record(unmetred(rng, a.seconds), rng, a.recording), name, about, a)
        return True
    song = "made up"
    if kind == "made":
        score = compose(rng, a.seconds)
    else:
        song = songs[int(rng.integers(len(songs)))] if a.each is None else a.each
        score = arrange(read_pop909(f"{a.midi}/{song}"), rng, plan_of(kind, a.seconds))
    if len(score.beats) < 8 or sum(len(p.start) for p in score.parts) < 12:
        return False
    font = str(rng.choice(a.soundfonts))
    with tempfile.TemporaryDirectory() as folder:
        write_midi(score, f"{folder}/song.mid")
        reverb, chorus = rng.random() < 0.6, rng.random() < 0.4
        samples = synthesise(f"{folder}/song.mid", font, rng, reverb, chorus, a.terpsi)
    samples = samples[: int((a.seconds + 1.5) * RATE)]
    if len(samples) < 8 * RATE or np.abs(samples).max() < 1e-4:
        return False
    about = {"split": a.split, "song": song, "variant": kind, "soundfont": pathlib.Path(font).stem}
    store(score, record(samples, rng, a.recording), name, about, a)
    return True


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--midi", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--terpsi", default="build/terpsi")
    p.add_argument("--split", choices=["train", "val", "test"], required=True)
    p.add_argument("--soundfonts", nargs="+", required=True)
    p.add_argument("--count", type=int, default=100)
    p.add_argument("--seconds", type=float, default=40)
    p.add_argument("--minutes", type=float, default=1e9)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument(
        "--recording", type=float, default=1.0, help="how likely rooms, noise, compression are: 0 to 2"
    )
    p.add_argument("--only", choices=["free", "drums", "plain", "band", "made", "still"], action="append")
    p.add_argument(
        "--each-song", action="store_true", help="one excerpt of each of --count songs of the split"
    )
    a = p.parse_args()
    (pathlib.Path(a.out) / "corpus").mkdir(parents=True, exist_ok=True)
    a.kinds = {"free": 0.55, "drums": 0.06, "plain": 0.04, "band": 0.05, "made": 0.27, "still": 0.03}
    if a.only:
        a.kinds = {k: 1 / len(a.only) for k in a.only}
    a.each = None
    songs = sorted(f.stem for f in pathlib.Path(a.midi).glob("*.mid") if split_of(f.stem) == a.split)
    picked = np.random.default_rng(a.seed).permutation(songs)[: a.count] if a.each_song else []
    began = time.time()
    for i in range(a.count):
        name = f"{a.split}_{a.seed}_{i:05d}"
        if (pathlib.Path(a.out) / "corpus" / f"{name}.json").exists():
            continue
        if time.time() - began > a.minutes * 60:
            break
        if a.each_song:
            if i >= len(picked):
                break
            a.each = str(picked[i])
        rng = np.random.default_rng([a.seed, i, 77])
        for _ in range(5):
            if make(name, songs, rng, a):
                break
        if i % 50 == 0:
            print(f"{name}: {time.time() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
