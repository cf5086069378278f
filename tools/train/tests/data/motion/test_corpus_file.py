import numpy as np
import pytest

from terpsi_train.data.motion import corpus as C
from terpsi_train.data.motion.corpus import SAMPLES, SPAN
from terpsi_train.data.motion.corpus_file import pack
from terpsi_train.skeleton import mirrored


def clip(name, beats, start=0.0):
    rows = np.random.default_rng(beats).standard_normal((beats * SAMPLES, 151)).astype(np.float32)
    return C.Clip(name, "one", start, 100.0, rows, np.zeros(len(rows), bool), 0.4)


def small_corpus():
    return C.assemble([clip("a", 13), clip("b", 9)])


def test_mirror_images_out_of_order_are_refused():
    corpus = small_corpus()
    corpus.clips.reverse()
    with pytest.raises(AssertionError):
        pack(corpus)


def test_packed_phrases_are_rows_of_their_clip():
    corpus = small_corpus()
    corpus.clips[0].bad[4 * SAMPLES - 3] = True  # just before the second phrase
    packed = pack(corpus)
    assert packed["rows"].shape == (22 * SAMPLES, 151) and list(packed["clip_start"]) == [
        0,
        13 * SAMPLES,
        22 * SAMPLES,
    ]
    for i, p in enumerate(corpus.phrases):
        rows = packed["rows"][packed["phrase_row"][i] :][:SPAN]
        if packed["phrase_mirrored"][i]:
            rows = mirrored(rows)
        assert np.array_equal(rows, corpus.clips[p.clip].motion[p.start : p.start + SPAN])
        k = np.searchsorted(packed["clip_start"], packed["phrase_row"][i], side="right") - 1
        assert packed["phrase_row"][i] - packed["phrase_before"][i] >= packed["clip_start"][k]
        assert packed["phrase_row"][i] + SPAN + packed["phrase_after"][i] <= packed["clip_start"][k + 1]
    second = next(i for i, p in enumerate(corpus.phrases) if p.clip == 0 and p.start == SPAN)
    assert packed["phrase_before"][second] == 2  # up to the bad row
    assert packed["next_code"].max() <= len(corpus.phrases) and packed["next_cost"].min() >= 0
