#!/usr/bin/env python3
"""Exports a trained generator to models/: fp16 ONNX and its manifest entry; checks ONNX Runtime against
PyTorch.

tools/train/export_generator.py --run runs/student --name student --terpsi build/terpsi --models models
"""

import argparse
import pathlib

from terpsi_train.data.motion import corpus
from terpsi_train.export.generator import entry
from terpsi_train.export.manifest import RESEARCH, enter
from terpsi_train.export.onnx_file import export
from terpsi_train.models.parts import parameters
from terpsi_train.models.registry import REGISTRY
from terpsi_train.options import add_data
from terpsi_train.training.run import checkpoint

OPEN_DATA = (
    "open packs: AIST++ annotations (CC BY 4.0), CMU mocap, G1 Moves (CC BY 4.0), Perfume, Leju and "
    "Unitree robot dances, YCAM RAM, Animated Drawings (MIT); see the card"
)
BALLROOM_DATA = "; and the ballroom pack of Tang et al. 2018, which has no licence"


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--run", type=pathlib.Path, required=True)
    add_data(a, folder="")
    a.add_argument("--clear", action="store_true", help="as in training")
    a.add_argument("--ballroom", help="folder of that pack, where the run was trained on it")
    a.add_argument("--terpsi", default="build/terpsi")
    a.add_argument("--models", type=pathlib.Path, default=pathlib.Path("models"))
    a.add_argument("--name", required=True, help="name of the model and its file")
    a.add_argument("--guidance", type=float, default=1.0)
    a.add_argument("--times", help="comma-separated sampler times; default: those of training")
    a = a.parse_args()
    saved = checkpoint(a.run)
    architecture, path = REGISTRY[saved["role"]], a.models / (a.name + ".onnx")
    model = architecture.make(**saved["config"]).eval()
    model.load_state_dict(saved["average"])
    phrases = corpus.build(a.data, a.terpsi, a.run / "retargeted", a.ballroom, a.clear)
    assert phrases.names() == saved["phrases"], "the corpus has changed since training"
    print(f"{parameters(model)} parameters")
    export(architecture, model, path)
    saved["times"] = [float(v) for v in a.times.split(",")] if a.times else saved["times"]
    data, licence = (OPEN_DATA + BALLROOM_DATA, RESEARCH) if a.ballroom else (OPEN_DATA, "MIT")
    enter(a.models, architecture, entry(architecture, path, model, phrases, saved, a.guidance, data, licence))


if __name__ == "__main__":
    main()
