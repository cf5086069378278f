#!/usr/bin/env python3
"""Exports a trained student to models/: fp16 ONNX, its manifest entry and its card; checks ONNX Runtime against PyTorch.

  tools/train/export_student.py --run runs/student --data $TERPSI_DATA/open --terpsi build/terpsi --models models
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
from terpsi_train.model import Generator, GeneratorConfig, parameters   # noqa: E402
from terpsi_train.skeleton import MOTION_DIMS                # noqa: E402

OPSET = 17
OVERLAP = 32


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


def export(model, path):
    c = model.config
    args = (torch.randn(2, c.window, MOTION_DIMS), torch.tensor([0.0, 0.5]), torch.randn(2, c.window, c.condition),
            torch.zeros(2, c.window, dtype=torch.int32))
    names = ["x", "t", "cond", "phrase"]
    options = {"dynamo": False} if int(torch.__version__.split(".")[0]) >= 2 else {}
    torch.onnx.export(model, args, str(path), input_names=names, output_names=["x1"], opset_version=OPSET,
                      dynamic_axes={n: {0: "B"} for n in names + ["x1"]}, **options)
    graph = onnx.load(str(path))
    to_half_weights(graph)
    onnx.checker.check_model(graph)
    onnx.save(graph, str(path))


def difference(model, path):
    """Largest difference of the x1 of ONNX Runtime and PyTorch (fp16-rounded weights in both), normalised units."""
    import onnxruntime
    rounded = Generator(model.config).eval()
    rounded.load_state_dict({k: v.half().float() for k, v in model.state_dict().items()}, strict=True)
    c, r = model.config, np.random.default_rng(0)
    x = r.standard_normal((3, c.window, MOTION_DIMS)).astype(np.float32)
    t = np.array([0, 0.25, 0.75], np.float32)
    cond = r.standard_normal((3, c.window, c.condition)).astype(np.float32)
    phrase = r.integers(0, c.phrases, (3, c.window)).astype(np.int32)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    got = session.run(None, {"x": x, "t": t, "cond": cond, "phrase": phrase})[0]
    with torch.no_grad():
        want = rounded(*map(torch.from_numpy, (x, t, cond, phrase))).numpy()
    return float(np.abs(got - want).max())


def entry(name, path, model, corpus, mean, std, times, data):
    c = model.config
    raw = path.read_bytes()
    shape = lambda *s: [str(v) for v in s]     # noqa: E731
    return {
        "name": name, "role": "student", "file": path.name, "sha256": hashlib.sha256(raw).hexdigest(),
        "bytes": len(raw), "opset": OPSET, "licence": "MIT", "card": name + ".md", "data": data,
        "feature_version": 1, "skeleton_version": 1, "condition_version": 1,
        "window": c.window, "overlap": OVERLAP, "condition_columns": c.condition, "times": list(times),
        "inputs": {"x": shape("B", c.window, MOTION_DIMS), "t": shape("B"),
                   "cond": shape("B", c.window, c.condition), "phrase": shape("B", c.window)},
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
    a.add_argument("--terpsi", default="build/terpsi")
    a.add_argument("--models", default="models")
    a.add_argument("--name", default="student")
    a.add_argument("--times", help="comma-separated sampler times; default: those of training")
    a = a.parse_args()
    run, models = pathlib.Path(a.run), pathlib.Path(a.models)
    saved = torch.load(run / "checkpoint.pt", map_location="cpu", weights_only=False)
    model = Generator(GeneratorConfig(**saved["config"])).eval()
    model.load_state_dict(saved["average"])
    corpus = corpus_module.build(a.data, a.terpsi, run / "retargeted")
    assert len(corpus.phrases) + 1 == model.config.phrases, "the corpus has changed since training"
    path = models / (a.name + ".onnx")
    export(model, path)
    error = difference(model, path)
    print(f"{path}: {path.stat().st_size} bytes, {parameters(model)} parameters, ORT differs by {error:.2e}")
    assert error < 2e-3, "ONNX Runtime and PyTorch disagree"
    times = [float(v) for v in a.times.split(",")] if a.times else saved["times"]
    made = entry(a.name, path, model, corpus, saved["mean"].tolist(), saved["std"].tolist(), times,
                 "open pack: AIST++ annotations (CC BY 4.0), CMU mocap, Perfume (MIT), Animated Drawings (MIT); see the card")
    file = models / "manifest.json"
    manifest = json.loads(file.read_text()) if file.exists() else {"manifest_version": 1, "models": []}
    others = [m for m in manifest["models"] if m["name"] != a.name]
    manifest["models"] = [made] + others
    text = json.dumps(manifest, separators=(",", ":")).replace('{"style"', '\n{"style"').replace('"phrases"', '\n"phrases"')
    file.write_text(text + "\n")


if __name__ == "__main__":
    main()
