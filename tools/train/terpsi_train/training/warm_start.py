"""Starts a generator on a corpus from one that was trained on another: an exported one or a run."""

import json
import pathlib

import numpy as np
import torch

from terpsi_train.layout import MOTION_DIMS, Condition
from terpsi_train.training.run import checkpoint


def exported_weights(model, path):
    """The state of a model of the same architecture, read from its ONNX file."""
    import onnx
    import onnx.numpy_helper

    graph = onnx.load(str(path)).graph
    stored = {i.name.removesuffix(".half"): onnx.numpy_helper.to_array(i) for i in graph.initializer}
    state = {}
    # Linear layers on more than two dimensions became MatMuls with nameless transposed weights, in order of
    # use.
    nameless = [stored[n.input[1]] for n in graph.node if n.op_type == "MatMul" and n.input[1] in stored]
    linear = ["enter", "patchify"]
    for i in range(model.config.layers):
        linear += [f"blocks.{i}.{n}" for n in ("qkv", "out", "up", "down")]
    linear += ["unpatchify", "leave"]
    for name, values in zip(linear, nameless, strict=True):
        state[name + ".weight"] = torch.from_numpy(values.T.astype(np.float32))
    for name, values in stored.items():
        if not name.startswith("onnx::") and name in model.state_dict():
            state[name] = torch.from_numpy(values.astype(np.float32))
    return state


@torch.no_grad()
def go_on(model, state, old_styles, new_styles, mean, std, poses):
    """Loads a state whose styles and phrases are others. Columns of styles known by name keep what was
    learned; every phrase gets the memory that the last layer turns into its poses [phrases, slots + 1, 151]
    (physical)."""
    c, state = model.config, dict(state)
    wide, into = state["enter.weight"], model.enter.weight.clone()
    fixed = MOTION_DIMS * (2 if c.masked else 1) + Condition.FIXED
    into[:, :fixed] = wide[:, :fixed]
    into[:, fixed : fixed + len(new_styles)] = 0
    for i, style in enumerate(old_styles):
        if style in new_styles:
            into[:, fixed + new_styles.index(style)] = wide[:, fixed + i]
    into[:, -c.memory :] = wide[:, -c.memory :]
    state["enter.weight"] = into
    own = {
        name: values for name, values in model.state_dict().items() if name.startswith(("memory", "reflect"))
    }
    model.load_state_dict({**state, **own})
    leave = state["leave.weight"][:, -c.memory :]
    wanted = (poses - mean) / std - state["leave.bias"]
    inverse = torch.linalg.solve(leave.T @ leave + 1e-2 * torch.eye(c.memory, device=leave.device), leave.T)
    vectors = wanted @ inverse.T
    vectors[0] = 0
    model.keep(vectors)


def load_onnx(model, path, corpus, poses):
    """Starts from an exported model with its manifest.json beside it. poses: as for go_on. Returns (mean,
    std, what was done in words): the model keeps its own normalisation."""
    path = pathlib.Path(path)
    listed = json.loads((path.parent / "manifest.json").read_text())["models"]
    entry = next(m for m in listed if m["file"] == path.name)
    mean, std = torch.tensor(entry["mean"]), torch.tensor(entry["std"])
    state = exported_weights(model, path)
    missing = {n for n in model.state_dict() if not n.startswith(("memory", "reflect"))} - set(state)
    assert not missing, f"{path} lacks {sorted(missing)}"
    go_on(model, state, [s["name"] for s in entry["styles"]], corpus.styles, mean, std, poses)
    return mean, std, f"started from {path}"


@torch.no_grad()
def load_run(model, run, corpus, poses):
    """Starts from a run of the same architecture on another corpus; arguments and result as for load_onnx.
    Phrases that it knows by name keep their memory."""
    saved = checkpoint(run, poses.device)
    go_on(model, saved["average"], saved["styles"], corpus.styles, saved["mean"], saved["std"], poses)
    if model.reflect is not None:
        model.reflect.weight.copy_(saved["average"]["reflect.weight"])
    known = {name: i + 1 for i, name in enumerate(saved["phrases"])}
    pairs = [(i + 1, known[n]) for i, n in enumerate(corpus.names()[: model.recorded]) if n in known]
    for new, old in pairs:
        model.memory.weight[new] = saved["average"]["memory.weight"][old]
    return saved["mean"], saved["std"], f"goes on from {run}, {len(pairs)} of {model.recorded} phrases known"
