"""What a student is distilled from: noise, and the dance that the teacher makes of it."""

import time

import torch

from terpsi_train.layout import MOTION_DIMS
from terpsi_train.models.generator import Generator
from terpsi_train.training.optimise import mixed_precision
from terpsi_train.training.run import checkpoint
from terpsi_train.training.sampling import sample

STEPS, GUIDANCE = 8, 1.3


class Pairs:
    """Kept in the run folder once made. Motion is physical, not normalised."""

    def __init__(self, path, teacher_run, pool, count, device, say):
        if path.exists():
            self.__dict__.update(torch.load(path))
            return
        saved = checkpoint(teacher_run, device)
        teacher = Generator(**saved["config"]).to(device).eval()
        teacher.load_state_dict(saved["average"])
        times = [k / STEPS for k in range(STEPS)]
        began, parts = time.time(), []
        with torch.no_grad(), mixed_precision(device):
            for _ in range(0, count, 64):
                _, cond, phrase, _ = pool.batch(64, device)
                noise = torch.randn(*cond.shape[:2], MOTION_DIMS, device=device)
                made = sample(teacher, noise, cond, phrase, times, GUIDANCE).float()
                made = made * saved["std"] + saved["mean"]
                parts.append([v.cpu().half() for v in (noise, made, cond)] + [phrase.cpu()])
        self.noise, self.made, self.cond, self.phrase = (torch.cat(v) for v in zip(*parts))
        torch.save(self.__dict__, path)
        say(f"{len(self.noise)} dances of the teacher in {time.time() - began:.0f} s")

    def batch(self, size, device):
        """noise, made [n, W, 151], cond [n, W, C], phrase [n, W]"""
        i = torch.randint(len(self.noise), (size,))
        motion = [v[i].to(device).float() for v in (self.noise, self.made, self.cond)]
        return [*motion, self.phrase[i].to(device)]
