"""Every number of layout.py is that of the C++ headers."""

import pathlib
import re

import numpy as np

from terpsi_train import layout as L
from terpsi_train.data.motion import recogniser_windows
from terpsi_train.data.music import tempo_chunks

CORE = pathlib.Path(__file__).resolve().parents[3] / "core"


def header(name):
    """Text of a header, wherever in core it is."""
    (path,) = CORE.rglob(name)
    return path.read_text()


def constants(*names):
    """{kName: value} of the integer constants of headers; an expression may use those defined before it."""
    known = {}
    for name in names:
        for key, value in re.findall(r"constexpr int (k\w+)\s*=\s*([^;]+);", header(name)):
            try:
                known[key] = eval(re.sub(r"\b\w+::", "", value), {"__builtins__": {}}, known)
            except NameError:
                pass  # uses a constant of another header
    return known


def test_skeleton():
    text = header("skeleton.h")
    table = text[text.index("kOffsets[kJoints][3]") :]
    table = table[: table.index("};")]
    rows = re.findall(r"\{\s*(-?[\d.]+)f,\s*(-?[\d.]+)f,\s*(-?[\d.]+)f\s*\}", table)
    assert np.allclose(np.array(rows, float), L.OFFSETS)
    for name, expected in (("kParents", L.PARENTS), ("kMirror", L.MIRROR)):
        values = re.search(name + r" = \{([^}]*)\}", text).group(1)
        assert [int(v) for v in values.split(",")] == expected
    names = re.search(r"kJointNames = \{([^}]*)\}", text).group(1)
    assert re.findall(r'"(\w+)"', names) == L.JOINT_NAMES
    assert constants("skeleton.h")["kJoints"] == L.JOINTS


def test_motion_vector():
    c = constants("motion_vector.h")
    assert c["kMotionDims"] == L.MOTION_DIMS == L.ROTATIONS.stop
    assert c["kContactOffset"] == L.CONTACTS.start
    assert c["kRootOffset"] == L.ROOT.start == L.CONTACTS.stop
    assert c["kRotationOffset"] == L.ROTATIONS.start == L.ROOT.stop
    assert L.rotation_columns(range(L.JOINTS)) == list(range(L.ROTATIONS.start, L.ROTATIONS.stop))


def test_listener_and_recogniser_input():
    c = constants("pcm.h", "mel.h", "chroma.h", "onset.h", "listener_input.h", "mu_law.h")
    assert c["kMelBands"] == L.MEL_BANDS and c["kListenerColumns"] == L.LISTENER_COLUMNS
    assert c["kListenerRate"] == L.LISTENER_RATE and c["kAnalysisRate"] == L.SAMPLE_RATE
    assert c["kMuLawTop"] == tempo_chunks.LEVELS
    assert constants("skeleton.h", "recogniser_input.h")["kRecogniserChannels"] == recogniser_windows.CHANNELS


def test_condition():
    c, own = constants("condition_layout.h"), L.Condition
    phases = [own.BEAT_PHASE, own.PHRASE_PHASE, own.EIGHT_PHASE]
    assert [c["kBeatPhase"], c["kPhrasePhase"], c["kEightPhase"]] == [p.start for p in phases]
    assert all(p.stop == p.start + 2 for p in phases) and own.PHASES == slice(c["kBeatPhase"], c["kTempo"])
    columns = [c["kTempo"], c["kEnergy"], c["kAccent"], c["kBeatsKnown"]]
    assert columns == [own.TEMPO, own.ENERGY, own.ACCENT, own.BEATS_KNOWN]
    assert c["kFixedColumns"] == own.FIXED and c["kStyles"] == own.STYLES.start
