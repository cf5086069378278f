#!/usr/bin/env python3
"""Exports a trained listener to models/: fp16 ONNX and its manifest entry; checks ONNX Runtime against
PyTorch.

tools/train/export_listener.py --run runs/listener --models models
"""

import argparse
import pathlib

import torch

from terpsi_train.export.manifest import described, enter
from terpsi_train.export.onnx_file import export
from terpsi_train.layout import LISTENER_COLUMNS
from terpsi_train.models.parts import parameters
from terpsi_train.models.registry import REGISTRY
from terpsi_train.training.listener import calibrated

DATA = (
    "scores of POP909 (MIT), varied, and songs made up by rule, "
    "rendered through the soundfonts FluidR3 GM (MIT) and TimGM6mb (GPL-2)"
)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--run", type=pathlib.Path, required=True)
    a.add_argument("--models", type=pathlib.Path, default=pathlib.Path("models"))
    a.add_argument("--name", default="listener")
    args = a.parse_args()
    kept = torch.load(args.run / "checkpoint.pt", map_location="cpu", weights_only=True)
    architecture, path = REGISTRY["listener"], args.models / f"{args.name}.onnx"
    model = architecture.make(**kept["settings"]).eval()
    model.load_state_dict(kept["average"])
    print(f"{parameters(model)} parameters, step {kept['step']}, {kept['used'] / 60:.1f} min")
    export(architecture, calibrated(model), path)
    entry = {"data": DATA, "input_version": 1, "columns": LISTENER_COLUMNS}
    enter(args.models, architecture, described(architecture, path) | entry)


if __name__ == "__main__":
    main()
