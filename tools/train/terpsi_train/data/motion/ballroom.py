"""The ballroom pack as clips of the corpus: research-only weights (the pack has no licence).

Its songs repeat a small library of phrases; these clips hold nearly all motion that is not a repeat (the
pack's README counts it). A segment of continuous motion is a clip; stock intros and outros of the waltz are
left out.
"""

import pathlib

import numpy as np

NOVEL = (
    "chacha_04 chacha_06 chacha_07 rumba_02 rumba_03 rumba_04 rumba_06 rumba_07 tango_05 "
    "waltz_01 waltz_03 waltz_04 waltz_34"
).split()
SHORTEST = 6.0  # seconds


def pieces(folder, cache):
    """Manifest entries as those of the open pack, each with its motion written to the cache as NPZ of
    joints."""
    cache = pathlib.Path(cache)
    cache.mkdir(parents=True, exist_ok=True)
    out = []
    for name in NOVEL:
        with np.load(pathlib.Path(folder) / "clips" / (name + ".npz")) as z:
            clip = {k: z[k] for k in z.files}
        for number, ((start, end), body) in enumerate(zip(clip["segments"], clip["segment_body"])):
            stock = clip["style"] == "waltz" and body == 1
            if stock or end - start < SHORTEST * 30:
                continue
            entry = {
                "name": f"ballroom_{name}_{number}",
                "style": str(clip["style"]),
                "bpm": float(clip["bpm"]),
                "partner": None,
            }
            entry["file"] = (cache / (entry["name"] + "_source.npz")).resolve()
            np.savez(
                entry["file"],
                joints=clip["joints"][start:end],
                fps=np.float64(30),
                bad=clip["glitch"][start:end],
                joint_names=clip["joint_names"],
                parents=clip["parents"],
            )
            out.append(entry)
    return out
