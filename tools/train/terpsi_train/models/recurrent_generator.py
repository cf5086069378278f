"""A recurrent generator for adversarial training, after the LSTM + GAN of [Alam 2025]: noise to dance in one
evaluation."""

from torch import nn

from terpsi_train.models.generator import Generator


class RecurrentGenerator(Generator):
    """Generator with a bidirectional LSTM, `layers` layers of `hidden` units each way, where the transformer
    has its blocks. t is 0 and x is noise."""

    def __init__(self, **config):
        super().__init__(**config)
        c = self.config
        del self.blocks, self.bias
        self.recurrence = nn.LSTM(c.width, c.hidden, c.layers, batch_first=True, bidirectional=True)
        self.gather = nn.Linear(2 * c.hidden, c.width)
        self.clock = nn.Linear(64, c.width)

    def mix(self, h, time):
        return h + self.gather(self.recurrence(h + self.clock(time).unsqueeze(1))[0])
