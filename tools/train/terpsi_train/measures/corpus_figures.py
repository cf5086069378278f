"""Figures of the corpus: how well its clips keep to their beats, and its feet before and after the contact
clean-up."""

import numpy as np

from terpsi_train.data.motion.beats import joint_speed, kinematic_beats
from terpsi_train.layout import FEET, FOOT_JOINTS, FPS

SLIDING = 0.3  # m/s
HEADINGS = (
    "style|clips|s|bad %|BPM|phrases|continued %|contact raw|contact clean|"
    "skate raw|skate clean|cm/s raw|cm/s clean"
).split("|")


def standing(joints):
    """Whether each foot is in contact in the step from frame to frame, [2, T - 1], as in
    core/measure/metrics.h."""
    floor = np.percentile(joints[:, FOOT_JOINTS, 1].min(1), 1)
    return np.array(
        [
            ((joints[:, ankle, 1] - floor <= 0.08) & (joints[:, toe, 1] - floor <= 0.05))[:-1]
            for ankle, toe in FEET.values()
        ]
    )


def foot_speeds(joints, fps=FPS):
    """Speed of each foot in the plane (mean of ankle and toe), m/s, [2, T - 1]."""
    steps = np.linalg.norm(np.diff(joints, axis=0)[..., [0, 2]], axis=-1) * fps
    return np.array([steps[:, pair].mean(1) for pair in FEET.values()])


def clip_beats(clip, seconds):
    """Numbers and times (s) of the clip's beats within it, and of the even grid of its tempo that lies
    nearest."""
    numbers = np.arange(np.ceil(clip.start), np.ceil(clip.start) + seconds * clip.bpm / 60 + 2)
    times = clip.beat_map(numbers)
    inside = (times >= 0) & (times <= seconds)
    numbers, times = numbers[inside], times[inside]
    even = numbers * 60 / clip.bpm
    return numbers, times, even + np.median(times - even)


def alignment(clip, joints):
    """BAS of the clip's own beats and of the even grid, and the mean of how far it is bent, in ms."""
    minima, _ = kinematic_beats(joint_speed(joints, FPS), FPS)
    _, times, even = clip_beats(clip, (len(joints) - 1) / FPS)

    def score(beats):
        gap = np.abs(beats[:, None] - minima[None, :]).min(1) if len(minima) else np.full(len(beats), 9.0)
        return float(np.exp(-(gap**2) / (2 * 0.05**2)).mean())

    return score(times), score(even), 1000 * float(np.abs(times - even).mean())


def summary(corpus, clean, raw, bad):
    """Markdown rows by style. clean, raw, bad: arrays by clip name at 30 fps."""
    continued = {i for i, p in enumerate(corpus.phrases) if p.next and p.next[0][1] == 0.0}
    yield "| " + " | ".join(HEADINGS) + " |"
    yield "|" + "---|" * len(HEADINGS)
    for s, name in enumerate([*corpus.styles, "all"]):
        clips = [c for c in corpus.clips if c.name in clean and (name == "all" or c.style == name)]
        names = [c.name for c in clips]
        codes = {i for i, p in enumerate(corpus.phrases) if name == "all" or p.style == s}
        stands = np.concatenate([standing(clean[n]) for n in names], 1)
        speeds = (np.concatenate([foot_speeds(joints[n]) for n in names], 1) for joints in (raw, clean))
        before, after = (v[stands] for v in speeds)
        stood = np.concatenate([standing(raw[n]) for n in names], 1).mean()
        flags = np.concatenate([bad[n] for n in names])
        bpm = sorted(c.bpm for c in clips)
        tempo = f"{bpm[0]:.0f}" if bpm[-1] - bpm[0] < 1 else f"{bpm[0]:.0f} to {bpm[-1]:.0f}"
        skate = [f"{np.mean(v > SLIDING):.3f}" for v in (before, after)]
        speed = [f"{100 * v.mean():.1f}" for v in (before, after)]
        share = f"{100 * len(continued & codes) / max(len(codes), 1):.0f}"
        about = [
            name,
            len(clips),
            f"{len(flags) / FPS:.0f}",
            f"{100 * flags.mean():.1f}",
            tempo,
            len(codes),
            share,
        ]
        row = [*about, f"{stood:.2f}", f"{stands.mean():.2f}", *skate, *speed]
        yield "| " + " | ".join(map(str, row)) + " |"
