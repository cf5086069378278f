#!/usr/bin/env python3
"""Exports a trained beat network to models/: fp16 ONNX, its manifest entry; checks ONNX Runtime against PyTorch.

  tools/train/export_listener.py --run runs/listener --models models
"""

import argparse
import pathlib
import sys

import numpy as np
import onnx
import torch

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from export_generator import OPSET, to_half_weights           # noqa: E402
from terpsi_train.listener import COLUMNS, Listener, parameters   # noqa: E402
from terpsi_train.manifest import described, enter                # noqa: E402
from train_listener import POSITIVE                               # noqa: E402

DATA = "scores of POP909 (MIT), varied, and songs made up by rule, rendered through the soundfonts FluidR3 GM (MIT) and TimGM6mb (GPL-2)"


def calibrate(model):
    """Training weighed rows with beats more than others, which multiplied the odds by that weight; undone here."""
    with torch.no_grad():
        model.head.bias -= torch.log(POSITIVE)


def export(model, path):
    """Input [1, T, 52], T even; output [1, T, 2]."""
    options = {"dynamo": False} if int(torch.__version__.split(".")[0]) >= 2 else {}
    torch.onnx.export(model.eval(), (torch.randn(1, 360, COLUMNS),), str(path), input_names=["input"],
                      output_names=["activation"], opset_version=OPSET,
                      dynamic_axes={"input": {1: "T"}, "activation": {1: "T"}}, **options)
    graph = onnx.load(str(path))
    to_half_weights(graph)
    onnx.checker.check_model(graph)
    onnx.save(graph, str(path))


def difference(model, path):
    """Largest difference of a probability between ONNX Runtime and PyTorch, weights rounded in both."""
    import onnxruntime
    rounded = Listener(**model.settings).eval()
    rounded.load_state_dict({k: v.half().float() if v.dtype.is_floating_point and v.numel() >= 16 else v
                             for k, v in model.state_dict().items()})
    x = np.random.default_rng(0).random((1, 2000, COLUMNS)).astype(np.float32) * 5
    got = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(None, {"input": x})[0]
    with torch.no_grad():
        return float(np.abs(got - rounded(torch.from_numpy(x)).numpy()).max())


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--run", type=pathlib.Path, required=True)
    a.add_argument("--models", type=pathlib.Path, default=pathlib.Path("models"))
    a.add_argument("--name", default="listener")
    args = a.parse_args()
    kept = torch.load(args.run / "checkpoint.pt", map_location="cpu", weights_only=True)
    model = Listener(**kept["settings"]).eval()
    model.load_state_dict(kept["average"])
    calibrate(model)
    path = args.models / f"{args.name}.onnx"
    export(model, path)
    worst = difference(model, path)
    print(f"{parameters(model)} parameters, {path.stat().st_size} bytes, step {kept['step']}, {kept['used'] / 60:.1f} min; "
          f"ONNX Runtime differs from PyTorch by {worst:.1e}")
    if worst > 1e-4:
        sys.exit("too much")
    enter(args.models, "listeners", {"name": args.name, "role": "listener", **described(path), "opset": OPSET, "licence": "MIT",
                                     "card": args.name + ".md", "data": DATA, "input_version": 1, "columns": COLUMNS})


if __name__ == "__main__":
    main()
