"""Random inpainting masks: what a choreographer may fix beforehand while the rest is danced anew."""

import torch

from .skeleton import CONTACTS, JOINTS, MOTION_DIMS, UPPER_BODY

LOWER_BODY = [j for j in range(JOINTS) if j not in UPPER_BODY]
PLAIN = 0.5     # share of windows without a mask


def columns_of(joints):
    """Columns of the motion vector that hold these joints' rotations."""
    return [7 + 6 * j + k for j in joints for k in range(6)]


def random_masks(count, window, random):
    """[count, window, 151], 1 = known: nothing, keyframes, body parts, time regions or the way across the floor.
    random: torch.Generator."""
    def draw(high):
        return int(torch.randint(high, (1,), generator=random))

    mask = torch.zeros(count, window, MOTION_DIMS)
    parts = [columns_of(UPPER_BODY), columns_of(LOWER_BODY) + list(range(7)), columns_of([16, 18, 20, 22]),
             columns_of([17, 19, 21, 23]), columns_of([0, 3, 6, 9]), [4, 6], [4, 5, 6] + columns_of([0])]
    for m in mask:
        if torch.rand(1, generator=random) < PLAIN:
            continue
        kind = draw(3)
        if kind == 0:                                   # single frames
            for _ in range(1 + draw(4)):
                frame = draw(window)
                m[frame] = 1
                m[frame, CONTACTS] = 0
        elif kind == 1:                                 # parts of the body, throughout or for a while
            start, end = (0, window) if draw(2) else sorted((draw(window), draw(window)))
            m[start:end + 1, parts[draw(len(parts))]] = 1
        else:                                           # a beginning, an end, a middle
            start, end = sorted((draw(window), draw(window)))
            start, end = ((0, end), (start, window), (start, end))[draw(3)]
            m[start:end] = 1
    return mask
