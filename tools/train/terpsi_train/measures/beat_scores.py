"""Beats picked from a network's activation, and how well beats that were heard meet the true ones."""

import numpy as np

SKIP = 5.0  # seconds at the start that no F-measure counts
ALIGNED = 0.1  # s
WINDOW = 0.07  # s


def peaks(activation, threshold, rate, apart=0.2):
    """Times (s) of the maxima of an activation [T] that reach the threshold, the higher of two nearer than
    `apart` s; between frames by the parabola through three values. The same for all networks."""
    a = np.asarray(activation, np.float64)
    if len(a) < 3:
        return np.zeros(0)
    i = np.flatnonzero((a[1:-1] >= threshold) & (a[1:-1] > a[:-2]) & (a[1:-1] >= a[2:])) + 1
    bend = a[i - 1] - 2 * a[i] + a[i + 1]
    shift = np.where(bend < 0, 0.5 * (a[i - 1] - a[i + 1]) / np.where(bend < 0, bend, 1), 0)
    times, kept = (i + np.clip(shift, -0.5, 0.5)) / rate, []
    for k in np.argsort(-a[i], kind="stable"):
        if all(abs(times[k] - times[j]) >= apart for j in kept):
            kept.append(k)
    return np.sort(times[kept])


def nearest(true, heard):
    """Of each true beat, the signed distance (s) of the nearest heard one; infinite where none was heard."""
    true, heard = np.asarray(true, float), np.asarray(heard, float)
    if not len(heard):
        return np.full(len(true), np.inf)
    i = np.searchsorted(heard, true)
    before, after = heard[np.maximum(i - 1, 0)], heard[np.minimum(i, len(heard) - 1)]
    return np.where(np.abs(before - true) <= np.abs(after - true), before - true, after - true)


def pairs(true, heard, window=WINDOW):
    """[(true, heard)] at most `window` apart, in time order, each beat used once; optimal for a fixed
    window."""
    found, j = [], 0
    for t in true:
        while j < len(heard) and heard[j] < t - window:
            j += 1
        if j < len(heard) and heard[j] <= t + window:
            found.append((t, heard[j]))
            j += 1
    return found


def counted(times):
    """Those that an F-measure counts."""
    return [t for t in times if t >= SKIP]


def f_measure(true, heard):
    true, heard = counted(true), counted(heard)
    return 2 * len(pairs(true, heard)) / max(1, len(true) + len(heard))


def mean_offset(true, heard):
    """Of matched beats, s, positive where they are heard late."""
    matched = pairs(counted(true), counted(heard))
    return sum(h - t for t, h in matched) / len(matched) if matched else float("nan")


def score(true, heard):
    """aligned: share of the true beats with a heard one within 0.1 s; offsets: distances of those (s); f:
    F-measure at 70 ms."""
    d = nearest(true, heard)
    near = np.abs(d) <= ALIGNED
    return {"aligned": float(near.mean()) if len(d) else 0.0, "offsets": d[near], "f": f_measure(true, heard)}


def continuity(expected, got, share=0.175):
    """CMLt [Klapuri 2006]: share of the beats (of the longer list) that are right in place and period."""
    if len(expected) < 2 or len(got) < 2:
        return 0.0
    right, used = 0, set()
    for k, t in enumerate(got):
        near = min(range(len(expected)), key=lambda i: abs(expected[i] - t))
        if near in used:
            continue
        used.add(near)
        if k == 0 or near == 0:  # the first beat is judged by the interval after it
            if k + 1 >= len(got) or near + 1 >= len(expected):
                continue
            period, interval = expected[near + 1] - expected[near], got[k + 1] - got[k]
        else:
            period, interval = expected[near] - expected[near - 1], got[k] - got[k - 1]
        if abs(t - expected[near]) < share * period and abs(1 - interval / period) < share:
            right += 1
    return right / max(len(expected), len(got))


def any_level(expected, got):
    """AMLt: the best continuity over the metrical levels a listener may tap."""
    halves = [t for a, b in zip(expected, expected[1:]) for t in (a, (a + b) / 2)] + expected[-1:]
    thirds = [
        t for a, b in zip(expected, expected[1:]) for t in (a, a + (b - a) / 3, a + 2 * (b - a) / 3)
    ] + expected[-1:]
    levels = [
        expected,
        halves[1::2],
        halves,
        thirds,
        expected[0::2],
        expected[1::2],
        expected[0::3],
        expected[1::3],
        expected[2::3],
    ]
    return max(continuity(level, got) for level in levels)
