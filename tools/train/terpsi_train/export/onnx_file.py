"""Networks as ONNX files with half-precision weights, and how far ONNX Runtime is from PyTorch on them."""

import math

import numpy as np
import onnx
import onnx.numpy_helper
import torch

from terpsi_train.models.parts import LEAST_ROUNDED, rounded

OPSET = 17
OLD_TORCH = int(torch.__version__.split(".")[0]) < 2


def atan2(g, y, x):
    """PyTorch before 2.0 cannot export atan2: atan of y / x, moved by pi to the quadrants left of 0."""
    zero, pi = (g.op("Constant", value_t=torch.tensor(v)) for v in (0.0, math.pi))
    atan = g.op("Atan", g.op("Div", y, x))
    left = g.op("Where", g.op("Greater", y, zero), g.op("Add", atan, pi), g.op("Sub", atan, pi))
    return g.op("Where", g.op("Less", x, zero), left, atan)


if OLD_TORCH:
    torch.onnx.register_custom_op_symbolic("aten::atan2", atan2, 9)


def to_half_weights(model):
    """Float32 initialisers become float16, each followed by a Cast to float32 (folded when the model is
    loaded)."""
    casts = []
    for weight in model.graph.initializer:
        if weight.data_type != onnx.TensorProto.FLOAT or np.prod(weight.dims) < LEAST_ROUNDED:
            continue
        name, values = weight.name, onnx.numpy_helper.to_array(weight)
        weight.CopyFrom(onnx.numpy_helper.from_array(values.astype(np.float16), name + ".half"))
        casts.append(onnx.helper.make_node("Cast", [name + ".half"], [name], to=onnx.TensorProto.FLOAT))
    for node in reversed(casts):
        model.graph.node.insert(0, node)


def free_axes(shapes):
    """{name: {axis: letter}} of the axes whose size is free."""
    return {n: {i: v for i, v in enumerate(shape) if isinstance(v, str)} for n, shape in shapes.items()}


def write(architecture, network, path):
    contract = architecture.contract
    examples = contract.examples(network, contract.trace, np.random.default_rng(0))
    shapes = {name: tensor.shape for name, tensor in contract.inputs(network).items()}
    outputs = contract.outputs(network)
    torch.onnx.export(
        architecture.exported(rounded(network)).eval(),
        tuple(map(torch.from_numpy, examples.values())),
        str(path),
        input_names=list(examples),
        output_names=list(outputs),
        opset_version=OPSET,
        dynamic_axes=free_axes(shapes | outputs),
        **({} if OLD_TORCH else {"dynamo": False}),
    )
    model = onnx.load(str(path))
    for output, shape in zip(
        model.graph.output, outputs.values()
    ):  # the exporter does not see all that is fixed
        for axis, size in zip(output.type.tensor_type.shape.dim, shape):
            if isinstance(size, int):
                axis.dim_value = size
    to_half_weights(model)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


@torch.no_grad()
def difference(architecture, network, path):
    """Largest difference of an output between ONNX Runtime and PyTorch, weights rounded in both."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    contract, module, worst = architecture.contract, architecture.exported(rounded(network)).eval(), 0.0
    for size in contract.sizes:
        examples = contract.examples(network, size, np.random.default_rng(size))
        want = module(*map(torch.from_numpy, examples.values()))
        for got, expected in zip(session.run(None, examples), want if isinstance(want, tuple) else (want,)):
            expected = expected.numpy()
            assert got.shape == expected.shape, f"{got.shape} in place of {expected.shape}"
            apart = np.abs(got - expected).max() / (np.abs(expected).max() if contract.relative else 1)
            worst = max(worst, float(apart))
    return worst


def export(architecture, network, path):
    """Writes and checks the file; ends the program where ONNX Runtime and PyTorch disagree."""
    write(architecture, network, path)
    worst = difference(architecture, network, path)
    print(
        f"{path}: {path.stat().st_size} bytes, ONNX Runtime differs from PyTorch by {worst:.1e}", flush=True
    )
    if worst > architecture.tolerance:
        raise SystemExit(f"{path}: ONNX Runtime and PyTorch disagree by {worst:.1e}")
