#!/usr/bin/env python3
"""Builds the corpus of phrases and says what is in it; writes it for `terpsi dance --model graph --corpus FILE`.

  tools/train/build_corpus.py --data $TERPSI_DATA/open --terpsi build/terpsi --cache runs/corpus [-o corpus.npz] [--sheets DIR]

Prints one Markdown row per style: clips, seconds, bad frames, tempo, phrases, the share of phrases whose recorded
continuation is a phrase too, and foot skate and contact before (`terpsi retarget`) and after (`--lock-feet`) the contact
clean-up. The corpus holds the data pack's motion: it is for evaluation and training and is not shipped.

--sheets draws one PNG per clip (mean joint speed with its beats, foot heights, contacts, poses on the beats) and
overview.png, which has the speed of every clip of known tempo, so that the beat alignment can be checked by eye.

The file (NPZ, version 1). Rows are motion vectors (core/motion/motion_vector.h) in the beat domain, `samples` per beat;
horizontal velocity is in metres per beat. Only recorded clips are stored; mirror images are made by the reader.
  version, samples   int32 scalars
  rows               float32 [N, 151], clip after clip
  clip_start         int32 [clips + 1], first row of each clip and N
  clip_bpm           float32 [clips], the tempo it was danced at
  style_names        text, one name per line, and style_bpm, style_magnitude float32 [styles]
Phrase i has code i + 1 and four beats (4 x samples rows):
  phrase_row         int32 [P], its first row
  phrase_before      int32 [P], rows before it that are good to join by, and phrase_after, rows after its end
  phrase_mirrored    uint8 [P], 1 if it is the mirror image of the rows
  phrase_style, phrase_mirror (code of the mirror image or 0) int32 [P], phrase_energy float32 [P]
  next_code int32 [P, K], next_cost float32 [P, K], successors, cheapest first; code 0 = none
"""
import argparse
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from terpsi_train import corpus as C                          # noqa: E402
from terpsi_train.beats import joint_speed, kinematic_beats   # noqa: E402

SPAN = C.PHRASE_BEATS * C.SAMPLES
REACH = C.SAMPLES * 3 // 2      # rows beside a phrase that a join may use
FEET = {"l": (7, 10), "r": (8, 11)}


def good_rows(bad, start, step):
    """Rows from `start` on in direction `step` until the clip ends or its capture is bad, at most REACH."""
    count = 0
    while count < REACH and 0 <= start < len(bad) and not bad[start]:
        count, start = count + 1, start + step
    return count


def pack(corpus):
    """The arrays of the file. Mirror images of clips must follow the recorded ones in the same order, as build() makes them."""
    recorded = [k for k, c in enumerate(corpus.clips) if not c.name.endswith("_mirror")]
    assert recorded == list(range(len(recorded)))
    clip_start = np.concatenate([[0], np.cumsum([len(corpus.clips[k].motion) for k in recorded])])
    phrases, width = corpus.phrases, max([len(p.next) for p in corpus.phrases], default=0)
    next_code, next_cost = np.zeros((len(phrases), width), np.int32), np.zeros((len(phrases), width), np.float32)
    for i, p in enumerate(phrases):
        for k, (code, cost) in enumerate(p.next):
            next_code[i, k], next_cost[i, k] = code, cost
    bad = [corpus.clips[k].bad for k in recorded]
    source = [p.clip % len(recorded) for p in phrases]
    ints = lambda values: np.array(values, np.int32)     # noqa: E731
    return {
        "version": np.int32(1), "samples": np.int32(C.SAMPLES),
        "rows": np.concatenate([corpus.clips[k].motion for k in recorded]).astype(np.float32),
        "clip_start": ints(clip_start), "clip_bpm": np.array([corpus.clips[k].bpm for k in recorded], np.float32),
        "style_names": np.array("\n".join(corpus.styles)), "style_bpm": np.array(corpus.style_bpm, np.float32),
        "style_magnitude": np.array(corpus.style_magnitude, np.float32),
        "phrase_row": ints([clip_start[k] + p.start for k, p in zip(source, phrases)]),
        "phrase_before": ints([good_rows(bad[k], p.start - 1, -1) for k, p in zip(source, phrases)]),
        "phrase_after": ints([good_rows(bad[k], p.start + SPAN, 1) for k, p in zip(source, phrases)]),
        "phrase_mirrored": np.array([p.clip >= len(recorded) for p in phrases], np.uint8),
        "phrase_style": ints([p.style for p in phrases]), "phrase_mirror": ints([p.mirror for p in phrases]),
        "phrase_energy": np.array([p.energy for p in phrases], np.float32),
        "next_code": next_code, "next_cost": next_cost}


def skate(joints, fps=30.0):
    """(sliding contact steps, contact steps, steps, sum of foot speed in contact m/s) by docs of core/motion/metrics.h."""
    feet = joints[:, [j for pair in FEET.values() for j in pair]]
    floor = np.percentile(feet[..., 1], 1)
    sliding = contact = 0
    speeds = 0.0
    for ankle, toe in FEET.values():
        down = (joints[:, ankle, 1] - floor <= 0.08) & (joints[:, toe, 1] - floor <= 0.05)
        foot = 0.5 * (joints[:, ankle] + joints[:, toe])[:, [0, 2]]
        speed = np.linalg.norm(np.diff(foot, axis=0), axis=-1) * fps
        touch = down[:-1] & down[1:]
        contact += int(touch.sum())
        sliding += int((touch & (speed > 0.3)).sum())
        speeds += float(speed[touch].sum())
    return np.array([sliding, contact, 2 * (len(joints) - 1), speeds])


def raw_joints(data, binary, cache):
    """Joints of every clip without contact clean-up, by name."""
    import json
    import subprocess
    folder, out = pathlib.Path(cache) / "raw", {}
    folder.mkdir(parents=True, exist_ok=True)
    for entry in json.loads((pathlib.Path(data) / "manifest.json").read_text())["clips"]:
        target = folder / (entry["name"] + ".npz")
        if not target.exists():
            subprocess.run([binary, "retarget", str(pathlib.Path(data) / entry["file"]), "-o", str(target)], check=True,
                           stdout=subprocess.DEVNULL)
        with np.load(target) as z:
            out[entry["name"]] = z["joints"].astype(np.float64)
    return out


def summary(corpus, clean, raw, bad):
    """Markdown rows by style. clean, raw, bad: arrays by clip name at 30 fps."""
    continued = {i for i, p in enumerate(corpus.phrases) if p.next and p.next[0][1] == 0.0}
    head = ("style", "clips", "s", "bad %", "BPM", "phrases", "continued %", "skate raw", "skate clean", "cm/s raw",
            "cm/s clean", "contact raw", "contact clean")
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for s, name in enumerate([*corpus.styles, "all"]):
        clips = [c for c in corpus.clips if c.name in clean and (name == "all" or c.style == name)]
        names = [c.name for c in clips]
        codes = [i for i, p in enumerate(corpus.phrases) if name == "all" or p.style == s]
        before, after = (sum(skate(joints[n]) for n in names) for joints in (raw, clean))
        flags = np.concatenate([bad[n] for n in names])
        bpm = sorted(c.bpm for c in clips)
        tempo = f"{bpm[0]:.0f}" if bpm[-1] - bpm[0] < 1 else f"{bpm[0]:.0f} to {bpm[-1]:.0f}"
        share = 100 * len(continued & set(codes)) / max(len(codes), 1)
        yield (f"| {name} | {len(clips)} | {len(flags) / 30:.0f} | {100 * flags.mean():.1f} | {tempo} | {len(codes)} | {share:.0f} | "
               f"{before[0] / max(before[1], 1):.3f} | {after[0] / max(after[1], 1):.3f} | {100 * before[3] / max(before[1], 1):.1f} | "
               f"{100 * after[3] / max(after[1], 1):.1f} | {before[1] / before[2]:.2f} | {after[1] / after[2]:.2f} |")


def clip_beats(clip, seconds):
    """Numbers and times (s) of the clip's beats within it, and of the even grid of its tempo that lies nearest."""
    numbers = np.arange(np.ceil(clip.start), np.ceil(clip.start) + seconds * clip.bpm / 60 + 2)
    times = clip.beat_map(numbers)
    inside = (times >= 0) & (times <= seconds)
    numbers, times = numbers[inside], times[inside]
    even = numbers * 60 / clip.bpm
    return numbers, times, even + np.median(times - even)


def alignment(clip, joints):
    """Figures of the beat alignment: BAS of the clip's own beats and of the even grid, mean |bend| in ms, mean tempo."""
    minima, _ = kinematic_beats(joint_speed(joints, 30.0), 30.0)
    _, times, even = clip_beats(clip, (len(joints) - 1) / 30)

    def score(beats):
        gap = np.abs(beats[:, None] - minima[None, :]).min(1) if len(minima) else np.full(len(beats), 9.0)
        return float(np.exp(-gap ** 2 / (2 * 0.05 ** 2)).mean())
    return score(times), score(even), 1000 * float(np.abs(times - even).mean())


def draw_speed(axis, clip, joints):
    speed = joint_speed(joints, 30.0)
    at, salience = kinematic_beats(speed, 30.0)
    numbers, times, even = clip_beats(clip, (len(joints) - 1) / 30)
    axis.plot((np.arange(len(speed)) - 0.5) / 30, speed, color="#333333", lw=1)
    axis.scatter(at, np.interp(at, (np.arange(len(speed)) - 0.5) / 30, speed), s=4 + 40 * np.clip(salience, 0, 1.5), color="#2563c9", zorder=3)
    for n, t, e in zip(numbers, times, even):
        strong = int(n) % C.PHRASE_BEATS == 0
        axis.axvline(e, color="#bbbbbb", lw=0.8, ls=":")
        axis.axvline(t, color="#d0342c", lw=1.6 if strong else 0.7, alpha=0.8)
        if strong:
            axis.text(t, 1.0, f"{int(n)}", fontsize=6, transform=axis.get_xaxis_transform())
    own, grid, bend = alignment(clip, joints)
    axis.set_title(f"{clip.name}  {clip.style} {clip.bpm:.1f} BPM  BAS own beats {own:.2f}, even grid {grid:.2f}, bend {bend:.0f} ms",
                   fontsize=7, loc="left")
    axis.set_xlim(0, len(joints) / 30)
    axis.tick_params(labelsize=6)


def draw_sheets(folder, corpus, clean, bad, known):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "eval"))
    from contact_sheet import LEFT, PARENTS, RIGHT, TRUNK
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    shown = [c for c in corpus.clips if c.name in clean]
    for clip in shown:
        joints = clean[clip.name]
        figure, axes = plt.subplots(4, 1, figsize=(14, 9), height_ratios=[3, 2, 1, 4])
        draw_speed(axes[0], clip, joints)
        time = np.arange(len(joints)) / 30
        for (ankle, toe), colour in zip(FEET.values(), (LEFT, RIGHT)):
            axes[1].plot(time, joints[:, toe, 1], color=colour, lw=1)
            axes[1].plot(time, joints[:, ankle, 1], color=colour, lw=0.6, ls="--")
        axes[1].axhline(0, color="#999999", lw=0.5)
        axes[1].set_ylabel("toe, ankle m", fontsize=6)
        with np.errstate(all="ignore"):
            speed = np.linalg.norm(np.gradient(joints[:, [7, 10, 8, 11]], 1 / 30, axis=0)[..., [0, 2]], axis=-1)
        for k, j in enumerate((7, 10, 8, 11)):
            down = joints[:, j, 1] < (0.08 if k % 2 == 0 else 0.05)
            axes[2].scatter(time[down], np.full(down.sum(), 3 - k), c=np.where(speed[down, k] > 0.3, "#e0a000", "#2a9d4a"), s=3)
        axes[2].scatter(time[bad[clip.name]], np.full(bad[clip.name].sum(), -1), c="#000000", s=3)
        axes[2].set_yticks([3, 2, 1, 0, -1], ["l ankle", "l toe", "r ankle", "r toe", "bad"], fontsize=6)
        for axis in axes[1:3]:
            axis.set_xlim(0, len(joints) / 30)
            axis.tick_params(labelsize=6)
        _, times, _ = clip_beats(clip, (len(joints) - 1) / 30)
        for place, t in enumerate(times[:24]):
            p = joints[min(int(round(t * 30)), len(joints) - 1)]
            for j in range(1, C.JOINTS):
                colour = LEFT if j in (1, 4, 7, 10, 13, 16, 18, 20, 22) else RIGHT if j in (2, 5, 8, 11, 14, 17, 19, 21, 23) else TRUNK
                ends = p[[PARENTS[j], j]]
                axes[3].plot(place + 0.6 * (ends[:, 0] - p[0, 0]), ends[:, 1], color=colour, lw=1.2)
        axes[3].set_aspect("equal")
        axes[3].axhline(0, color="#999999", lw=0.5)
        axes[3].set_ylabel("poses on beats", fontsize=6)
        figure.tight_layout()
        figure.savefig(folder / f"{clip.name}.png", dpi=70)
        plt.close(figure)
    listed = [c for c in shown if c.name in known]
    for title, part in (("overview", listed), ("overview_unknown_tempo", [c for c in shown if c.name not in known])):
        if not part:
            continue
        figure, axes = plt.subplots((len(part) + 1) // 2, 2, figsize=(20, 1.7 * ((len(part) + 1) // 2)), squeeze=False)
        for axis, clip in zip(axes.T.ravel(), part):
            draw_speed(axis, clip, clean[clip.name])
        figure.tight_layout()
        figure.savefig(folder / f"{title}.png", dpi=70)
        plt.close(figure)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder of the data pack (manifest.json, clips/)")
    parser.add_argument("--terpsi", default="build/terpsi")
    parser.add_argument("--cache", required=True, help="folder for retargeted clips; kept between runs")
    parser.add_argument("-o", "--output", help="corpus file to write (.npz)")
    parser.add_argument("--sheets", help="folder for check sheets (needs matplotlib)")
    a = parser.parse_args()
    corpus = C.build(a.data, a.terpsi, a.cache)
    if a.output:
        np.savez(a.output, **pack(corpus))
        print(f"{a.output}: {pathlib.Path(a.output).stat().st_size / 1e6:.1f} MB, {len(corpus.phrases)} phrases")
    clean, bad, known = {}, {}, set()
    for entry, _, joints, flags in C.load_clips(a.data, a.terpsi, a.cache):
        clean[entry["name"]], bad[entry["name"]] = joints, flags
        if entry["bpm"]:
            known.add(entry["name"])
    print("\n".join(summary(corpus, clean, raw_joints(a.data, a.terpsi, a.cache), bad)))
    figures = np.array([alignment(c, clean[c.name]) for c in corpus.clips if c.name in known])
    print(f"\nbeat alignment of {len(known)} clips of known tempo: BAS on their own beats {figures[:, 0].mean():.3f}, on an even "
          f"grid {figures[:, 1].mean():.3f}; beats bent by {figures[:, 2].mean():.0f} ms in the mean")
    if a.sheets:
        draw_sheets(a.sheets, corpus, clean, bad, known)


if __name__ == "__main__":
    main()
