#!/usr/bin/env python3
"""Trains seed paper 003's genre classifier on the ballroom pack, on the music encoder's description; measures it on songs it has not heard.

  tools/train/train_genre.py --ballroom $TERPSI_DATA/ballroom --encoder runs/bpm/raw.pt --out runs/genre --terpsi build/terpsi --models models

The pack has no licence: the exported weights are for research only. Four folds by song (each of the four cha-chas is left out once). Tango
is one song: a quarter of it is left out in each fold, which says little about other tangos, so that it is kept apart in the figures.
Baselines on the same folds: the commonest genre; tempo and metre of `terpsi analyze`; mean and deviation of its MFCC columns.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import torch

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from export_generator import OPSET, RESEARCH, to_half_weights   # noqa: E402
from terpsi_train import bpm_encoder as E, genre as G           # noqa: E402
from terpsi_train.manifest import described, enter              # noqa: E402

NAME = "genre_ballroom"
FOLDS = 4
GAP = 5 * G.PER_SECOND      # moments between what is learned and what is tested inside one song: more than the 2 s the encoder hears
TANGO = G.GENRES.index("tango")


def samples_of(path):
    """22 050 Hz mono."""
    import soundfile
    from scipy.signal import resample_poly
    x, rate = soundfile.read(path, dtype="float32", always_2d=True)
    step = np.gcd(rate, E.SAMPLE_RATE)
    return resample_poly(x.mean(1), E.SAMPLE_RATE // step, rate // step).astype(np.float32)


def load_encoder(path):
    kept = torch.load(path, map_location="cpu", weights_only=False)["model"]
    model = E.BpmEncoder("mel" if kept["blocks.0.conv.weight"].shape[1] == E.MEL_BANDS else "raw")
    # The exported encoder's weights are rounded; so are these.
    model.load_state_dict({k: v.half().float() if v.is_floating_point() and v.dim() else v for k, v in kept.items()})
    return model.eval()


def describe(path, encoder, terpsi, seconds):
    """What each song is judged by: the description of its first seconds; tempo and metre, and MFCC of every 6 s, of the whole."""
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
                x = z["input"][:, :E.MEL_BANDS].astype(np.float32)
        else:
            x = E.mu_decode(E.mu_encode(E.at_level(samples_of(path))))
    bpm, embedding = E.encode(encoder, x[:int(seconds * (E.SAMPLE_RATE if encoder.kind == "raw" else E.MEL_RATE))], G.PER_SECOND)
    pieces = [mfcc[k:k + 180] for k in range(0, max(1, len(mfcc) - 179), 180)]
    return {"embedding": embedding, "bpm": bpm,
            "metre": np.array([[np.log2(music["tempo_bpm"]), music["beats_per_bar"] == 3, music["beat_confidence"]]]),
            "mfcc": np.stack([np.concatenate([p.mean(0), p.std(0)]) for p in pieces])}


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
            found[path.stem] = (G.GENRES.index(genre), {k: z[k] for k in z})
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
    return [rows[:max(0, a - gap)], rows[b + gap:]], rows[a:b]


def split(songs, folds, fold, key, gap):
    """([(genre, rows)] to learn from, [(name, genre, rows)] to test)."""
    learn, test = [], []
    for name, (genre, known) in songs.items():
        rows = known[key]
        if genre == TANGO and len(rows) > 1:
            before, left_out = parted(rows, fold, gap)
            learn += [(genre, r) for r in before if len(r) >= (G.WINDOW if key == "embedding" else 1)]
            test.append((name, genre, left_out))
        elif folds[name] == fold:
            test.append((name, genre, rows))
        else:
            learn.append((genre, rows))
    return learn, test


def summary(results):
    """results: [(genre, guesses of its frames)], one for each song (four for the tango). Songs by majority."""
    others = [(g, f) for g, f in results if g != TANGO and len(f)]
    frames = np.concatenate([f == g for g, f in results if len(f)])
    rows = {}
    for k, genre in enumerate(G.GENRES):
        mine = [f for g, f in results if g == k and len(f)]
        if mine:
            right = np.concatenate(mine) == k
            rows[genre] = {"frames": len(right), "frame_accuracy": round(float(right.mean()), 4), "songs": 1 if k == TANGO else len(mine),
                           "songs_right": int(sum(np.bincount(f, minlength=4).argmax() == k for f in mine)) if k != TANGO else None}
    return {"frame_accuracy": round(float(frames.mean()), 4),
            "frame_accuracy_without_tango": round(float(np.concatenate([f == g for g, f in others]).mean()), 4),
            "mean_over_genres_without_tango": round(float(np.mean([r["frame_accuracy"] for g, r in rows.items() if g != "tango"])), 4),
            "songs": len(others), "songs_right": int(sum(np.bincount(f, minlength=4).argmax() == g for g, f in others)), "genres": rows}


def cross_validate(songs, args):
    folds, found = folds_of(songs), {"network": [], "tempo and metre": [], "MFCC": [], "commonest genre": []}
    for fold in range(FOLDS):
        learn, test = split(songs, folds, fold, "embedding", GAP)
        for seed in args.seeds:
            model = G.train(learn, seed, args.steps)
            for _, genre, rows in test:
                p = G.probabilities(model, rows)
                found["network"].append((genre, p.argmax(1) if len(p) else np.zeros(0, int)))
        for name, key in (("tempo and metre", "metre"), ("MFCC", "mfcc")):
            learn, test = split(songs, folds, fold, key, 1)
            guess = G.softmax_regression(np.concatenate([r for _, r in learn]), np.concatenate([[g] * len(r) for g, r in learn]), len(G.GENRES))
            for _, genre, rows in test:
                if len(rows):
                    found[name].append((genre, guess(rows)))
        waltz = G.GENRES.index("waltz")
        found["commonest genre"] += [(genre, np.full(max(1, len(G.windows_of(rows))), waltz))
                                     for _, genre, rows in split(songs, folds, fold, "embedding", GAP)[1]]
        print(f"fold {fold}", flush=True)
    return {name: summary(results) for name, results in found.items()}


class Exported(torch.nn.Module):
    """What is exported: probabilities."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return self.model(x).softmax(-1)


def export(model, path):
    """Returns the largest difference of a probability between ONNX Runtime and PyTorch, weights rounded in both."""
    import onnxruntime
    model.load_state_dict({k: v.half().float() for k, v in model.state_dict().items()})
    exported = Exported(model).eval()
    options = {"dynamo": False} if int(torch.__version__.split(".")[0]) >= 2 else {}
    torch.onnx.export(exported, (torch.randn(2, G.WINDOW, E.EMBEDDING),), str(path), input_names=["embedding"],
                      output_names=["probability"], opset_version=OPSET, dynamic_axes={"embedding": {0: "B"}, "probability": {0: "B"}}, **options)
    graph = onnx.load(str(path))
    to_half_weights(graph)
    onnx.checker.check_model(graph)
    onnx.save(graph, str(path))
    x = np.random.default_rng(0).standard_normal((5, G.WINDOW, E.EMBEDDING)).astype(np.float32)
    got = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(None, {"embedding": x})[0]
    with torch.no_grad():
        return float(np.abs(got - exported(torch.from_numpy(x)).numpy()).max())


def rows_of(figures, seeds):
    lines = ["| | windows right % | without tango % | mean of cha-cha, rumba, waltz % | songs right | cha-cha % | rumba % | waltz % | tango % (one song, in parts) |",
             "|---|---|---|---|---|---|---|---|---|"]
    for name, f in figures.items():
        n = len(seeds) if name == "network" else 1
        by = [f"{100 * f['genres'][g]['frame_accuracy']:.1f}" if g in f["genres"] else "-" for g in ("chacha", "rumba", "waltz", "tango")]
        lines.append(f"| {name} | {100 * f['frame_accuracy']:.1f} | {100 * f['frame_accuracy_without_tango']:.1f} | "
                     f"{100 * f['mean_over_genres_without_tango']:.1f} | {f['songs_right'] / n:g} of {f['songs'] // n} | " + " | ".join(by) + " |")
    return lines


def card(figures, size, parameters, args):
    return "\n".join([
        f"# {NAME}", "",
        "**For research use only**: learned from the ballroom pack of Tang et al. 2018, which has no licence and whose songs are commercial recordings.", "",
        "Says which of four ballroom dances a song is for: cha-cha, rumba, tango, waltz. Seed paper 003's genre classifier, on the description by `bpm_encoder`.",
        "`terpsi genre SONG` runs both; nothing else of the program uses it, and the page does not load it.", "",
        "| | |", "|---|---|",
        "| what | four blocks of convolution over time, maximum, leaky ReLU; probabilities of the genres |",
        f"| size | {parameters / 1e6:.2f} M parameters, {size / 1e6:.2f} MB (fp16 weights, computed in float32) |",
        f"| input | embedding [B, {G.WINDOW}, {E.EMBEDDING}]: {G.WINDOW} descriptions, {G.PER_SECOND} a second |",
        "| output | probability [B, 4] |",
        f"| licence | {RESEARCH} |",
        f"| training | `tools/train/train_genre.py`, seed {args.seeds[0]}, {args.steps} steps |", "",
        "## How well", "",
        f"Four folds by song, {len(args.seeds)} training seed{'s' if len(args.seeds) > 1 else ''}; the first {args.seconds:.0f} s of each song; a window is 6 s. 28 waltzes, 8 rumbas, 4 cha-chas. There is one tango only: a quarter of it was left out in each fold, which shows",
        "that the network can tell this recording, not tangos. The exported network learned from all songs.", "",
        *rows_of(figures, args.seeds), "",
        "The paper reports 73.15 % of frames and 6 of 6 songs right on other recordings of the same four dances (56 songs to learn from)."]) + "\n"


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--ballroom", type=pathlib.Path, required=True)
    a.add_argument("--encoder", type=pathlib.Path, required=True, help="checkpoint of train_bpm_encoder.py")
    a.add_argument("--out", type=pathlib.Path, required=True)
    a.add_argument("--terpsi", default="build/terpsi")
    a.add_argument("--steps", type=int, default=500)
    a.add_argument("--seconds", type=float, default=60, help="of each song that are described")
    a.add_argument("--seeds", type=lambda s: [int(v) for v in s.split(",")], default=[1, 2, 3])
    a.add_argument("--models", type=pathlib.Path, help="export there")
    args = a.parse_args()
    torch.set_num_threads(1)
    args.out.mkdir(parents=True, exist_ok=True)
    encoder = load_encoder(args.encoder)
    songs = songs_of(args, encoder)
    figures = cross_validate(songs, args)
    (args.out / f"{encoder.kind}.json").write_text(json.dumps(figures, indent=1) + "\n")
    print("\n".join(rows_of(figures, args.seeds)), flush=True)
    if args.models:
        model = G.train([(g, known["embedding"]) for g, known in songs.values()], args.seeds[0], args.steps)
        path = args.models / (NAME + ".onnx")
        error = export(model, path)
        print(f"{path}: {path.stat().st_size} bytes, ORT differs by {error:.1e}")
        assert error < 1e-3, "ONNX Runtime and PyTorch disagree"
        parameters = sum(p.numel() for p in model.parameters())
        (args.models / (NAME + ".md")).write_text(card(figures, path.stat().st_size, parameters, args))
        net = figures["network"]
        enter(args.models, "genres", {"name": NAME, **described(path), "opset": OPSET, "licence": RESEARCH, "card": NAME + ".md", "input_version": 1,
                                      "encoder": "bpm_encoder", "window": G.WINDOW, "hop": G.HOP, "per_second": G.PER_SECOND, "embedding": E.EMBEDDING,
                                      "genres": G.GENRES, "held_out": {"windows": net["frame_accuracy"], "songs": net["songs_right"] / net["songs"]}})


if __name__ == "__main__":
    main()
