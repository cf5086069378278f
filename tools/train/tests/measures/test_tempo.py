import pytest

from terpsi_train.measures.tempo import accuracies


def test_accuracies():
    a = accuracies([100, 100, 100, 100], [103, 50, 120, 300])
    assert a["acc1"] == 0.25 and a["acc2"] == 0.75 and a["mae"] == pytest.approx(68.25)
