#!/usr/bin/env python3
"""Trains the five beat networks of seed paper 004's table 2 on the same chunks, and exports them.

  tools/train/train_beat_zoo.py --corpus CORPUS --out runs/zoo [--steps 300] [--arch cnn,lstm] [--minutes 5] [--models models]

Every network sees the same chunks in the same order: --steps batches of --batch. The last
weights are kept; only the threshold of the peak picking is chosen on the validation songs, by the same rule for all. Running
again goes on from the checkpoints (--minutes ends a call early). With --models the finished networks become models/zoo_NAME.onnx.
"""

import argparse
import json
import pathlib
import shutil
import sys
import time

import numpy as np
import onnx
import torch

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from export_generator import OPSET, to_half_weights             # noqa: E402
from terpsi_train import beat_zoo as Z                          # noqa: E402
from terpsi_train.beat_scores import score                      # noqa: E402
from terpsi_train.manifest import described, enter              # noqa: E402
from terpsi_train.rendered import COLUMNS, load                 # noqa: E402

THRESHOLDS = np.arange(0.1, 0.65, 0.05)
RATE = 3e-3


def train(name, excerpts, args, file):
    """The network after --steps batches, or None where --minutes ended first."""
    torch.manual_seed(args.seed)
    model = Z.BeatNet(name, *Z.normalisation(excerpts))
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=args.steps, pct_start=0.1)
    data, first, seconds = Z.Chunks(excerpts, args.seed), 0, 0.0
    if file.exists():
        kept = torch.load(file, map_location="cpu", weights_only=False)
        if kept["about"] != about(args):
            sys.exit(f"{file} was trained with {kept['about']}; take another --out")
        model.load_state_dict(kept["model"])
        optimiser.load_state_dict(kept["optimiser"])
        schedule.load_state_dict(kept["schedule"])
        data.random.bit_generator.state = kept["chunks"]
        torch.set_rng_state(kept["torch"])
        first, seconds = kept["step"], kept["seconds"]
    model.train()
    start = saved = time.time()

    def save(step):
        torch.save({"about": about(args), "model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": step,
                    "schedule": schedule.state_dict(), "chunks": data.random.bit_generator.state, "torch": torch.get_rng_state(),
                    "seconds": seconds + time.time() - start}, file)

    total = 0.0
    for step in range(first, args.steps):
        x, y = map(torch.from_numpy, data.make(args.batch))
        loss = Z.beat_loss(model(x), y)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        total += loss.item()
        if (step + 1) % 50 == 0:
            print(f"{name} step {step + 1} loss {total / 50:.4f} {seconds + time.time() - start:.0f} s", flush=True)
            total = 0.0
        if time.time() - saved > 60:
            save(step + 1)
            saved = time.time()
        if time.time() - start > args.minutes * 60 and step + 1 < args.steps:
            save(step + 1)
            return None
    save(args.steps)
    return model.eval()


def about(args):
    return {"steps": args.steps, "batch": args.batch, "seed": args.seed}


def choose_threshold(model, excerpts):
    """(threshold with the largest mean F of the beats, that F, that of the downbeats) over the validation songs."""
    heard = [Z.activation(model, e) for e in excerpts]
    best = {}
    for k, truth in (("beat", lambda e: e.beats), ("downbeat", lambda e: e.downbeats)):
        column = 0 if k == "beat" else 1
        means = [float(np.mean([score(truth(e), Z.peaks(a[:, column], t))["f"] for e, a in zip(excerpts, heard)])) for t in THRESHOLDS]
        best[k] = (round(float(THRESHOLDS[int(np.argmax(means))]), 2), max(means))
    return best


def export(model, path):
    """Returns the largest difference of a probability between ONNX Runtime and PyTorch, weights rounded in both."""
    import onnxruntime
    model.load_state_dict({k: v.half().float() if v.is_floating_point() else v for k, v in model.state_dict().items()})
    exported = Z.Exported(model).eval()
    options = {"dynamo": False} if int(torch.__version__.split(".")[0]) >= 2 else {}
    torch.onnx.export(exported, (torch.randn(1, 901, COLUMNS),), str(path), input_names=["input"], output_names=["activation"],
                      opset_version=OPSET, dynamic_axes={"input": {1: "T"}, "activation": {1: "T"}}, **options)
    graph = onnx.load(str(path))
    shape = graph.graph.output[0].type.tensor_type.shape.dim     # the exporter does not see that these two are fixed
    shape[0].dim_value, shape[2].dim_value = 1, 2
    to_half_weights(graph)
    onnx.checker.check_model(graph)
    onnx.save(graph, str(path))
    session, worst = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]), 0.0
    for frames in (1, 2, 255, 256, 257, 1024, 3601):
        x = np.random.default_rng(frames).uniform(0, 4, (1, frames, COLUMNS)).astype(np.float32)
        with torch.no_grad():
            want = exported(torch.from_numpy(x)).numpy()
        got = session.run(None, {"input": x})[0]
        assert got.shape == (1, frames, 2), got.shape
        worst = max(worst, float(np.abs(got - want).max()))
    return worst


CARD = """# zoo: five beat networks for comparison

Convolutional (`zoo_cnn`), recurrent (`zoo_rnn`), LSTM (`zoo_lstm`), convolutional LSTM (`zoo_cnn_lstm`) and transformer (`zoo_transformer`): the architectures of seed
paper 004's table, trained alike. They show what the architecture does at equal size and training; for use there is the listener proper. `terpsi analyze SONG --listener
zoo_lstm` counts beats with one of them; the page does not load them. How well they hear: docs/results.md.

| | |
|---|---|
| size | %s thousand parameters, %.1f to %.1f MB each (fp16 weights, computed in float32) |
| input | [1, T, 52] at 90 rows a second (`core/audio/listener_input.h`) |
| output | activation [1, T, 2]: probability of a beat, of a downbeat |
| licence | MIT |
| training | `tools/train/train_beat_zoo.py`, seed %d, %d steps of %d chunks of 8.5 s from %d excerpts, one CPU thread |

Data: songs rendered by `tools/train/render_songs.py` from the scores of POP909 (MIT) and made-up scores. No recorded music.
"""


def ship(all_figures, args):
    """Copies the networks into the models folder, behind the listener that is meant for use."""
    for f in all_figures:
        path = args.models / f"zoo_{f['name']}.onnx"
        shutil.copyfile(args.out / f"zoo_{f['name']}_{args.seed}.onnx", path)
        enter(args.models, "listeners", {"name": path.stem, "role": "zoo", **described(path), "opset": OPSET, "licence": "MIT", "card": "zoo.md",
                                         "input_version": 1, "columns": COLUMNS})
    sizes, counts = [f["bytes"] / 1e6 for f in all_figures], [round(f["parameters"] / 1e3) for f in all_figures]
    f = all_figures[0]
    (args.models / "zoo.md").write_text(CARD % (f"{min(counts)} to {max(counts)}", min(sizes), max(sizes), f["seed"], f["steps"], f["batch"], f["excerpts"]))


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--corpus", type=pathlib.Path, required=True)
    a.add_argument("--out", type=pathlib.Path, required=True)
    a.add_argument("--arch", type=lambda s: s.split(","), default=list(Z.NAMES))
    a.add_argument("--steps", type=int, default=300)
    a.add_argument("--batch", type=int, default=8)
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--minutes", type=float, default=1e9, help="of this call, for each network")
    a.add_argument("--limit", type=int, help="train on so many excerpts")
    a.add_argument("--threads", type=int, default=1)
    a.add_argument("--models", type=pathlib.Path, help="ship the finished ones there")
    args = a.parse_args()
    torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    excerpts = load(args.corpus, "train", args.limit)
    validation = load(args.corpus, "val", 60)
    print(f"{len(excerpts)} excerpts to learn from, {len(validation)} to choose thresholds with", flush=True)
    finished = []
    for name in args.arch:
        file = args.out / f"{name}_{args.seed}.pt"
        model = train(name, excerpts, args, file)
        if model is None:
            print(f"{name}: not finished, run again")
            continue
        kept = torch.load(file, map_location="cpu", weights_only=False)
        best = choose_threshold(model, validation)
        figures = {"name": name, "parameters": Z.parameters(model), "seconds": round(kept["seconds"]), **about(args),
                   "excerpts": len(excerpts), "threshold": best["beat"][0], "downbeat_threshold": best["downbeat"][0],
                   "validation_f": round(best["beat"][1], 4), "validation_downbeat_f": round(best["downbeat"][1], 4)}
        path = args.out / f"zoo_{name}_{args.seed}.onnx"
        error = export(model, path)
        assert error < 1e-3, f"ONNX Runtime and PyTorch disagree by {error:.1e}"
        figures["bytes"] = path.stat().st_size
        (args.out / f"{name}_{args.seed}.json").write_text(json.dumps(figures) + "\n")
        print(json.dumps(figures), f"ORT differs by {error:.1e}", flush=True)
        finished.append(figures)
    if args.models and finished:
        ship(finished, args)


if __name__ == "__main__":
    main()
