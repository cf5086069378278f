import numpy as np

from terpsi_train.layout import JOINTS
from terpsi_train.measures.corpus_figures import foot_speeds, standing


def test_a_sliding_foot_and_a_lifted_one():
    joints = np.zeros((31, JOINTS, 3))
    joints[:, [7, 8], 1] = 0.07
    joints[:, 7, 0] = joints[:, 10, 0] = np.arange(31) * 0.02  # the left foot slides at 0.6 m/s
    joints[:, [8, 11], 1] += 0.3  # the right one is in the air
    stands, speeds = standing(joints), foot_speeds(joints)
    assert stands[0].all() and not stands[1].any()
    assert np.allclose(speeds[0], 0.6) and np.allclose(speeds[1], 0)
