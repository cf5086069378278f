"""The registry: one row per network that is trained here and run by the program.

A new architecture is a module of this folder, a row here, and a test of what is peculiar to it. Training,
export, manifest entry and the tests of its contract follow from the row.
"""

import dataclasses
from collections.abc import Callable

from torch import nn

from terpsi_train.models.beat_zoo import MIDDLES, BeatNet, BothRows
from terpsi_train.models.bpm_encoder import BpmEncoder, TempoAndEmbedding
from terpsi_train.models.contracts import BEATS, GENERATOR, GENRE, STYLE, TEMPO, Contract
from terpsi_train.models.generator import Generator
from terpsi_train.models.genre import GenreClassifier
from terpsi_train.models.listener import Listener
from terpsi_train.models.parts import Probabilities
from terpsi_train.models.recogniser import Recogniser
from terpsi_train.models.recurrent_generator import RecurrentGenerator


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How a generator is trained."""

    times: tuple  # the sampler's grid, one evaluation each
    on_grid: bool = False  # training visits these times only, not all of 0 to 1
    untold: float = 0.0  # share of windows without phrases, style and accents, for guidance


@dataclasses.dataclass(frozen=True)
class Architecture:
    name: str
    network: type[nn.Module]
    contract: Contract
    settings: dict = dataclasses.field(default_factory=dict)  # of the network's constructor
    exported: Callable = lambda network: network  # what is put around the network for the export
    role: str = (
        ""  # in the manifest; C++ derives the flags of old manifests from it (core/manifest/model_info.cpp)
    )
    page: bool = False  # flag in the manifest: the page fetches it
    single_step: bool = False  # flag in the manifest: one evaluation makes the dance
    recipe: Recipe | None = None
    tolerance: float = 1e-3  # largest difference between ONNX Runtime and PyTorch

    def make(self, **settings):
        return self.network(**{**self.settings, **settings})

    def labels(self):
        """What the manifest says of the network's kind."""
        flags = {"page": self.page} if self.contract in (GENERATOR, BEATS) else {}
        if self.contract is GENERATOR:
            flags["single_step"] = self.single_step
        return ({"role": self.role} if self.role else {}) | flags


STUDENT_TIMES, TEACHER_TIMES = (0.0, 0.25, 0.5, 0.75), tuple(k / 12 for k in range(12))
TEACHER = dict(memory=64, frame=128, width=384, layers=7, heads=6, hidden=1024, masked=True)
GAN = dict(width=256, layers=2, hidden=192)

# In the manifest's order: the first entry of a list is the one that is used by default.
ROWS = [
    Architecture(
        "student",
        Generator,
        GENERATOR,
        role="student",
        page=True,
        recipe=Recipe(STUDENT_TIMES, on_grid=True),
        tolerance=2e-3,
    ),
    Architecture(
        "teacher",
        Generator,
        GENERATOR,
        TEACHER,
        role="teacher",
        recipe=Recipe(TEACHER_TIMES, untold=0.12),
        tolerance=2e-3,
    ),
    Architecture(
        "gan",
        RecurrentGenerator,
        GENERATOR,
        GAN,
        role="gan",
        single_step=True,
        recipe=Recipe((0.0,)),
        tolerance=2e-3,
    ),
    Architecture("listener", Listener, BEATS, role="listener", page=True, tolerance=1e-4),
    *(Architecture("zoo_" + k, BeatNet, BEATS, {"kind": k}, BothRows, role="zoo") for k in MIDDLES),
    Architecture("recogniser", Recogniser, STYLE, exported=Probabilities, tolerance=1e-4),
    Architecture("bpm_encoder", BpmEncoder, TEMPO, exported=TempoAndEmbedding),
    Architecture("genre_ballroom", GenreClassifier, GENRE, exported=Probabilities),
]
REGISTRY = {row.name: row for row in ROWS}
