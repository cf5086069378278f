"""Targets of the beat networks."""

import numpy as np


def triangles(places, count, reach):
    """[count], 1 at each place (in frames), falling to 0 `reach` frames away, so that the peak tells where
    between two frames it is."""
    out = np.zeros(count, np.float32)
    for at in places:
        low, high = int(np.ceil(at - reach)), int(np.floor(at + reach))
        for j in range(max(0, low), min(count - 1, high) + 1):
            out[j] = max(out[j], 1 - abs(j - at) / reach)
    return out
