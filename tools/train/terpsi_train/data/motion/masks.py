"""Random inpainting masks: what a choreographer may prescribe while the rest is generated."""

import torch

from terpsi_train.layout import (
    CONTACTS,
    LOWER_BODY,
    MOTION_DIMS,
    ROOT_HEIGHT,
    ROOT_VELOCITY,
    ROTATIONS,
    UPPER_BODY,
    joints,
    rotation_columns,
)

PLAIN = 0.5  # share of windows without a mask


PARTS = [
    rotation_columns(UPPER_BODY),
    rotation_columns(LOWER_BODY) + list(range(ROTATIONS.start)),
    rotation_columns(joints("l_shoulder l_elbow l_wrist l_hand")),
    rotation_columns(joints("r_shoulder r_elbow r_wrist r_hand")),
    rotation_columns(joints("pelvis spine1 spine2 spine3")),
    ROOT_VELOCITY,
    [*ROOT_VELOCITY, ROOT_HEIGHT] + rotation_columns(joints("pelvis")),
]


def random_masks(count, window, random):
    """[count, window, 151], 1 = known: nothing, keyframes, body parts, time regions or the way across the
    floor. random: torch.Generator."""

    def draw(high):
        return int(torch.randint(high, (1,), generator=random))

    mask = torch.zeros(count, window, MOTION_DIMS)
    for m in mask:
        if torch.rand(1, generator=random) < PLAIN:
            continue
        kind = draw(3)
        if kind == 0:  # single frames
            for _ in range(1 + draw(4)):
                frame = draw(window)
                m[frame] = 1
                m[frame, CONTACTS] = 0
        elif kind == 1:  # parts of the body, throughout or for a while
            start, end = (0, window) if draw(2) else sorted((draw(window), draw(window)))
            m[start : end + 1, PARTS[draw(len(PARTS))]] = 1
        else:  # a beginning, an end, a middle
            start, end = sorted((draw(window), draw(window)))
            start, end = ((0, end), (start, window), (start, end))[draw(3)]
            m[start:end] = 1
    return mask
