#!/usr/bin/env python3
"""Exports a trained generator to models/: fp16 ONNX and its manifest entry; checks ONNX Runtime against PyTorch.

  tools/train/export_generator.py --run runs/student --name student --data $TERPSI_DATA/open --terpsi build/terpsi --models models
"""

import argparse
import hashlib
import json
import pathlib
import sys

import numpy as np
import onnx
import torch

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from terpsi_train import corpus as corpus_module            # noqa: E402
from terpsi_train.gan import RecurrentGenerator              # noqa: E402
from terpsi_train.model import Generator, GeneratorConfig, parameters   # noqa: E402
from terpsi_train.skeleton import MOTION_DIMS                # noqa: E402

OPSET = 17
OVERLAP = 32
OPEN_DATA = "open pack: AIST++ annotations (CC BY 4.0), CMU mocap, Perfume (MIT), Animated Drawings (MIT); see the card"
BALLROOM_DATA = "; and the ballroom pack of Tang et al. 2018, which has no licence"
RESEARCH = "research use only"
ROLES = ("student", "teacher", "gan")   # in the manifest's order: the first model is the default


def to_half_weights(model):
    """Float32 initialisers become float16, each followed by a Cast to float32 (folded when the model is loaded)."""
    casts = []
    for weight in model.graph.initializer:
        if weight.data_type != onnx.TensorProto.FLOAT or np.prod(weight.dims) < 16:
            continue
        name, values = weight.name, onnx.numpy_helper.to_array(weight)
        weight.CopyFrom(onnx.numpy_helper.from_array(values.astype(np.float16), name + ".half"))
        casts.append(onnx.helper.make_node("Cast", [name + ".half"], [name], to=onnx.TensorProto.FLOAT))
    for node in reversed(casts):
        model.graph.node.insert(0, node)
    return model


def build(config, state, role):
    """The model of a checkpoint, for inference."""
    model = (RecurrentGenerator if role == "gan" else Generator)(config).eval()
    model.load_state_dict(state)
    return model


def inputs_of(config):
    return ["x", "t", "cond", "phrase"] + (["mask"] if config.masked else [])


def export(model, path):
    c = model.config
    args = (torch.randn(2, c.window, MOTION_DIMS), torch.tensor([0.0, 0.5]), torch.randn(2, c.window, c.condition),
            torch.zeros(2, c.window, dtype=torch.int32), torch.zeros(2, c.window, MOTION_DIMS))
    names = inputs_of(c)
    args = args[:len(names)]
    options = {"dynamo": False} if int(torch.__version__.split(".")[0]) >= 2 else {}
    torch.onnx.export(model, args, str(path), input_names=names, output_names=["x1"], opset_version=OPSET,
                      dynamic_axes={n: {0: "B"} for n in names + ["x1"]}, **options)
    graph = onnx.load(str(path))
    to_half_weights(graph)
    onnx.checker.check_model(graph)
    onnx.save(graph, str(path))


def difference(model, path, role="student"):
    """Largest difference of the x1 of ONNX Runtime and PyTorch (fp16-rounded weights in both), normalised units."""
    import onnxruntime
    rounded = build(model.config, {k: v.half().float() for k, v in model.state_dict().items()}, role)
    c, r = model.config, np.random.default_rng(0)
    x = r.standard_normal((3, c.window, MOTION_DIMS)).astype(np.float32)
    t = np.array([0, 0.25, 0.75], np.float32)
    cond = r.standard_normal((3, c.window, c.condition)).astype(np.float32)
    phrase = r.integers(0, c.phrases, (3, c.window)).astype(np.int32)
    mask = (r.random((3, c.window, MOTION_DIMS)) < 0.2).astype(np.float32)
    told = dict(zip(inputs_of(c), (x, t, cond, phrase, mask)))
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    got = session.run(None, told)[0]
    with torch.no_grad():
        want = rounded(*map(torch.from_numpy, told.values())).numpy()
    return float(np.abs(got - want).max())


def entry(name, role, path, model, corpus, mean, std, times, guidance, data, licence):
    c = model.config
    raw = path.read_bytes()
    shape = lambda *s: [str(v) for v in s]     # noqa: E731
    motion = shape("B", c.window, MOTION_DIMS)
    shapes = {"x": motion, "t": shape("B"), "cond": shape("B", c.window, c.condition), "phrase": shape("B", c.window),
              "mask": motion}
    return {
        "name": name, "role": role, "file": path.name, "sha256": hashlib.sha256(raw).hexdigest(),
        "bytes": len(raw), "opset": OPSET, "licence": licence, "card": name + ".md", "data": data,
        "feature_version": 1, "skeleton_version": 1, "condition_version": 1,
        "window": c.window, "overlap": OVERLAP, "condition_columns": c.condition, "times": [float(f"{t:.6g}") for t in times],
        "guidance": guidance, "inputs": {n: shapes[n] for n in inputs_of(c)},
        "outputs": {"x1": shape("B", c.window, MOTION_DIMS)},
        "mean": [float(f"{v:.6g}") for v in mean], "std": [float(f"{v:.6g}") for v in std],
        "styles": [{"name": s, "bpm": float(round(b, 2)), "magnitude": float(round(m, 3))} for s, b, m in
                   zip(corpus.styles, corpus.style_bpm, corpus.style_magnitude)],
        "phrases": [{"style": p.style, "energy": round(p.energy, 3), "mirror": p.mirror,
                     "next": [[k, round(v, 2)] for k, v in p.next]} for p in corpus.phrases],
    }


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--run", required=True)
    a.add_argument("--data", required=True)
    a.add_argument("--ballroom", help="folder of that pack, where the run was trained on it")
    a.add_argument("--terpsi", default="build/terpsi")
    a.add_argument("--models", default="models")
    a.add_argument("--name", required=True, help="name of the model and its file")
    a.add_argument("--guidance", type=float, default=1.0)
    a.add_argument("--times", help="comma-separated sampler times; default: those of training")
    a = a.parse_args()
    run, models = pathlib.Path(a.run), pathlib.Path(a.models)
    saved = torch.load(run / "checkpoint.pt", map_location="cpu", weights_only=False)
    role = saved["role"]
    model = build(GeneratorConfig(**saved["config"]), saved["average"], role)
    corpus = corpus_module.build(a.data, a.terpsi, run / "retargeted", a.ballroom)
    assert len(corpus.phrases) + 1 == model.config.phrases, "the corpus has changed since training"
    path = models / (a.name + ".onnx")
    export(model, path)
    error = difference(model, path, role)
    print(f"{path}: {path.stat().st_size} bytes, {parameters(model)} parameters, ORT differs by {error:.2e}")
    assert error < 2e-3, "ONNX Runtime and PyTorch disagree"
    times = [float(v) for v in a.times.split(",")] if a.times else saved["times"]
    made = entry(a.name, role, path, model, corpus, saved["mean"].tolist(), saved["std"].tolist(), times, a.guidance,
                 OPEN_DATA + (BALLROOM_DATA if a.ballroom else ""), RESEARCH if a.ballroom else "MIT")
    file = models / "manifest.json"
    manifest = json.loads(file.read_text()) if file.exists() else {"manifest_version": 1, "models": []}
    others = [m for m in manifest["models"] if m["name"] != a.name]
    manifest["models"] = sorted(
        [made] + others, key=lambda m: (m["licence"] == RESEARCH, ROLES.index(m["role"]), m["name"]))
    text = json.dumps(manifest, separators=(",", ":")).replace('{"style"', '\n{"style"').replace('"phrases"', '\n"phrases"')
    file.write_text(text + "\n")


if __name__ == "__main__":
    main()
