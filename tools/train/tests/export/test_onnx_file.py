import made
import pytest

from terpsi_train.models.contracts import GENERATOR
from terpsi_train.models.parts import parameters
from terpsi_train.models.registry import REGISTRY

pytest.importorskip("onnxruntime")
onnx_file = pytest.importorskip("terpsi_train.export.onnx_file", reason="onnx is missing")


@pytest.mark.parametrize("name", REGISTRY)
def test_export_agrees_with_onnx_runtime(tmp_path, name):
    architecture = REGISTRY[name]
    network, path = made.network(architecture), tmp_path / "m.onnx"
    onnx_file.write(architecture, network, path)
    assert onnx_file.difference(architecture, network, path) < architecture.tolerance
    if architecture.contract is GENERATOR:
        assert path.stat().st_size < 2.6 * parameters(network) + 20000
