"""What the program gives to a network and expects of it: names, shapes and ranges of tensors, by list of the
manifest.

A shape holds numbers and one letter, the axis whose size is free: B windows or chunks, or T rows of one song.
"""

import dataclasses
from collections.abc import Callable

import numpy as np

from terpsi_train.data.motion.recogniser_windows import CHANNELS, WINDOW
from terpsi_train.data.music.tempo_chunks import CHUNK, mu_decode, mu_encode
from terpsi_train.layout import LISTENER_COLUMNS, MOTION_DIMS
from terpsi_train.models import genre
from terpsi_train.models.bpm_encoder import EMBEDDING


def normal(random, shape):
    return random.standard_normal(shape).astype(np.float32)


def share(random, shape):
    return random.random(shape).astype(np.float32)


def mel(random, shape):
    return random.uniform(0, 4, shape).astype(np.float32)


def sound(random, shape):
    return mu_decode(mu_encode(0.1 * normal(random, shape)))


@dataclasses.dataclass(frozen=True)
class Tensor:
    shape: tuple
    draw: Callable = normal  # an example of a shape


@dataclasses.dataclass(frozen=True)
class Contract:
    key: str  # list in models/manifest.json
    inputs: Callable  # network -> {name: Tensor}
    outputs: Callable  # network -> {name: shape}
    trace: int  # size of the free axis when the network is traced
    sizes: tuple  # and when ONNX Runtime is compared with PyTorch
    relative: bool = False  # differences are shares of the largest value

    def examples(self, network, size, random):
        """{name: array} with `size` in place of the free axis."""
        return {
            name: tensor.draw(random, tuple(n if isinstance(n, int) else size for n in tensor.shape))
            for name, tensor in self.inputs(network).items()
        }


def generator_inputs(network):
    c = network.config
    motion = ("B", c.window, MOTION_DIMS)
    inputs = {
        "x": Tensor(motion),
        "t": Tensor(("B",), share),
        "cond": Tensor(("B", c.window, c.condition)),
        "phrase": Tensor(("B", c.window), lambda r, shape: r.integers(0, c.phrases, shape).astype(np.int32)),
        "mask": Tensor(motion, lambda r, shape: (r.random(shape) < 0.2).astype(np.float32)),
    }
    return inputs if c.masked else {n: t for n, t in inputs.items() if n != "mask"}


GENERATOR = Contract(
    "models", generator_inputs, lambda n: {"x1": ("B", n.config.window, MOTION_DIMS)}, trace=2, sizes=(3,)
)
BEATS = Contract(
    "listeners",
    lambda _: {"input": Tensor((1, "T", LISTENER_COLUMNS), mel)},
    lambda _: {"activation": (1, "T", 2)},
    trace=360,
    sizes=(2, 256, 258, 1024, 3600),
)
STYLE = Contract(
    "recognisers",
    lambda _: {"motion": Tensor(("B", WINDOW, CHANNELS))},
    lambda n: {"probability": ("B", n.head.out_features)},
    trace=2,
    sizes=(5,),
)
TEMPO = Contract(
    "encoders",
    lambda _: {"audio": Tensor(("B", CHUNK), sound)},
    lambda _: {"bpm": ("B",), "embedding": ("B", EMBEDDING)},
    trace=2,
    sizes=(3,),
    relative=True,
)
GENRE = Contract(
    "genres",
    lambda _: {"embedding": Tensor(("B", genre.WINDOW, EMBEDDING))},
    lambda _: {"probability": ("B", len(genre.GENRES))},
    trace=2,
    sizes=(5,),
)
