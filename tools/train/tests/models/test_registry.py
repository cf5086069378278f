"""What holds for every row of the registry."""

import made
import numpy as np
import pytest
import torch

from terpsi_train.models.contracts import GENERATOR
from terpsi_train.models.registry import REGISTRY, ROWS


@pytest.mark.parametrize("name", REGISTRY)
def test_outputs_have_the_shapes_of_the_contract(name):
    architecture = REGISTRY[name]
    network = made.network(architecture)
    contract, size = architecture.contract, architecture.contract.trace
    examples = contract.examples(network, size, np.random.default_rng(0))
    with torch.no_grad():
        got = architecture.exported(network)(*map(torch.from_numpy, examples.values()))
    got = got if isinstance(got, tuple) else (got,)
    wanted = [tuple(n if isinstance(n, int) else size for n in s) for s in contract.outputs(network).values()]
    assert [tuple(g.shape) for g in got] == wanted


def test_names_are_unique_and_generators_have_recipes():
    assert len(REGISTRY) == len(ROWS)
    for row in ROWS:
        assert (row.recipe is not None) == (row.contract is GENERATOR)
        assert not row.single_step or row.recipe.times == (0.0,)
