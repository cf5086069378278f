"""Two-second chunks of songs for the tempo encoder, as raw sound or as mel columns.

Sound is at 22 050 Hz, its root mean square 0.1 over the whole song (as everywhere in core/audio), clipped to
[-1, 1], and goes through mu-law coding and decoding with 255 levels (core/audio/hear/mu_law.h).
"""

import numpy as np

from terpsi_train.data.music.rendered import load
from terpsi_train.layout import LISTENER_RATE, MEL, SAMPLE_RATE

CHUNK = 44100  # samples, 2 s
MEL_CHUNK = 180  # frames, 2 s
LEVEL = 0.1
LEVELS = 127  # to each side of 0
MU = 255.0


def at_level(samples):
    """Mean 0, root mean square LEVEL, within [-1, 1]."""
    x = np.asarray(samples, np.float32)
    x = x - x.mean()
    size = float(np.sqrt(np.mean(np.square(x, dtype=np.float64))))
    return np.clip(x * (LEVEL / size), -1, 1) if size > 0 else x


def mu_encode(x):
    """[-1, 1] -> whole numbers -127 to 127: round(127 sign(x) ln(1 + 255 |x|) / ln 256)."""
    x = np.asarray(x, np.float32)
    return np.rint(LEVELS * np.sign(x) * np.log1p(MU * np.abs(x)) / np.log1p(MU)).astype(np.int8)


CODES = np.arange(-LEVELS, LEVELS + 1)
TABLE = (np.sign(CODES) * np.expm1(np.abs(CODES) / LEVELS * np.log1p(MU)) / MU).astype(np.float32)


def mu_decode(code):
    return TABLE[code.astype(np.int16) + LEVELS]


def local_bpm(beats, start, end, otherwise):
    """Mean tempo of the beats in [start, end] s, or of the whole excerpt where there are fewer than three."""
    inside = beats[(beats >= start) & (beats <= end)]
    return 60 * (len(inside) - 1) / (inside[-1] - inside[0]) if len(inside) >= 3 else otherwise


class Song:
    """What the encoder learns from: the sound in mu-law code, or mel columns; beats."""

    def __init__(self, bpm, beats, code=None, mel=None):
        self.bpm, self.beats, self.code, self.mel = bpm, beats, code, mel

    def seconds(self):
        return len(self.code) / SAMPLE_RATE if self.code is not None else len(self.mel) / LISTENER_RATE


def songs_of(folder, split, kind, limit=None):
    """The songs of a split of a rendered corpus; `kind`: raw (sound) or mel."""
    songs = []
    for e in load(folder, split, limit):
        code = None
        if kind == "raw":
            import soundfile

            samples, rate = soundfile.read(folder / (e.name + ".flac"), dtype="float32")
            assert rate == SAMPLE_RATE and samples.ndim == 1, e.name
            code = mu_encode(at_level(samples))
        song = Song(e.bpm, e.beats, code, e.input[:, MEL] if kind == "mel" else None)
        if song.seconds() > 4:
            songs.append(song)
    return songs


def chunk(song, start, rate, kind):
    """Two seconds from `start` s at `rate` times the speed."""
    if kind == "raw":
        x, count, per_second = song.code, CHUNK, SAMPLE_RATE
    else:
        x, count, per_second = song.mel, MEL_CHUNK, LISTENER_RATE
    first = int(start * per_second)
    if rate == 1:
        part = x[first : first + count]
        return mu_decode(part) if kind == "raw" else part.astype(np.float32)
    at = rate * np.arange(count)
    part = x[first : first + int(at[-1]) + 2]
    part = mu_decode(part) if kind == "raw" else part.astype(np.float32)
    i = np.minimum(at.astype(int), len(part) - 2)
    a = (at - i).astype(np.float32)
    if kind == "raw":
        return mu_decode(mu_encode(part[i] * (1 - a) + part[i + 1] * a))
    return part[i] * (1 - a[:, None]) + part[i + 1] * a[:, None]


class TempoChunks:
    """Random chunks of random songs at 0.75 to 1.33 times their speed (pitch changes too), louder or softer,
    either polarity."""

    def __init__(self, songs, kind, seed):
        self.songs, self.kind, self.random = songs, kind, np.random.default_rng(seed)

    def make(self, count):
        """Chunks [n, ...] and their tempi [n], BPM."""
        r, x, y = self.random, [], np.empty(count, np.float32)
        for n in range(count):
            s = self.songs[r.integers(len(self.songs))]
            rate = 2 ** r.uniform(-0.415, 0.415)
            start = r.uniform(0, max(0.0, s.seconds() - 2 * rate - 0.1))
            c = chunk(s, start, rate, self.kind)
            if self.kind == "raw":
                x.append(c * np.float32(r.choice((-1, 1)) * 2 ** r.uniform(-0.5, 0.5)))
            else:
                x.append(c + np.float32(r.normal(0, 0.3)) * np.minimum(c, 1))
            y[n] = rate * local_bpm(s.beats, start - 2, start + 2 * rate + 2, s.bpm)
        return np.stack(x), y


def centred_chunks(x, kind, per_second):
    """Chunks centred on frames k / per_second of a whole song (silence outside it)."""
    size, rate = (CHUNK, SAMPLE_RATE) if kind == "raw" else (MEL_CHUNK, LISTENER_RATE)
    count = max(1, int(len(x) / rate * per_second))
    padded = np.pad(x, [(size // 2, size)] + [(0, 0)] * (x.ndim - 1))
    for k in range(count):
        first = int(k * rate / per_second)
        yield padded[first : first + size]
