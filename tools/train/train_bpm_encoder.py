#!/usr/bin/env python3
"""Trains seed paper 003's tempo network on rendered songs, measures it on songs and instruments it has not heard, and exports it.

  tools/train/train_bpm_encoder.py --corpus CORPUS --out runs/bpm --minutes 12 --models models
  tools/train/train_bpm_encoder.py --corpus CORPUS --out runs/bpm --kind mel --minutes 4

--minutes is the whole training time, spread over as many calls as it takes: running again goes on from the checkpoint.
"""

import argparse
import json
import math
import pathlib
import sys
import time

import numpy as np
import onnx
import torch

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from export_generator import OPSET, to_half_weights             # noqa: E402
from terpsi_train import bpm_encoder as E                       # noqa: E402
from terpsi_train.manifest import described, enter              # noqa: E402
from terpsi_train.rendered import load                          # noqa: E402

NAME = "bpm_encoder"
RATE = 1.5e-3


def songs_of(folder, split, kind, limit=None):
    songs = []
    for e in load(folder, split, limit):
        code = None
        if kind == "raw":
            import soundfile
            samples, rate = soundfile.read(folder / (e.name + ".flac"), dtype="float32")
            assert rate == E.SAMPLE_RATE and samples.ndim == 1, e.name
            code = E.mu_encode(E.at_level(samples))
        song = E.Song(e.bpm, e.beats, code, e.input[:, :E.MEL_BANDS] if kind == "mel" else None)
        if song.seconds() > 4:
            songs.append(song)
    return songs


def train(songs, args, file):
    torch.manual_seed(args.seed)
    bpm = np.array([s.bpm for s in songs])
    model = E.BpmEncoder(args.kind, bpm.mean(), math.hypot(bpm.std(), 0.16 * bpm.mean()))   # the speeds vary too
    optimiser = torch.optim.Adam(model.parameters(), RATE)
    data, seconds, step = E.Chunks(songs, args.kind, args.seed), 0.0, 0
    if file.exists():
        kept = torch.load(file, map_location="cpu", weights_only=False)
        model.load_state_dict(kept["model"])
        optimiser.load_state_dict(kept["optimiser"])
        data.random.bit_generator.state = kept["chunks"]
        seconds, step = kept["seconds"], kept["step"]
    model.train()
    clock = saved = said = time.time()
    total, count = 0.0, 0
    while (done := max(seconds / (args.minutes * 60), step / args.steps)) < 1:
        optimiser.param_groups[0]["lr"] = RATE * min(1, step / 30) * max(0.01, 0.5 + 0.5 * math.cos(math.pi * done))
        x, y = map(torch.from_numpy, data.make(args.batch))
        with torch.autocast("cpu", torch.bfloat16, enabled=args.autocast):
            z = model(x)[0]
        loss = torch.mean((z.float() - (y - model.bpm_mean) / model.bpm_std) ** 2)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        step, total, count = step + 1, total + loss.item(), count + 1
        seconds, clock = seconds + time.time() - clock, time.time()
        if clock - said > 20:
            print(f"step {step} loss {total / count:.3f} {seconds:.0f} s", flush=True)
            said, total, count = clock, 0.0, 0
        if clock - saved > 60 or seconds >= args.minutes * 60 or step >= args.steps:
            torch.save({"model": model.state_dict(), "optimiser": optimiser.state_dict(), "chunks": data.random.bit_generator.state,
                        "seconds": seconds, "step": step}, file)
            saved = clock
    return model.eval(), step, seconds


@torch.no_grad()
def measure(model, train_songs, test_songs):
    """Of two-second chunks, one each second, and of excerpts (the median of their chunks); beside always guessing the mean tempo of training."""
    true, guess, song_true, song_guess = [], [], [], []
    for s in test_songs:
        starts = np.arange(0, s.seconds() - 2.1, 1.0)
        x = np.stack([E.chunk(s, t, 1, model.kind) for t in starts])
        g = model.bpm(torch.from_numpy(x)).numpy()
        guess.append(g)
        true.append(np.array([E.local_bpm(s.beats, t - 2, t + 4, s.bpm) for t in starts]))
        song_true.append(s.bpm)
        song_guess.append(float(np.median(g)))
    true, guess = np.concatenate(true), np.concatenate(guess)
    mean = float(np.mean([s.bpm for s in train_songs]))
    return {"chunks": E.accuracies(true, guess), "chunks_mean": E.accuracies(true, np.full_like(true, mean)),
            "excerpts": E.accuracies(song_true, song_guess), "excerpts_mean": E.accuracies(song_true, np.full(len(song_true), mean)),
            "correlation": float(np.corrcoef(true, guess)[0, 1]), "test_chunks": len(true), "test_excerpts": len(song_true)}


def export(model, path):
    """Returns the largest difference between ONNX Runtime and PyTorch, weights rounded in both: of the tempo (share of it), of the embedding (share of its largest)."""
    import onnxruntime
    model.load_state_dict({k: v.half().float() if v.is_floating_point() and v.dim() else v for k, v in model.state_dict().items()})
    exported = E.Exported(model).eval()
    options = {"dynamo": False} if int(torch.__version__.split(".")[0]) >= 2 else {}
    torch.onnx.export(exported, (torch.randn(2, E.CHUNK) * 0.1,), str(path), input_names=["audio"], output_names=["bpm", "embedding"],
                      opset_version=OPSET, dynamic_axes={"audio": {0: "B"}, "bpm": {0: "B"}, "embedding": {0: "B"}}, **options)
    graph = onnx.load(str(path))
    to_half_weights(graph)
    onnx.checker.check_model(graph)
    onnx.save(graph, str(path))
    x = E.mu_decode(E.mu_encode(0.1 * np.random.default_rng(0).standard_normal((3, E.CHUNK)).astype(np.float32)))
    got = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(None, {"audio": x})
    with torch.no_grad():
        want = [v.numpy() for v in exported(torch.from_numpy(x))]
    return float(np.abs(got[0] / want[0] - 1).max()), float(np.abs(got[1] - want[1]).max() / np.abs(want[1]).max())


def card(figures, size):
    c, m, s, n = (figures[k] for k in ("chunks", "chunks_mean", "excerpts", "excerpts_mean"))
    row = lambda name, f: f"| {name} | {f['mae']:.1f} | {100 * f['acc1']:.0f} | {100 * f['acc2']:.0f} |"
    return "\n".join([
        f"# {NAME}", "",
        "Guesses the tempo of two seconds of sound, and describes them in 128 numbers: the music encoder of seed paper 003. The tempo is hardly better than a guess",
        "(see below; `terpsi analyze` counts beats far better); the description is what the genre classifier `genre_ballroom` reads. The page does not load it.", "",
        "| | |", "|---|---|",
        "| what | ten blocks of convolution, batch norm, gated tanh, residual, dropout, maximum on raw sound; a Gaussian mean of the tenth's 10 moments; two linear layers |",
        f"| size | {figures['parameters'] / 1e6:.2f} M parameters, {size / 1e6:.2f} MB (fp16 weights, computed in float32) |",
        "| input | audio [B, 44100]: 2 s at 22 050 Hz, level and mu-law as `core/audio/mu_law.h` says |",
        "| output | bpm [B], embedding [B, 128] |",
        "| licence | MIT |",
        f"| training | `tools/train/train_bpm_encoder.py`, seed {figures['seed']}, {figures['steps']} steps of {figures['batch']} chunks, {figures['seconds']} s on one CPU thread |",
        "", "## Data", "",
        f"{figures['train_excerpts']} excerpts rendered by `tools/train/render_songs.py` from the scores of POP909 (MIT) and made-up scores, so that the tempo is exact; at 0.75 to 1.33",
        "times their speed. The paper had 200 000 songs of the Million Song Dataset, with tempi from an estimator.", "",
        "## How well", "",
        f"{figures['test_excerpts']} excerpts of songs and instruments that were not learned from, {figures['test_chunks']} chunks. Right: within 4 %; or of 2, 3, 1/2, 1/3 times the tempo.", "",
        "| | mean error, BPM | right % | or a multiple % |", "|---|---|---|---|",
        row("chunks of 2 s", c), row("the mean of the training songs, always", m), row("whole excerpts (median)", s), row("the mean, always", n)]) + "\n"


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--corpus", type=pathlib.Path, required=True)
    a.add_argument("--out", type=pathlib.Path, required=True)
    a.add_argument("--kind", choices=["raw", "mel"], default="raw")
    a.add_argument("--minutes", type=float, default=12)
    a.add_argument("--steps", type=float, default=math.inf, help="at most")
    a.add_argument("--batch", type=int, default=64)
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--limit", type=int, help="train on so many excerpts")
    a.add_argument("--threads", type=int, default=1)
    a.add_argument("--autocast", action="store_true", help="bfloat16 where PyTorch thinks it safe")
    a.add_argument("--models", type=pathlib.Path, help="export there (raw only)")
    args = a.parse_args()
    torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    songs, test = songs_of(args.corpus, "train", args.kind, args.limit), songs_of(args.corpus, "test", args.kind)
    print(f"{len(songs)} excerpts to learn from, {len(test)} to measure with", flush=True)
    model, steps, seconds = train(songs, args, args.out / f"{args.kind}.pt")
    figures = {"kind": args.kind, "seed": args.seed, "steps": steps, "batch": args.batch, "seconds": round(seconds), "train_excerpts": len(songs),
               "parameters": sum(p.numel() for p in model.parameters()), **measure(model, songs, test)}
    (args.out / f"{args.kind}.json").write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures, indent=1), flush=True)
    if args.models and args.kind == "raw":
        path = args.models / (NAME + ".onnx")
        bpm, embedding = export(model, path)
        print(f"{path}: {path.stat().st_size} bytes, ORT differs by {bpm:.1e} of the tempo, {embedding:.1e} in the embedding")
        assert max(bpm, embedding) < 1e-3, "ONNX Runtime and PyTorch disagree"
        (args.models / (NAME + ".md")).write_text(card(figures, path.stat().st_size))
        enter(args.models, "encoders", {"name": NAME, **described(path), "opset": OPSET, "licence": "MIT", "card": NAME + ".md", "input_version": 1,
                                        "sample_rate": E.SAMPLE_RATE, "samples": E.CHUNK, "embedding": E.EMBEDDING})


if __name__ == "__main__":
    main()
