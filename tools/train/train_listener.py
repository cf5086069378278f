#!/usr/bin/env python3
"""Trains the listener on a corpus of rendered songs. Export with export_listener.py.

  tools/train/train_listener.py --corpus CORPUS --out RUN [--minutes 40] [--total-minutes 40]

RUN gets checkpoint.pt (resumed when there is one) and log.txt. The learning rate reaches zero at
--total-minutes.
"""

import argparse

import torch

from terpsi_train.training.listener import train


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--corpus", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--minutes", type=float, default=40)
    p.add_argument("--total-minutes", type=float)
    p.add_argument("--batch", type=int, default=16)
    p.add_argument("--rows", type=int, default=1800, help="20 s")
    p.add_argument("--width", type=int, default=64)
    p.add_argument("--rate", type=float, default=2e-3)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--threads", type=int, default=0)
    p.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    a = p.parse_args()
    if a.threads:
        torch.set_num_threads(a.threads)
    train(a)


if __name__ == "__main__":
    main()
