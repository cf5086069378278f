"""Scores to sound (fluidsynth), and what a recording does to sound: rooms, noise, equalising, compression."""

from __future__ import annotations

import pathlib
import subprocess
import tempfile

import numpy as np
import scipy.signal

RATE = 22050


OWN = "terpsi"  # in place of a soundfont: our own synthesiser (core/score/render.h)


def synthesise(
    midi_path: str, soundfont: str, rng: np.random.Generator, reverb: bool, chorus: bool, terpsi: str
) -> np.ndarray:
    """Mono float32 at RATE. Errors: CalledProcessError when the synthesiser fails."""
    import soundfile

    with tempfile.TemporaryDirectory() as folder:
        wav = pathlib.Path(folder) / "out.wav"
        if soundfont == OWN:
            subprocess.run(
                [terpsi, "analyze", midi_path, "--wav", str(wav)],
                check=True,
                capture_output=True,
                timeout=300,
            )
            samples, rate = soundfile.read(wav, dtype="float32")
            return (
                samples
                if rate == RATE
                else scipy.signal.resample_poly(samples, RATE, rate).astype(np.float32)
            )
        command = ["fluidsynth", "-ni", "-q", "-F", str(wav), "-r", str(RATE), "-g", "0.5"]
        command += ["-o", "synth.dynamic-sample-loading=1", "-o", "synth.cpu-cores=1"]
        command += ["-R", str(int(reverb)), "-C", str(int(chorus))]
        command += ["-o", f"synth.reverb.room-size={rng.uniform(0.2, 0.9):.2f}"]
        subprocess.run([*command, soundfont, midi_path], check=True, capture_output=True, timeout=300)
        samples, _ = soundfile.read(wav, dtype="float32")
    return samples.mean(1) if samples.ndim == 2 else samples


def _room(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    length = int(RATE * rng.uniform(0.1, 0.7))
    impulse = rng.normal(0, 1, length) * np.exp(-6.9 * np.arange(length) / length)
    impulse *= rng.uniform(0.05, 0.4) / np.sqrt(np.sum(impulse**2))
    impulse[0] += 1
    return scipy.signal.fftconvolve(x, impulse)[: len(x)]


def _tilt(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Low and high shelves of up to 9 dB, by first-order filters."""
    b, a = scipy.signal.butter(1, rng.uniform(100, 500) / (RATE / 2))
    low = scipy.signal.lfilter(b, a, x)
    b, a = scipy.signal.butter(1, rng.uniform(1500, 5000) / (RATE / 2))
    middle = scipy.signal.lfilter(b, a, x) - low
    gains = 10 ** (rng.uniform(-9, 9, 3) / 20)
    return gains[0] * low + gains[1] * middle + gains[2] * (x - middle - low)


def _noise(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    level = np.sqrt(np.mean(x**2)) * 10 ** (-rng.uniform(10, 45) / 20)
    white = rng.normal(0, 1, len(x))
    if rng.random() < 0.6:
        white = scipy.signal.lfilter([1], [1, -0.97], white)
        white /= np.std(white)
    return x + level * white


def _compress(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    drive = 10 ** (rng.uniform(0, 18) / 20)
    return np.tanh(x / np.sqrt(np.mean(x**2) + 1e-12) * 0.25 * drive)


def _pump(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A compressor with audible attack and release."""
    hop = 64
    frames = len(x) // hop
    level = np.sqrt(np.mean(x[: frames * hop].reshape(frames, hop) ** 2, axis=1)) + 1e-6
    release = np.exp(-hop / (RATE * rng.uniform(0.05, 0.3)))
    follow, now = np.empty(frames), 0.0
    for i, v in enumerate(level):
        now = v if v > now else release * now + (1 - release) * v
        follow[i] = now
    gain = np.minimum(1.0, (np.median(follow) / follow) ** rng.uniform(0.2, 0.8))
    return x * np.interp(np.arange(len(x)), np.arange(frames) * hop, gain)


def record(x: np.ndarray, rng: np.random.Generator, strength: float = 1.0) -> np.ndarray:
    """The sound as a recording might have it; `strength` scales how likely each change is."""
    x = x.astype(np.float64)
    if rng.random() < 0.5 * strength:
        x = _tilt(x, rng)
    if rng.random() < 0.35 * strength:
        x = _room(x, rng)
    if rng.random() < 0.25 * strength:
        x = _pump(x, rng)
    if rng.random() < 0.4 * strength:
        x = _compress(x, rng)
    if rng.random() < 0.35 * strength:
        x = _noise(x, rng)
    if rng.random() < 0.08 * strength:
        b, a = scipy.signal.butter(2, [250 / (RATE / 2), 4000 / (RATE / 2)], "band")
        x = scipy.signal.lfilter(b, a, x)
    return (0.8 * x / max(1e-9, np.abs(x).max())).astype(np.float32)


def unmetred(rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Sound without a pulse: a drone, noise that swells, babble like speech, or near silence."""
    count = int(seconds * RATE)
    t = np.arange(count) / RATE
    kind = rng.choice(["drone", "noise", "speech", "quiet"], p=[0.35, 0.2, 0.35, 0.1])
    if kind == "drone":
        base = rng.uniform(50, 400)
        x = sum(
            np.sin(2 * np.pi * base * r * t + rng.uniform(0, 6)) / r
            for r in rng.choice([1, 1.5, 2, 3, 4, 5], 4)
        )
        return x * (
            1
            + 0.5
            * np.interp(t, np.arange(0, seconds + 4, 4), rng.normal(0, 1, len(np.arange(0, seconds + 4, 4))))
        )
    noise = rng.normal(0, 1, count)
    if kind == "noise":
        knots = np.arange(0, seconds + 3, 3)
        return noise * np.exp(np.interp(t, knots, rng.normal(0, 0.8, len(knots))))
    if kind == "quiet":
        return noise * 1e-3
    # Syllables of irregular length, a buzz through two moving formants, pauses between phrases.
    x, at = np.zeros(count), 0.2
    pitch = rng.uniform(90, 230)
    while at < seconds - 0.5:
        length = rng.uniform(0.07, 0.32)
        a, b = int(at * RATE), min(count, int((at + length) * RATE))
        local = np.arange(b - a) / RATE
        buzz = scipy.signal.sawtooth(2 * np.pi * pitch * np.exp(rng.normal(0, 0.12)) * local)
        source = 0.3 * rng.normal(0, 1, b - a) if rng.random() < 0.25 else buzz
        for centre in (rng.uniform(300, 800), rng.uniform(900, 2400)):
            f, g = scipy.signal.iirpeak(centre, 6, RATE)
            x[a:b] += scipy.signal.lfilter(f, g, source) * np.hanning(b - a)
        at += length * rng.uniform(0.8, 1.3) + (rng.uniform(0.3, 1.2) if rng.random() < 0.14 else 0)
    return x
