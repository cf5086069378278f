import numpy as np

from terpsi_train.data.motion import beats
from terpsi_train.layout import JOINTS


def test_kinematic_beats_find_the_stops_of_a_swing():
    t = np.arange(0, 12, 1 / 30)
    joints = np.zeros((len(t), JOINTS, 3))
    joints[:, :, 0] = np.cos(np.pi * t / 0.6)[:, None]  # stops at every multiple of 0.6 s
    times, saliences = beats.kinematic_beats(beats.joint_speed(joints, 30.0), 30.0)
    middle = (times > 1) & (times < 11)
    assert np.abs((times[middle] + 0.3) % 0.6 - 0.3).max() < 0.01
    assert saliences[middle].min() > 0.8
    assert abs(beats.estimate_period(times, saliences, 12.0) - 0.6) < 0.01
    assert abs((beats.best_offset(times, saliences, 0.6) + 0.3) % 0.6 - 0.3) < 0.02
