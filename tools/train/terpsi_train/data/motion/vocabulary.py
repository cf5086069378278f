"""What is learned from the packs and under which name: the table of styles and their families, what is left
out and why, and what a capture does not show.

A style is what a user asks for; its family is what it is danced with: phrases of the family's other styles
fill in where a style has few of its own. A style of few seconds is thus a leaning within its family. Families
reach the program through the manifest; what music each style is danced to is in
core/generate/plan/style_profiles.cpp.
"""

from terpsi_train.layout import joints

PACKS = ("open", "open2", "open3")  # folders of the data, in this order

FAMILIES = {
    "street": "hiphop lahiphop house krump shuffle",
    "funk": "pop lock mj break",
    "commercial": "commercial waack disco",
    "idol": "pop_idol",
    "jazz": "jazz streetjazz balletjazz charleston",
    "modern": "modern ballet",
    "latin": "salsa",
    "indian": "indian",
    "folk": "folk",
    "freestyle": "freestyle",
}
FAMILY = {style: family for family, styles in FAMILIES.items() for style in styles.split()}

# Styles of the packs under another name.
NAMES = {
    "pop_commercial": "commercial",
    "mj_street": "mj",
    "broadway_jazz": "jazz",
    "lindy_hop": "charleston",
    "contemporary": "modern",
    "whirl": "modern",
    "lambada": "salsa",
    "folk_xinjiang": "folk",
    "russian": "folk",
}

LEFT_OUT_STYLES = {
    "walk": "not danced",
    "gesture": "not danced",
    "break_floor": "hands, back and head on the floor",
    "pantomime_dance": "imitates animals",
    "hand_animated": "not captured",
}
LEFT_OUT_CLIPS = {
    "isaacgym_amp_dance": "the same trial as cmu55_01, which has the better feet",
    **{f"perfume_{k}": "small steps nearly in place" for k in "ABC"},
    "perfume_full_kashiyuka": "the routine of perfume_full_aachan in unison",
    "perfume_full_nocchi": "the routine of perfume_full_aachan in unison",
    "cmu94_07": "feet sink into the floor",
    "cmu94_14": "two thirds are danced in cmu94_05",
    "cmu94_16": "nearly still",
    **{f"cmu131_{k}": "walking and standing" for k in ("02", "09", "10", "13", "14")},
    **{f"cmu49_{k:02}": "from a held pose, nearly still" for k in (9, 10, 11, 12, 13, 14, 16, 17, 22)},
    **{f"g1m_B_{name}Dance": "simple and nearly in place" for name in ("Dad", "Spiral", "Stretch", "Wiggle")},
    "g1m_J_ShortDance13_SingleLadies": "one step repeated",
    "leju_newdance_01": "one step repeated",
    "leju_newdance_04": "one step repeated",
    "leju_kuavos54_dance": "one step repeated",
}

# Captures through a robot's skeleton show neither head nor hands; these joints are learned from the others.
ROBOTS = ("g1moves", "leju_robot", "unitree_g1")
UNSEEN_ON_ROBOTS = joints("neck head l_wrist r_wrist l_hand r_hand")

# Slower phrases of lively styles are left out: mean joint speed at the clip's own tempo, m/s.
STANDING = 0.33
CALM = ("modern", "ballet", "balletjazz", "indian", "folk", "salsa")


def style_of(entry):
    """The style under which a clip of the manifest is learned, or None if it is left out."""
    style, name = entry["style"], entry["name"]
    if entry["licence_clear"] == "no" or style in LEFT_OUT_STYLES or name in LEFT_OUT_CLIPS:
        return None
    return NAMES.get(style, style)


def family_of(style):
    """A style outside the table is its own family."""
    return FAMILY.get(style, style)
