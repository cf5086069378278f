"""Names for the numbers that the training code shares with the C++ core: joints, columns of the motion
vector, of the condition and of the listener's input. tests/test_layout.py holds them to the headers named
below.
"""

import numpy as np

FPS = 30.0

# ---- Skeleton: core/motion/skeleton.h ----

JOINT_NAMES = (
    "pelvis l_hip r_hip spine1 l_knee r_knee spine2 l_ankle r_ankle spine3 l_foot r_foot neck "
    "l_collar r_collar head l_shoulder r_shoulder l_elbow r_elbow l_wrist r_wrist l_hand r_hand"
).split()
JOINTS = len(JOINT_NAMES)
PARENTS = [-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21]


def joints(names):
    """Indices of space-separated joint names."""
    return [JOINT_NAMES.index(name) for name in names.split()]


L_HIP, R_HIP, L_SHOULDER, R_SHOULDER = joints("l_hip r_hip l_shoulder r_shoulder")
FEET = {"l": tuple(joints("l_ankle l_foot")), "r": tuple(joints("r_ankle r_foot"))}  # ankle and toe
FOOT_JOINTS = joints("l_ankle r_ankle l_foot r_foot")
MIRROR = [JOINT_NAMES.index({"l_": "r_", "r_": "l_"}.get(n[:2], n[:2]) + n[2:]) for n in JOINT_NAMES]
UPPER_BODY = joints(
    "spine2 spine3 neck l_collar r_collar head l_shoulder r_shoulder "
    "l_elbow r_elbow l_wrist r_wrist l_hand r_hand"
)
LOWER_BODY = [j for j in range(JOINTS) if j not in UPPER_BODY]

# fmt: off
OFFSETS = np.array([  # of a joint from its parent in the rest pose, metres
    [0, 0.930, 0], [0.085, -0.075, 0], [-0.085, -0.075, 0], [0, 0.105, -0.010],
    [0, -0.400, 0], [0, -0.400, 0], [0, 0.125, 0.005], [0, -0.385, -0.010],
    [0, -0.385, -0.010], [0, 0.065, 0.005], [0.012, -0.050, 0.125], [-0.012, -0.050, 0.125],
    [0, 0.205, -0.020], [0.065, 0.120, -0.010], [-0.065, 0.120, -0.010], [0, 0.090, 0.025],
    [0.110, 0.025, -0.005], [-0.110, 0.025, -0.005], [0.260, 0, 0], [-0.260, 0, 0],
    [0.245, 0, 0], [-0.245, 0, 0], [0.085, 0, 0], [-0.085, 0, 0]], dtype=np.float32)
# fmt: on

# ---- Motion vector: core/motion/motion_vector.h ----

MOTION_DIMS = 151
CONTACTS = slice(0, 4)  # 0 to 1, of CONTACT_JOINTS
CONTACT_JOINTS = joints("l_ankle l_foot r_ankle r_foot")
ROOT = slice(4, 7)  # velocity x (m/s), height y (m), velocity z (m/s)
ROOT_VELOCITY = [4, 6]
ROOT_HEIGHT = 5
ROTATIONS = slice(7, 151)  # 24 x 6D: the first two columns of the local rotation matrix
PELVIS_AXES = slice(7, 10), slice(10, 13)  # those two columns of the pelvis


def rotation_columns(of):
    """Columns of the motion vector that hold the rotations of some joints."""
    return [ROTATIONS.start + 6 * j + k for j in of for k in range(6)]


# ---- Condition: core/manifest/condition_layout.h ----


class Condition:
    """Columns of a condition row; one weight per style follows the fixed ones."""

    BEAT_PHASE = slice(0, 2)  # sin, cos; phase 0 on a dance beat
    PHRASE_PHASE = slice(2, 4)  # over 4 dance beats
    EIGHT_PHASE = slice(4, 6)  # over 8 dance beats
    PHASES = slice(0, 6)
    TEMPO = 6  # log2(dance tempo / 120)
    ENERGY = 7  # 0 to 1, 0.5 as the style's clips
    ACCENT = 8  # 0 to 1
    BEATS_KNOWN = 9  # 1, or 0 where the beat columns say nothing
    FIXED = 10
    STYLES = slice(10, None)


# ---- Listener input: core/audio/hear/listener_input.h ----

LISTENER_RATE = 90  # rows per second; row t is at t / LISTENER_RATE s
MEL_BANDS = 40  # ln(1 + 1e4 mel power)
LISTENER_COLUMNS = 52
MEL, CHROMA = slice(0, MEL_BANDS), slice(MEL_BANDS, LISTENER_COLUMNS)

# ---- Sound: core/audio/pcm.h ----

SAMPLE_RATE = 22050
