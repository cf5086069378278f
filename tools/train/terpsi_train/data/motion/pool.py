"""Training windows in memory, and their normalisation."""

import numpy as np
import torch

from terpsi_train.layout import ROTATIONS


class Pool:
    """Windows of a WindowMaker, float16, renewed piece by piece."""

    def __init__(self, maker, count, piece=256):
        self.maker, self.piece, self.next = maker, min(piece, count), 0
        parts = [maker.make(self.piece) for _ in range(count // self.piece)]
        self.motion = torch.from_numpy(np.concatenate([p[0] for p in parts]).astype(np.float16))
        self.cond = torch.from_numpy(np.concatenate([p[1] for p in parts]).astype(np.float16))
        self.phrase = torch.from_numpy(np.concatenate([p[2] for p in parts]))
        self.robot = torch.from_numpy(np.concatenate([p[3] for p in parts]).astype(np.float16))

    def renew(self):
        motion, cond, phrase, robot = self.maker.make(self.piece)
        where = slice(self.next, self.next + self.piece)
        self.motion[where] = torch.from_numpy(motion.astype(np.float16))
        self.cond[where] = torch.from_numpy(cond.astype(np.float16))
        self.phrase[where] = torch.from_numpy(phrase)
        self.robot[where] = torch.from_numpy(robot.astype(np.float16))
        self.next = (self.next + self.piece) % len(self.motion)

    def batch(self, size, device):
        """motion [n, W, 151], condition [n, W, C], phrase codes [n, W], robot [n, W]"""
        i = torch.randint(len(self.motion), (size,))
        motion, cond, robot = (v[i].to(device).float() for v in (self.motion, self.cond, self.robot))
        return motion, cond, self.phrase[i].to(device), robot


def normalisation(motion):
    """Mean and std per column; the std has a floor so that nearly still columns do not drown the rest in
    noise."""
    flat = motion.float().reshape(-1, motion.shape[-1])
    mean, std = flat.mean(0), flat.std(0)
    floor = torch.full_like(std, 0.05)
    floor[ROTATIONS] = 0.08
    return mean, torch.maximum(std, floor)
