"""Starts a generator from an exported one, also where the corpus has been cut a little differently since, or
from a run on part of the corpus."""

import json
import pathlib

import numpy as np
import torch

from terpsi_train.layout import MOTION_DIMS, ROTATIONS, Condition
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
def load_onnx(model, path, poses):
    """Loads the weights; each phrase takes the memory of the old phrase that dances most like it. poses:
    [phrases, slots + 1, 151] of the new corpus, physical. Returns (mean, std, what was done in words): the
    model keeps its own normalisation."""
    c = model.config
    path = pathlib.Path(path)
    listed = json.loads((path.parent / "manifest.json").read_text())["models"]
    entry = next(m for m in listed if m["file"] == path.name)
    mean, std = torch.tensor(entry["mean"]), torch.tensor(entry["std"])
    state = exported_weights(model, path)
    missing = set(model.state_dict()) - set(state)
    assert not missing, f"{path} lacks {sorted(missing)}"
    # Rotations that the memory alone recalls, at every slot, through the last layer.
    old = state["memory.weight"].view(-1, c.slots + 1, c.memory)
    recalled = old @ state["leave.weight"][:, -c.memory :].T + state["leave.bias"]
    recalled = (recalled * std + mean)[..., ROTATIONS].flatten(1)
    wanted = poses[..., ROTATIONS].flatten(1)
    distance = torch.cdist(wanted, recalled)
    distance[:, 0] = float("inf")
    best = distance.argmin(1)
    best[0] = 0
    state["memory.weight"] = state["memory.weight"][best]
    model.load_state_dict(state)
    taken, median = len(set(best[1:].tolist())), float(distance[1:].min(1).values.median())
    said = f"{taken} of its {len(old) - 1} phrases taken for {c.phrases - 1}, median distance {median:.2f}"
    return mean, std, f"started from {path}: {said}"


def phrase_names(corpus):
    return [(corpus.clips[p.clip].name, p.start) for p in corpus.phrases]


@torch.no_grad()
def load_run(model, run, old, new, poses):
    """Goes on from another run whose corpus `old` is part of `new`: shared phrases and styles keep what was
    learned, new phrases get the memory that the last layer turns into their poses. poses: as for load_onnx.
    Returns (mean, std, what was done in words)."""
    c = model.config
    saved = checkpoint(run, poses.device)
    mean, std, state = saved["mean"], saved["std"], dict(saved["average"])
    wide, into = state["enter.weight"], model.enter.weight.clone()
    fixed = MOTION_DIMS * (2 if c.masked else 1) + Condition.FIXED
    into[:, :fixed] = wide[:, :fixed]
    into[:, fixed : fixed + len(new.styles)] = 0
    for i, style in enumerate(old.styles):
        into[:, fixed + new.styles.index(style)] = wide[:, fixed + i]
    into[:, -c.memory :] = wide[:, -c.memory :]
    state["enter.weight"] = into
    leave = state["leave.weight"][:, -c.memory :]
    wanted = (poses - mean) / std - state["leave.bias"]
    inverse = torch.linalg.solve(leave.T @ leave + 1e-2 * torch.eye(c.memory, device=leave.device), leave.T)
    memory = (wanted @ inverse.T).flatten(1)
    memory[0] = state["memory.weight"][0]
    known = {name: i + 1 for i, name in enumerate(phrase_names(old))}
    taken = 0
    for i, name in enumerate(phrase_names(new)):
        if name in known:
            memory[i + 1] = state["memory.weight"][known[name]]
            taken += 1
    state["memory.weight"] = memory
    model.load_state_dict(state)
    known = f"{taken} of {len(new.phrases)} phrases and {len(old.styles)} styles known"
    return mean, std, f"goes on from {run}: {known}"
