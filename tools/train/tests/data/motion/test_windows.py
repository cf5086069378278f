import made
import numpy as np

from terpsi_train.data.motion.windows import WindowMaker
from terpsi_train.layout import JOINTS, ROTATIONS, Condition


def test_windows_are_valid_motion_with_matching_conditions():
    corpus = made.small_corpus()
    motion, cond, phrase, _ = WindowMaker(corpus, 80, 3).make(40)
    assert np.isfinite(motion).all() and np.isfinite(cond).all()
    six = motion[..., ROTATIONS].reshape(40, 80, JOINTS, 6)
    assert np.allclose(np.linalg.norm(six[..., :3], axis=-1), 1, atol=1e-4)
    assert cond.shape[-1] == Condition.FIXED + 2
    told = phrase[:, 0] > 0
    assert 0.4 < told.mean() < 1
    styles = np.array([corpus.phrases[k - 1].style for k in phrase[told, 0]])
    assert (cond[told][np.arange(told.sum()), 0, Condition.FIXED + styles] == 1).all()
    again = WindowMaker(corpus, 80, 3).make(40)
    assert np.array_equal(motion, again[0]) and np.array_equal(phrase, again[2])
