import pytest
import torch

from terpsi_train.data.music.tempo_chunks import CHUNK, MEL_CHUNK
from terpsi_train.layout import MEL_BANDS
from terpsi_train.models.bpm_encoder import EMBEDDING, BpmEncoder, pooling


def test_encoder_shapes():
    for kind, x in (("raw", torch.randn(2, CHUNK) / 10), ("mel", torch.rand(2, MEL_CHUNK, MEL_BANDS))):
        z, e = BpmEncoder(kind).eval()(x)
        assert z.shape == (2,) and e.shape == (2, EMBEDDING)
    assert pooling().sum() == pytest.approx(1) and pooling().argmax() in (4, 5)
