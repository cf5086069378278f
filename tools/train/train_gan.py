#!/usr/bin/env python3
"""Trains the GAN: a recurrent generator with an adversary, one evaluation per window. Resumable like
train_generator.py.

tools/train/train_gan.py --terpsi build/terpsi --out runs/gan --minutes 20
"""

from terpsi_train.models.registry import REGISTRY
from terpsi_train.training.adversarial import train
from terpsi_train.training.run import Run, arguments


def main():
    parser = arguments(__doc__)
    parser.add_argument(
        "--start", help="run folder of a student on the same corpus: all but the LSTM starts from it"
    )
    a = parser.parse_args()
    train(Run(a), REGISTRY["gan"], a.start)


if __name__ == "__main__":
    main()
