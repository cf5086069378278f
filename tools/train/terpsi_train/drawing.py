"""Colours of figures, by side of the body."""

LEFT, RIGHT, TRUNK = "#2563c9", "#d0342c", "#333333"


def colour_of(joint):
    """Of a joint by its name, in the ways that skeletons name sides: l_knee, LeftKnee, L-knee, lKnee."""
    name = joint.lower()
    for side, colour in (("left", LEFT), ("right", RIGHT)):
        short = side[0]
        if name.startswith((short + "_", side, short + "-")):
            return colour
        if name.startswith(short) and len(name) > 1 and joint[1].isupper():
            return colour
    return TRUNK
