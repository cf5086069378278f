"""Trains the genre classifier on embeddings of songs by the tempo encoder, and measures it on songs it has
not heard.

Folds by song (each of the four cha-chas is left out once). Tango is one song: a quarter of it is left out in
each fold, which says little about other tangos, so that it is kept apart in the figures. Baselines on the
same folds: the commonest genre; tempo and metre of `terpsi analyze`; mean and deviation of its MFCC columns.
"""

import json
import pathlib
import subprocess
import tempfile

import numpy as np
import torch
import torch.nn.functional as F

from terpsi_train.data.music.tempo_chunks import at_level, mu_decode, mu_encode
from terpsi_train.layout import LISTENER_RATE, MEL, MEL_BANDS, SAMPLE_RATE
from terpsi_train.measures.classes import softmax_regression
from terpsi_train.models.bpm_encoder import BpmEncoder
from terpsi_train.models.genre import GENRES, PER_SECOND, WINDOW, GenreClassifier, windows_of
from terpsi_train.models.parts import rounded
from terpsi_train.training.bpm_encoder import encode


def train(parts, seed, steps, batch=64):
    """parts: [(genre index, [n, 128])]. Genres are drawn evenly, songs of a genre by their length."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    pools = {}
    for genre, e in parts:
        pools.setdefault(genre, []).append(windows_of(e, 1))
    pools = {g: np.concatenate(w) for g, w in pools.items()}
    rows = np.concatenate([e for _, e in parts])
    model = GenreClassifier(rows.mean(0), np.maximum(rows.std(0), 1e-3))
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=steps, pct_start=0.1)
    present = sorted(g for g, w in pools.items() if len(w))
    model.train()
    for _ in range(steps):
        label = random.choice(present, batch)
        x = np.stack([pools[g][random.integers(len(pools[g]))] for g in label])
        loss = F.cross_entropy(model(torch.from_numpy(x)), torch.from_numpy(label), label_smoothing=0.05)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return model.eval()


@torch.no_grad()
def probabilities(model, embedding):
    """Of each window of a song, [n, 4]."""
    return model(torch.from_numpy(windows_of(embedding).astype(np.float32))).softmax(-1).numpy()


FOLDS = 4
# Embeddings between what is learned and what is tested inside one song: more than the 2 s that the encoder
# hears.
GAP = 5 * PER_SECOND
TANGO = GENRES.index("tango")


def samples_of(path):
    """22 050 Hz mono."""
    import soundfile
    from scipy.signal import resample_poly

    x, rate = soundfile.read(path, dtype="float32", always_2d=True)
    step = np.gcd(rate, SAMPLE_RATE)
    return resample_poly(x.mean(1), SAMPLE_RATE // step, rate // step).astype(np.float32)


def load_encoder(path):
    """The encoder of a checkpoint, its weights rounded as those of the exported one."""
    kept = torch.load(path, map_location="cpu", weights_only=False)["model"]
    model = BpmEncoder("mel" if kept["blocks.0.conv.weight"].shape[1] == MEL_BANDS else "raw")
    model.load_state_dict(kept)
    return rounded(model)


def describe(path, encoder, terpsi, seconds):
    """What each song is judged by: the description of its first seconds; tempo and metre, and MFCC of every 6
    s, of the whole."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        wanted = [terpsi, "analyze", path, "--json", folder / "a.json", "--npz", folder / "a.npz"]
        if encoder.kind == "mel":
            wanted += ["--heard", folder / "h.npz"]
        subprocess.run([str(w) for w in wanted], check=True, capture_output=True)
        music = json.loads((folder / "a.json").read_text())
        with np.load(folder / "a.npz") as z:
            columns = [i for i, c in enumerate(z["columns"]) if str(c).startswith("mfcc")]
            mfcc = z["features"][:, columns]
        if encoder.kind == "mel":
            with np.load(folder / "h.npz") as z:
                x, rate = z["input"][:, MEL].astype(np.float32), LISTENER_RATE
        else:
            x, rate = mu_decode(mu_encode(at_level(samples_of(path)))), SAMPLE_RATE
    bpm, embedding = encode(encoder, x[: int(seconds * rate)], PER_SECOND)
    pieces = [mfcc[k : k + 180] for k in range(0, max(1, len(mfcc) - 179), 180)]
    metre = [[np.log2(music["tempo_bpm"]), music["beats_per_bar"] == 3, music["beat_confidence"]]]
    return {
        "embedding": embedding,
        "bpm": bpm,
        "metre": np.array(metre),
        "mfcc": np.stack([np.concatenate([p.mean(0), p.std(0)]) for p in pieces]),
    }


def songs_of(args, encoder):
    """{name: (genre index, what is known)}, kept in OUT."""
    audio, found = args.ballroom / "audio", {}
    for path in sorted(audio.glob("*.opus")):
        genre = path.stem.split("_")[0]
        kept = args.out / f"{encoder.kind}_{path.stem}.npz"
        if not kept.exists():
            np.savez(kept, **describe(path, encoder, args.terpsi, args.seconds))
            print(path.stem, flush=True)
        with np.load(kept) as z:
            found[path.stem] = (GENRES.index(genre), {k: z[k] for k in z})
    return found


def folds_of(songs):
    """{name: fold}; the songs of a genre in turn, the tango in all."""
    by_genre = {}
    for name, (genre, _) in songs.items():
        by_genre.setdefault(genre, []).append(name)
    return {n: k % FOLDS for names in by_genre.values() for k, n in enumerate(names)}


def parted(rows, fold, gap):
    """(what is learned, what is tested) of one song when a quarter of it is left out."""
    a, b = len(rows) * fold // FOLDS, len(rows) * (fold + 1) // FOLDS
    return [rows[: max(0, a - gap)], rows[b + gap :]], rows[a:b]


def split(songs, folds, fold, key, gap):
    """([(genre, rows)] to learn from, [(name, genre, rows)] to test)."""
    learn, test = [], []
    for name, (genre, known) in songs.items():
        rows = known[key]
        if genre == TANGO and len(rows) > 1:
            before, left_out = parted(rows, fold, gap)
            learn += [(genre, r) for r in before if len(r) >= (WINDOW if key == "embedding" else 1)]
            test.append((name, genre, left_out))
        elif folds[name] == fold:
            test.append((name, genre, rows))
        else:
            learn.append((genre, rows))
    return learn, test


def accuracy(results):
    """Share of frames guessed right. results: [(genre, guesses of its frames)]."""
    return round(float(np.concatenate([f == g for g, f in results]).mean()), 4)


def songs_right(results):
    """Songs guessed right by the majority of their frames."""
    return int(sum(np.bincount(f, minlength=len(GENRES)).argmax() == g for g, f in results))


def summary(results):
    """results: [(genre, guesses of its frames)], one for each song (four for the tango)."""
    results = [(g, f) for g, f in results if len(f)]
    others = [(g, f) for g, f in results if g != TANGO]
    rows = {}
    for k, genre in enumerate(GENRES):
        mine = [(g, f) for g, f in results if g == k]
        if mine:
            rows[genre] = {
                "frames": sum(len(f) for _, f in mine),
                "frame_accuracy": accuracy(mine),
                "songs": 1 if k == TANGO else len(mine),
                "songs_right": None if k == TANGO else songs_right(mine),
            }
    mean = np.mean([r["frame_accuracy"] for g, r in rows.items() if g != "tango"])
    return {
        "frame_accuracy": accuracy(results),
        "frame_accuracy_without_tango": accuracy(others),
        "mean_over_genres_without_tango": round(float(mean), 4),
        "songs": len(others),
        "songs_right": songs_right(others),
        "genres": rows,
    }


def cross_validate(songs, args):
    """{classifier: summary}. args: seeds, steps."""
    folds, found = folds_of(songs), {"network": [], "tempo and metre": [], "MFCC": [], "commonest genre": []}
    for fold in range(FOLDS):
        learn, test = split(songs, folds, fold, "embedding", GAP)
        for seed in args.seeds:
            model = train(learn, seed, args.steps)
            for _, genre, rows in test:
                p = probabilities(model, rows)
                found["network"].append((genre, p.argmax(1) if len(p) else np.zeros(0, int)))
        for name, key in (("tempo and metre", "metre"), ("MFCC", "mfcc")):
            learn, test = split(songs, folds, fold, key, 1)
            labels = np.concatenate([[g] * len(r) for g, r in learn])
            guess = softmax_regression(np.concatenate([r for _, r in learn]), labels, len(GENRES))
            for _, genre, rows in test:
                if len(rows):
                    found[name].append((genre, guess(rows)))
        for _, genre, rows in split(songs, folds, fold, "embedding", GAP)[1]:
            guesses = np.full(max(1, len(windows_of(rows))), GENRES.index("waltz"))
            found["commonest genre"].append((genre, guesses))
        print(f"fold {fold}", flush=True)
    return {name: summary(results) for name, results in found.items()}
