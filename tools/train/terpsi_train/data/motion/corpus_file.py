"""The file of `terpsi dance --model graph --corpus FILE`; native/pipeline/phrase_corpus reads it.

NPZ, version 2. Rows are motion vectors (core/motion/motion_vector.h) in the beat domain, `samples` per beat;
horizontal velocity is in metres per beat. Only recorded clips are stored; the reader makes the mirror images.
  version, samples   int32 scalars
  rows               float32 [N, 151], clip after clip
  clip_start         int32 [clips + 1], first row of each clip and N
  clip_bpm           float32 [clips], the tempo it was danced at
  style_names        text, one name per line, style_families likewise, and style_bpm, style_magnitude
                     float32 [styles]
Phrase i has code i + 1 and four beats (4 x samples rows):
  phrase_row         int32 [P], its first row
  phrase_before      int32 [P], rows before it that are good to join by, and phrase_after, rows after its end
  phrase_mirrored    uint8 [P], 1 if it is the mirror image of the rows
  phrase_style, phrase_mirror (code of the mirror image or 0) int32 [P], phrase_energy, phrase_bpm
                     float32 [P], phrase_alike (code of the first phrase that looks the same) int32 [P]
  next_code int32 [P, K], next_cost float32 [P, K], successors, cheapest first; code 0 = none
"""

import numpy as np

from terpsi_train.data.motion.corpus import SAMPLES, SPAN

REACH = SAMPLES * 3 // 2  # rows beside a phrase that a join may use


def good_rows(bad, start, step):
    """Rows from `start` on in direction `step` until the clip ends or its capture is bad, at most REACH."""
    count = 0
    while count < REACH and 0 <= start < len(bad) and not bad[start]:
        count, start = count + 1, start + step
    return count


def pack(corpus):
    """The arrays of the file. Mirror images of clips must follow the recorded ones in the same order, as
    build() makes them."""
    recorded = [k for k, c in enumerate(corpus.clips) if not c.name.endswith("_mirror")]
    assert recorded == list(range(len(recorded)))
    clip_start = np.concatenate([[0], np.cumsum([len(corpus.clips[k].motion) for k in recorded])])
    phrases, width = corpus.phrases, max([len(p.next) for p in corpus.phrases], default=0)
    next_code = np.zeros((len(phrases), width), np.int32)
    next_cost = np.zeros((len(phrases), width), np.float32)
    for i, p in enumerate(phrases):
        for k, (code, cost) in enumerate(p.next):
            next_code[i, k], next_cost[i, k] = code, cost
    bad = [corpus.clips[k].bad for k in recorded]
    source = [p.clip % len(recorded) for p in phrases]

    def ints(values):
        return np.array(values, np.int32)

    return {
        "version": np.int32(2),
        "samples": np.int32(SAMPLES),
        "rows": np.concatenate([corpus.clips[k].motion for k in recorded]).astype(np.float32),
        "clip_start": ints(clip_start),
        "clip_bpm": np.array([corpus.clips[k].bpm for k in recorded], np.float32),
        "style_names": np.array("\n".join(corpus.styles)),
        "style_families": np.array("\n".join(corpus.families)),
        "style_bpm": np.array(corpus.style_bpm, np.float32),
        "style_magnitude": np.array(corpus.style_magnitude, np.float32),
        "phrase_row": ints([clip_start[k] + p.start for k, p in zip(source, phrases)]),
        "phrase_before": ints([good_rows(bad[k], p.start - 1, -1) for k, p in zip(source, phrases)]),
        "phrase_after": ints([good_rows(bad[k], p.start + SPAN, 1) for k, p in zip(source, phrases)]),
        "phrase_mirrored": np.array([p.clip >= len(recorded) for p in phrases], np.uint8),
        "phrase_style": ints([p.style for p in phrases]),
        "phrase_mirror": ints([p.mirror for p in phrases]),
        "phrase_energy": np.array([p.energy for p in phrases], np.float32),
        "phrase_bpm": np.array([corpus.clips[p.clip].bpm for p in phrases], np.float32),
        "phrase_alike": ints([p.alike for p in phrases]),
        "next_code": next_code,
        "next_cost": next_cost,
    }
