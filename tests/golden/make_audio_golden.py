#!/usr/bin/env python3
"""Golden vectors for core/audio, computed from the formulas in its headers with numpy and scipy alone.

Writes tests/golden/audio_golden.npz. Nothing here is translated from the C++: transforms are dense matrices
or scipy calls in double precision. test_audio_golden.py checks that the file is what this script makes.
"""

from pathlib import Path

import numpy as np
from scipy import fft, signal

PATH = Path(__file__).with_name("audio_golden.npz")
RATE = 22050
HOP, WINDOW = 245, 1024
BANDS, MFCC = 40, 20


def make_signal():
    """0.8 s: a chord from 0.1 s, three noise bursts, a sweep; 16-bit values."""
    rng = np.random.default_rng(20240607)
    t = np.arange(int(0.8 * RATE)) / RATE
    x = sum(0.12 * np.sin(2 * np.pi * f * t) for f in (220.0, 277.18, 329.63)) * (t > 0.1)
    for start, decay in ((0.05, 0.03), (0.3, 0.02), (0.55, 0.06)):
        burst = rng.standard_normal(t.size) * 0.3 * np.exp(-np.maximum(t - start, 0) / decay) * (t >= start)
        x = x + burst
    x = x + 0.5 * np.sin(2 * np.pi * 55 * t) * np.exp(-np.maximum(t - 0.4, 0) / 0.08) * (t >= 0.4)
    x = x + 0.05 * signal.chirp(t, 300, 0.8, 9000, method="logarithmic")
    return np.round(np.clip(x, -0.99, 0.99) * 32767) / 32768


def resample(x, rate_in, rate_out):
    g = np.gcd(rate_in, rate_out)
    up, down = rate_out // g, rate_in // g
    fc = 0.47 * min(1.0, rate_out / rate_in)
    width = 16 / (2 * fc)
    count = (len(x) * up + down // 2) // down
    y = np.empty(count)
    for n in range(count):
        at = n * down / up
        k = np.arange(int(np.ceil(at - width)), int(np.floor(at + width)) + 1)
        u = at - k
        h = np.sinc(2 * fc * u) * np.i0(8.0 * np.sqrt(np.maximum(0, 1 - (u / width) ** 2)))
        inside = (k >= 0) & (k < len(x))
        y[n] = np.dot(h[inside], x[k[inside]]) / h.sum()
    return y


def power_frames(x, size, centres):
    w = signal.get_window("hann", size, fftbins=True)
    padded = np.concatenate([np.zeros(size), x, np.zeros(2 * size)])
    frames = np.stack([padded[size + c - size // 2 : size + c + size // 2] for c in centres])
    return np.abs(fft.rfft(frames * w, axis=1) * 4 / size) ** 2


def mel_matrix():
    def to_mel(f):
        return 2595 * np.log10(1 + np.asarray(f) / 700)

    corners = 700 * (10 ** (np.linspace(to_mel(30.0), to_mel(11025.0), BANDS + 2) / 2595) - 1)
    f = np.arange(WINDOW // 2 + 1) * RATE / WINDOW
    rising = (f - corners[:-2, None]) / np.diff(corners)[:-1, None]
    falling = (corners[2:, None] - f) / np.diff(corners)[1:, None]
    return np.maximum(0, np.minimum(rising, falling)), corners[1:-1]


def onset(mel, centres):
    logs = np.log(1 + 1e4 * mel)
    before = np.zeros_like(logs)
    spread = np.pad(logs, ((0, 0), (1, 1)), mode="edge")
    highest = np.maximum(np.maximum(spread[:, :-2], spread[:, 1:-1]), spread[:, 2:])
    before[2:] = highest[:-2]
    rise = np.maximum(0, logs - before)
    low, high = centres < 200, centres >= 2000
    return [rise.mean(1), rise[:, low].mean(1), rise[:, ~low & ~high].mean(1), rise[:, high].mean(1)]


def chroma(x, frames):
    low = resample(x, 4, 1)
    rate, size = RATE / 4, 1024
    centres = [int(np.floor(i * rate / 30 + 0.5)) for i in range(frames)]
    magnitude = np.sqrt(power_frames(low, size, centres))
    f = np.arange(size // 2 + 1) * rate / size
    weights = np.zeros((12, f.size))
    for k in np.flatnonzero((f >= 80) & (f <= 2000)):
        pitch = 69 + 12 * np.log2(f[k] / 440)
        gain = min(1.0, np.log2(f[k] / 80)) / np.sqrt(f[k] / 440)
        below = int(np.floor(pitch))
        weights[below % 12, k] += gain * (below + 1 - pitch)
        weights[(below + 1) % 12, k] += gain * (pitch - below)
    c = magnitude @ weights.T
    return c / (c.max(axis=1, keepdims=True) + 0.003)


def loudness(power, frames):
    f2 = (np.arange(WINDOW // 2 + 1) * RATE / WINDOW) ** 2
    weights = f2 / (f2 + 60.0**2) * (1 + 1.5 * f2 / (f2 + 1500.0**2))
    p = power @ weights
    window = np.hanning(2 * 18 + 1)[1:-1]
    sums = np.convolve(p, window)[17 : 17 + p.size] / np.convolve(np.ones_like(p), window)[17 : 17 + p.size]
    mean = sums[::3][:frames]
    return np.maximum(0, 1 + 10 * np.log10(np.maximum(mean / mean.max(), 1e-12)) / 40)


def golden():
    x = make_signal()
    frames = round(len(x) / RATE * 30)
    power = power_frames(x, WINDOW, [t * HOP for t in range(3 * frames)])
    matrix, centres = mel_matrix()
    mel = power @ matrix.T
    mfcc = fft.dct(np.log10(1e-6 + mel), type=2, norm="ortho", axis=1)[:, :MFCC]
    whole, low, mid, high = onset(mel, centres)
    return {
        "power": power[[0, 10, 36, 71]],
        "mel": mel,
        "mfcc": mfcc[::3],
        "onset_whole": whole,
        "onset_low": low,
        "onset_mid": mid,
        "onset_high": high,
        "chroma": chroma(x, frames),
        "loudness": loudness(power, frames),
        "resample_44100": resample(x[:3000], 44100, RATE),
        "resample_48000": resample(x[:2000], 48000, RATE),
        "resample_8000": resample(x[:400], 8000, RATE),
        "resample_11127": resample(x[:300], 11127, RATE),
    }


def rounded():
    out = {name: np.asarray(values, dtype=np.float32) for name, values in golden().items()}
    out["signal"] = np.round(make_signal() * 32768).astype(np.int16)
    return out


if __name__ == "__main__":
    np.savez_compressed(PATH, **rounded())
