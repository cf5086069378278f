#!/usr/bin/env python3
"""Builds the corpus of phrases and prints what is in it; writes it for `terpsi dance --model graph --corpus
FILE`.

  tools/train/build_corpus.py --terpsi build/terpsi --cache runs/corpus [-o corpus.npz] [--sheets DIR]

Prints one Markdown row per style: clips, seconds, bad frames, tempo, phrases, the share of phrases whose
recorded continuation is a phrase too, and the feet before (`terpsi retarget`) and after (`--lock-feet`) the
contact clean-up: the share of steps in contact, and, at the steps that are in contact after it, the share
that slides faster than 0.3 m/s and the mean speed of the foot. The corpus holds the data pack's motion: it is
for evaluation and training and is not shipped. Its format: terpsi_train/data/motion/corpus_file.py. --sheets
draws check sheets (terpsi_train/measures/corpus_sheets.py).
"""

import argparse
import pathlib

import numpy as np

from terpsi_train.data.motion import corpus as C
from terpsi_train.data.motion.clips import load_clips, retarget
from terpsi_train.data.motion.corpus_file import pack
from terpsi_train.measures.corpus_figures import alignment, summary
from terpsi_train.options import add_data


def raw_joints(entries, data, binary, cache):
    """Joints of every clip without contact clean-up, by name."""
    folder, out = cache / "raw", {}
    folder.mkdir(parents=True, exist_ok=True)
    for entry in entries:
        target = folder / (entry["name"] + ".npz")
        retarget(binary, entry["file"], target, lock_feet=False)
        with np.load(target) as z:
            out[entry["name"]] = z["joints"].astype(np.float64)
    return out


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_data(parser, folder="")
    parser.add_argument(
        "--ballroom", help="folder of the ballroom pack; the corpus is then for research only"
    )
    parser.add_argument("--terpsi", default="build/terpsi")
    parser.add_argument("--cache", required=True, help="folder for retargeted clips; kept between runs")
    parser.add_argument("-o", "--output", help="corpus file to write (.npz)")
    parser.add_argument("--sheets", help="folder for check sheets (needs matplotlib)")
    a = parser.parse_args()
    a.cache = pathlib.Path(a.cache).resolve()
    corpus = C.build(a.data, a.terpsi, a.cache, a.ballroom)
    if a.output:
        np.savez(a.output, **pack(corpus))
        size = pathlib.Path(a.output).stat().st_size
        print(f"{a.output}: {size / 1e6:.1f} MB, {len(corpus.phrases)} phrases")
    loaded = load_clips(a.data, a.terpsi, a.cache, a.ballroom)
    clean = {entry["name"]: joints for entry, _, joints, _ in loaded}
    bad = {entry["name"]: flags for entry, _, _, flags in loaded}
    known = {entry["name"] for entry, _, _, _ in loaded if entry["bpm"]}
    raw = raw_joints([entry for entry, _, _, _ in loaded], a.data, a.terpsi, a.cache)
    print("\n".join(summary(corpus, clean, raw, bad)))
    own, even, bend = np.mean([alignment(c, clean[c.name]) for c in corpus.clips if c.name in known], axis=0)
    print(
        f"\nbeat alignment of {len(known)} clips of known tempo: BAS on their own beats {own:.3f}, ", end=""
    )
    print(f"on an even grid {even:.3f}; beats bent by {bend:.0f} ms in the mean")
    if a.sheets:
        from terpsi_train.measures.corpus_sheets import draw_sheets

        draw_sheets(a.sheets, corpus, clean, bad, known)


if __name__ == "__main__":
    main()
