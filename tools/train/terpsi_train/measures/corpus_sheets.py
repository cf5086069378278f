"""Check sheets of the corpus as PNG: one per clip (mean joint speed with its beats, foot heights, contacts,
poses on the beats) and overviews of beats and of feet. Red lines are the clip's own beats (heavy: phrase
starts), dotted lines the even grid, dots the minima of speed, by salience."""

import pathlib

import matplotlib
import numpy as np

from terpsi_train.data.motion.beats import joint_speed, kinematic_beats
from terpsi_train.data.motion.corpus import PHRASE_BEATS
from terpsi_train.drawing import LEFT, RIGHT, colour_of
from terpsi_train.layout import FEET, FPS, JOINT_NAMES, JOINTS, PARENTS
from terpsi_train.measures.corpus_figures import SLIDING, alignment, clip_beats

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402


def draw_speed(axis, clip, joints):
    speed = joint_speed(joints, FPS)
    at, salience = kinematic_beats(speed, FPS)
    numbers, times, even = clip_beats(clip, (len(joints) - 1) / FPS)
    axis.plot((np.arange(len(speed)) - 0.5) / FPS, speed, color="#333333", lw=1)
    height = np.interp(at, (np.arange(len(speed)) - 0.5) / FPS, speed)
    axis.scatter(at, height, s=4 + 40 * np.clip(salience, 0, 1.5), color=LEFT, zorder=3)
    for n, t, e in zip(numbers, times, even):
        strong = int(n) % PHRASE_BEATS == 0
        axis.axvline(e, color="#bbbbbb", lw=0.8, ls=":")
        axis.axvline(t, color=RIGHT, lw=1.6 if strong else 0.7, alpha=0.8)
        if strong:
            axis.text(t, 1.0, f"{int(n)}", fontsize=6, transform=axis.get_xaxis_transform())
    own, grid, bend = alignment(clip, joints)
    aligned = f"BAS own beats {own:.2f}, even grid {grid:.2f}, bend {bend:.0f} ms"
    axis.set_title(f"{clip.name}  {clip.style} {clip.bpm:.1f} BPM  {aligned}", fontsize=7, loc="left")
    axis.set_xlim(0, len(joints) / FPS)
    axis.tick_params(labelsize=6)


def draw_feet(axis, joints, bad):
    """Heights of toes (lines) and ankles (dashes); below them where each stands: green, yellow while it
    slides, black: bad capture."""
    time, height = np.arange(len(joints)) / FPS, np.clip(joints[..., 1], 0, 0.4)
    for (ankle, toe), colour in zip(FEET.values(), (LEFT, RIGHT)):
        axis.plot(time, height[:, toe], color=colour, lw=0.9)
        axis.plot(time, height[:, ankle], color=colour, lw=0.5, ls="--")
    speed = np.linalg.norm(np.gradient(joints, 1 / FPS, axis=0)[..., [0, 2]], axis=-1)
    lines = [
        (f"{side} {part}", joint, reach)
        for side, pair in FEET.items()
        for part, joint, reach in zip(("ankle", "toe"), pair, (0.08, 0.05))
    ]
    for k, (_, joint, reach) in enumerate(lines):
        down = joints[:, joint, 1] < reach
        colours = np.where(speed[down, joint] > SLIDING, "#e0a000", "#2a9d4a")
        axis.scatter(time[down], np.full(down.sum(), -0.04 * (k + 1)), c=colours, s=3)
    axis.scatter(time[bad], np.full(bad.sum(), -0.2), c="#000000", s=3)
    ticks = [0.3, 0.1, *(-0.04 * (k + 1) for k in range(4)), -0.2]
    axis.set_yticks(ticks, ["0.3 m", "0.1 m", *(name for name, _, _ in lines), "bad"], fontsize=5)
    axis.set_xlim(0, len(joints) / FPS)
    axis.tick_params(axis="x", labelsize=6)


def draw_poses(axis, clip, joints):
    _, times, _ = clip_beats(clip, (len(joints) - 1) / FPS)
    for place, t in enumerate(times[:24]):
        p = joints[min(round(t * FPS), len(joints) - 1)]
        for j in range(1, JOINTS):
            ends = p[[PARENTS[j], j]]
            axis.plot(
                place + 0.6 * (ends[:, 0] - p[0, 0]), ends[:, 1], color=colour_of(JOINT_NAMES[j]), lw=1.2
            )
    axis.set_aspect("equal")
    axis.axhline(0, color="#999999", lw=0.5)
    axis.set_ylabel("poses on beats", fontsize=6)


def draw_overview(path, clips, draw):
    rows = (len(clips) + 1) // 2
    figure, axes = plt.subplots(rows, 2, figsize=(20, 1.7 * rows), squeeze=False)
    for axis, clip in zip(axes.T.ravel(), clips):
        draw(axis, clip)
    for axis in axes.T.ravel()[len(clips) :]:
        axis.set_visible(False)
    figure.tight_layout()
    figure.savefig(path, dpi=70)
    plt.close(figure)


def draw_sheets(folder, corpus, clean, bad, known):
    """clean, bad: joints and flags by clip name at 30 fps; known: names of clips of known tempo."""
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

    def beats(axis, clip):
        draw_speed(axis, clip, clean[clip.name])

    def feet(axis, clip):
        draw_feet(axis, clean[clip.name], bad[clip.name])
        axis.set_title(f"{clip.name}  {clip.style}", fontsize=7, loc="left")

    parts = {
        "known_tempo": [c for c in shown if c.name in known],
        "unknown_tempo": [c for c in shown if c.name not in known],
    }
    for title, part in parts.items():
        if part:
            draw_overview(folder / f"overview_beats_{title}.png", part, beats)
            draw_overview(folder / f"overview_feet_{title}.png", part, feet)
