#!/usr/bin/env python3
"""Builds the corpus of phrases and says what is in it; writes it for `terpsi dance --model graph --corpus FILE`.

  tools/train/build_corpus.py --data $TERPSI_DATA/open --terpsi build/terpsi --cache runs/corpus [-o corpus.npz] [--sheets DIR]

Prints one Markdown row per style: clips, seconds, bad frames, tempo, phrases, the share of phrases whose recorded
continuation is a phrase too, and the feet before (`terpsi retarget`) and after (`--lock-feet`) the contact clean-up: the
share of steps in contact, and, at the steps that are in contact after it, the share that slides faster than 0.3 m/s and the
mean speed of the foot. The corpus holds the data pack's motion: it is for evaluation and training and is not shipped.

--sheets draws one PNG per clip (mean joint speed with its beats, foot heights, contacts, poses on the beats) and
overviews of beats and of feet, so that alignment and clean-up can be checked by eye. Red lines are the clip's own beats
(heavy: phrase starts), dotted lines the even grid, dots the minima of speed, by salience.

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
import json
import pathlib
import subprocess
import sys

import numpy as np

sys.path[:0] = [str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parents[1] / "eval")]
from contact_sheet import LEFT, PARENTS, RIGHT, TRUNK         # noqa: E402
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


def standing(joints):
    """Whether each foot is in contact in the step from frame to frame, [2, T - 1], as in core/motion/metrics.h."""
    floor = np.percentile(joints[:, [7, 8, 10, 11], 1].min(1), 1)
    return np.array([((joints[:, ankle, 1] - floor <= 0.08) & (joints[:, toe, 1] - floor <= 0.05))[:-1]
                     for ankle, toe in FEET.values()])


def foot_speeds(joints, fps=30.0):
    """Speed of each foot in the plane (mean of ankle and toe), m/s, [2, T - 1]."""
    steps = np.linalg.norm(np.diff(joints, axis=0)[..., [0, 2]], axis=-1) * fps
    return np.array([steps[:, pair].mean(1) for pair in FEET.values()])


def raw_joints(entries, data, binary, cache):
    """Joints of every clip without contact clean-up, by name."""
    folder, out = pathlib.Path(cache) / "raw", {}
    folder.mkdir(parents=True, exist_ok=True)
    for entry in entries:
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
    head = ("style", "clips", "s", "bad %", "BPM", "phrases", "continued %", "contact raw", "contact clean", "skate raw", "skate clean",
            "cm/s raw", "cm/s clean")
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for s, name in enumerate([*corpus.styles, "all"]):
        clips = [c for c in corpus.clips if c.name in clean and (name == "all" or c.style == name)]
        names = [c.name for c in clips]
        codes = {i for i, p in enumerate(corpus.phrases) if name == "all" or p.style == s}
        stands = np.concatenate([standing(clean[n]) for n in names], 1)
        before, after = (np.concatenate([foot_speeds(joints[n]) for n in names], 1)[stands] for joints in (raw, clean))
        stood = np.concatenate([standing(raw[n]) for n in names], 1).mean()
        flags = np.concatenate([bad[n] for n in names])
        bpm = sorted(c.bpm for c in clips)
        tempo = f"{bpm[0]:.0f}" if bpm[-1] - bpm[0] < 1 else f"{bpm[0]:.0f} to {bpm[-1]:.0f}"
        yield (f"| {name} | {len(clips)} | {len(flags) / 30:.0f} | {100 * flags.mean():.1f} | {tempo} | {len(codes)} | "
               f"{100 * len(continued & codes) / max(len(codes), 1):.0f} | {stood:.2f} | {stands.mean():.2f} | {np.mean(before > 0.3):.3f} | "
               f"{np.mean(after > 0.3):.3f} | {100 * before.mean():.1f} | {100 * after.mean():.1f} |")


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


def draw_feet(axis, joints, bad):
    """Heights of toes (lines) and ankles (dashes); below them where each stands: green, yellow while it slides, black: bad capture."""
    time, height = np.arange(len(joints)) / 30, np.clip(joints[..., 1], 0, 0.4)
    for (ankle, toe), colour in zip(FEET.values(), (LEFT, RIGHT)):
        axis.plot(time, height[:, toe], color=colour, lw=0.9)
        axis.plot(time, height[:, ankle], color=colour, lw=0.5, ls="--")
    speed = np.linalg.norm(np.gradient(joints, 1 / 30, axis=0)[..., [0, 2]], axis=-1)
    lines = [(f"{side} {part}", joint, reach) for side, pair in FEET.items() for part, joint, reach in zip(("ankle", "toe"), pair, (0.08, 0.05))]
    for k, (_, joint, reach) in enumerate(lines):
        down = joints[:, joint, 1] < reach
        axis.scatter(time[down], np.full(down.sum(), -0.04 * (k + 1)), c=np.where(speed[down, joint] > 0.3, "#e0a000", "#2a9d4a"), s=3)
    axis.scatter(time[bad], np.full(bad.sum(), -0.2), c="#000000", s=3)
    axis.set_yticks([0.3, 0.1, *(-0.04 * (k + 1) for k in range(4)), -0.2], ["0.3 m", "0.1 m", *(name for name, _, _ in lines), "bad"], fontsize=5)
    axis.set_xlim(0, len(joints) / 30)
    axis.tick_params(axis="x", labelsize=6)


def draw_poses(axis, clip, joints):
    _, times, _ = clip_beats(clip, (len(joints) - 1) / 30)
    for place, t in enumerate(times[:24]):
        p = joints[min(round(t * 30), len(joints) - 1)]
        for j in range(1, C.JOINTS):
            colour = TRUNK if j in (3, 6, 9, 12, 15) else LEFT if j in (1, 4, 7, 10, 13, 16, 18, 20, 22) else RIGHT
            ends = p[[PARENTS[j], j]]
            axis.plot(place + 0.6 * (ends[:, 0] - p[0, 0]), ends[:, 1], color=colour, lw=1.2)
    axis.set_aspect("equal")
    axis.axhline(0, color="#999999", lw=0.5)
    axis.set_ylabel("poses on beats", fontsize=6)


def draw_overview(path, clips, draw):
    rows = (len(clips) + 1) // 2
    figure, axes = plt.subplots(rows, 2, figsize=(20, 1.7 * rows), squeeze=False)
    for axis, clip in zip(axes.T.ravel(), clips):
        draw(axis, clip)
    for axis in axes.T.ravel()[len(clips):]:
        axis.set_visible(False)
    figure.tight_layout()
    figure.savefig(path, dpi=70)
    plt.close(figure)


def draw_sheets(folder, corpus, clean, bad, known):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    shown = [c for c in corpus.clips if c.name in clean]
    for clip in shown:
        figure, axes = plt.subplots(3, 1, figsize=(14, 8), height_ratios=[3, 2, 3])
        draw_speed(axes[0], clip, clean[clip.name])
        draw_feet(axes[1], clean[clip.name], bad[clip.name])
        draw_poses(axes[2], clip, clean[clip.name])
        figure.tight_layout()
        figure.savefig(folder / f"{clip.name}.png", dpi=70)
        plt.close(figure)

    def feet(axis, clip):
        draw_feet(axis, clean[clip.name], bad[clip.name])
        axis.set_title(f"{clip.name}  {clip.style}", fontsize=7, loc="left")
    for title, part in (("known_tempo", [c for c in shown if c.name in known]), ("unknown_tempo", [c for c in shown if c.name not in known])):
        if part:
            draw_overview(folder / f"overview_beats_{title}.png", part, lambda axis, clip: draw_speed(axis, clip, clean[clip.name]))
            draw_overview(folder / f"overview_feet_{title}.png", part, feet)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder of the data pack (manifest.json, clips/)")
    parser.add_argument("--ballroom", help="folder of the ballroom pack; the corpus is then for research only")
    parser.add_argument("--terpsi", default="build/terpsi")
    parser.add_argument("--cache", required=True, help="folder for retargeted clips; kept between runs")
    parser.add_argument("-o", "--output", help="corpus file to write (.npz)")
    parser.add_argument("--sheets", help="folder for check sheets (needs matplotlib)")
    a = parser.parse_args()
    a.cache = pathlib.Path(a.cache).resolve()
    corpus = C.build(a.data, a.terpsi, a.cache, a.ballroom)
    if a.output:
        np.savez(a.output, **pack(corpus))
        print(f"{a.output}: {pathlib.Path(a.output).stat().st_size / 1e6:.1f} MB, {len(corpus.phrases)} phrases")
    loaded = C.load_clips(a.data, a.terpsi, a.cache, a.ballroom)
    clean = {entry["name"]: joints for entry, _, joints, _ in loaded}
    bad = {entry["name"]: flags for entry, _, _, flags in loaded}
    known = {entry["name"] for entry, _, _, _ in loaded if entry["bpm"]}
    raw = raw_joints([entry for entry, _, _, _ in loaded], a.data, a.terpsi, a.cache)
    print("\n".join(summary(corpus, clean, raw, bad)))
    figures = np.array([alignment(c, clean[c.name]) for c in corpus.clips if c.name in known])
    print(f"\nbeat alignment of {len(known)} clips of known tempo: BAS on their own beats {figures[:, 0].mean():.3f}, on an even "
          f"grid {figures[:, 1].mean():.3f}; beats bent by {figures[:, 2].mean():.0f} ms in the mean")
    if a.sheets:
        global plt
        import matplotlib
        matplotlib.use("Agg")
        import matplotlib.pyplot as plt
        draw_sheets(a.sheets, corpus, clean, bad, known)


if __name__ == "__main__":
    main()
