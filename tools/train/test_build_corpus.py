"""Tests of the corpus file and its figures on data made here; run by tools/test.sh with pytest."""

import pathlib
import sys

import numpy as np
import pytest

pytest.importorskip("torch")
sys.path.insert(0, str(pathlib.Path(__file__).parent))

import build_corpus as B                        # noqa: E402
from terpsi_train import corpus as C             # noqa: E402
from terpsi_train.skeleton import mirrored       # noqa: E402


def clip(name, beats, start=0.0):
    rows = np.random.default_rng(beats).standard_normal((beats * C.SAMPLES, 151)).astype(np.float32)
    return C.Clip(name, "one", start, 100.0, rows, np.zeros(len(rows), bool), 0.4)


def small_corpus():
    clips = [clip("a", 13), clip("b", 9)]
    clips += [C.Clip(c.name + "_mirror", c.style, c.start, c.bpm, mirrored(c.motion), c.bad, c.magnitude) for c in clips]
    corpus = C.Corpus(["one"], np.array([100.0]), np.array([0.4]), clips, C.cut_phrases(clips, ["one"]))
    C.link(corpus, [C.positions(c.motion) for c in clips])
    return corpus


def test_mirror_images_out_of_order_are_refused():
    corpus = small_corpus()
    corpus.clips.reverse()
    with pytest.raises(AssertionError):
        B.pack(corpus)


def test_packed_phrases_are_rows_of_their_clip():
    corpus = small_corpus()
    corpus.clips[0].bad[4 * C.SAMPLES - 3] = True          # just before the second phrase
    packed = B.pack(corpus)
    assert packed["rows"].shape == (22 * C.SAMPLES, 151) and list(packed["clip_start"]) == [0, 13 * C.SAMPLES, 22 * C.SAMPLES]
    for i, p in enumerate(corpus.phrases):
        rows = packed["rows"][packed["phrase_row"][i]:][:B.SPAN]
        if packed["phrase_mirrored"][i]:
            rows = mirrored(rows)
        assert np.array_equal(rows, corpus.clips[p.clip].motion[p.start:p.start + B.SPAN])
        k = np.searchsorted(packed["clip_start"], packed["phrase_row"][i], side="right") - 1
        assert packed["phrase_row"][i] - packed["phrase_before"][i] >= packed["clip_start"][k]
        assert packed["phrase_row"][i] + B.SPAN + packed["phrase_after"][i] <= packed["clip_start"][k + 1]
    second = next(i for i, p in enumerate(corpus.phrases) if p.clip == 0 and p.start == B.SPAN)
    assert packed["phrase_before"][second] == 2            # up to the bad row
    assert packed["next_code"].max() <= len(corpus.phrases) and packed["next_cost"].min() >= 0


def test_a_sliding_foot_and_a_lifted_one():
    joints = np.zeros((31, C.JOINTS, 3))
    joints[:, [7, 8], 1] = 0.07
    joints[:, 7, 0] = joints[:, 10, 0] = np.arange(31) * 0.02    # the left foot slides at 0.6 m/s
    joints[:, [8, 11], 1] += 0.3                                   # the right one is in the air
    stands, speeds = B.standing(joints), B.foot_speeds(joints)
    assert stands[0].all() and not stands[1].any()
    assert np.allclose(speeds[0], 0.6) and np.allclose(speeds[1], 0)
