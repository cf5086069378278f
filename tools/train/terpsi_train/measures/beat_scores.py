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


def matches(true, heard, window=WINDOW):
    """How many can be paired, each once, at most `window` apart."""
    count = j = 0
    for t in true:
        while j < len(heard) and heard[j] < t - window:
            j += 1
        if j < len(heard) and heard[j] <= t + window:
            count, j = count + 1, j + 1
    return count


def f_measure(true, heard):
    true, heard = [t for t in true if t >= SKIP], [t for t in heard if t >= SKIP]
    return 2 * matches(true, heard) / max(1, len(true) + len(heard))


def score(true, heard):
    """aligned: share of the true beats with a heard one within 0.1 s; offsets: distances of those (s); f:
    F-measure at 70 ms."""
    d = nearest(true, heard)
    near = np.abs(d) <= ALIGNED
    return {"aligned": float(near.mean()) if len(d) else 0.0, "offsets": d[near], "f": f_measure(true, heard)}
