#!/usr/bin/env python3
"""Trains the student generator. Resumable: run again with the same --out to go on.

  tools/train/train_student.py --data $TERPSI_DATA/open --terpsi build/terpsi --out runs/student --minutes 60
"""

import argparse
import copy
import math
import pathlib
import sys
import time

import numpy as np
import torch

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from terpsi_train import corpus as corpus_module            # noqa: E402
from terpsi_train.losses import generator_loss, joints_and_velocity   # noqa: E402
from terpsi_train.model import Student, StudentConfig, config_dict, parameters   # noqa: E402
from terpsi_train.skeleton import ROTATIONS                  # noqa: E402
from terpsi_train.windows import FIXED_COLUMNS, WindowMaker  # noqa: E402

TIMES = (0.0, 0.25, 0.5, 0.75)     # the sampler's time grid; training visits these times


class Pool:
    """Training windows in memory (float16), made once and renewed piece by piece."""

    def __init__(self, maker, count, piece=256):
        self.maker, self.piece, self.next = maker, piece, 0
        parts = [maker.make(piece) for _ in range(count // piece)]
        self.motion = torch.from_numpy(np.concatenate([p[0] for p in parts]).astype(np.float16))
        self.cond = torch.from_numpy(np.concatenate([p[1] for p in parts]).astype(np.float16))
        self.phrase = torch.from_numpy(np.concatenate([p[2] for p in parts]))

    def renew(self):
        motion, cond, phrase = self.maker.make(self.piece)
        where = slice(self.next, self.next + self.piece)
        self.motion[where] = torch.from_numpy(motion.astype(np.float16))
        self.cond[where] = torch.from_numpy(cond.astype(np.float16))
        self.phrase[where] = torch.from_numpy(phrase)
        self.next = (self.next + self.piece) % len(self.motion)

    def batch(self, size, device):
        i = torch.randint(len(self.motion), (size,))
        return (self.motion[i].to(device).float(), self.cond[i].to(device).float(), self.phrase[i].to(device))


def normalisation(motion):
    """Mean and std per column; the std has a floor so that nearly still columns do not drown the rest in noise."""
    flat = motion.float().reshape(-1, motion.shape[-1])
    mean, std = flat.mean(0), flat.std(0)
    floor = torch.full_like(std, 0.05)
    floor[ROTATIONS] = 0.08
    return mean, torch.maximum(std, floor)


def noisy(x1, t):
    return (1 - t)[:, None, None] * torch.randn_like(x1) + t[:, None, None] * x1


def sample(model, cond, phrase, times, seed=0):
    """The sampler of core/generate on one batch of windows; normalised motion."""
    generator = torch.Generator(device="cpu").manual_seed(seed)
    x = torch.randn(*cond.shape[:2], 151, generator=generator).to(cond.device)
    for k, t in enumerate(times):
        x1 = model(x, torch.full((len(x),), t, device=x.device), cond, phrase)
        following = times[k + 1] if k + 1 < len(times) else 1.0
        x = x + (following - t) / (1 - t) * (x1 - x)
    return x


@torch.no_grad()
def validate(model, batch, mean, std):
    """Joint error (cm) and jitter ratio of dances told their phrases, with one and with all evaluations."""
    motion, cond, phrase = batch
    told = (phrase > 0).all(1)
    motion, cond, phrase = motion[told], cond[told], phrase[told]
    true_position, true_velocity = joints_and_velocity(motion)
    out = {}
    for name, times in (("1", TIMES[:1]), (str(len(TIMES)), TIMES)):
        made = sample(model, cond, phrase, times) * std + mean
        position, velocity = joints_and_velocity(made)
        out["error_cm_" + name] = float((position - true_position).norm(dim=-1).mean() * 100)
        out["jitter_" + name] = float((velocity[:, 1:] - velocity[:, :-1]).norm(dim=-1).mean() /
                                      (true_velocity[:, 1:] - true_velocity[:, :-1]).norm(dim=-1).mean())
        out["speed_" + name] = float(velocity.norm(dim=-1).mean() / true_velocity.norm(dim=-1).mean())
    return out


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--data", required=True, help="folder of the open pack (manifest.json, clips/)")
    a.add_argument("--terpsi", default="build/terpsi", help="the native binary, for retargeting")
    a.add_argument("--out", required=True, help="run folder: checkpoint.pt, log")
    a.add_argument("--minutes", type=float, default=60, help="time budget of this call")
    a.add_argument("--total-minutes", type=float, help="planned minutes of all calls (learning-rate schedule); default --minutes")
    a.add_argument("--batch", type=int, default=64)
    a.add_argument("--windows", type=int, default=16384, help="windows kept in memory")
    a.add_argument("--window", type=int, default=160)
    a.add_argument("--rate", type=float, default=1.5e-3)
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    a = a.parse_args()
    started = time.time()
    torch.manual_seed(a.seed)
    out = pathlib.Path(a.out)
    out.mkdir(parents=True, exist_ok=True)
    log = open(out / "log.txt", "a", buffering=1)

    def say(text):
        print(text, flush=True)
        log.write(text + "\n")

    corpus = corpus_module.build(a.data, a.terpsi, out / "retargeted")
    maker = WindowMaker(corpus, a.window, a.seed)
    pool = Pool(maker, a.windows)
    held = WindowMaker(corpus, a.window, a.seed + 1000).make(96)
    held = tuple(torch.from_numpy(v).to(a.device) for v in held)
    mean, std = (v.to(a.device) for v in normalisation(pool.motion))
    config = StudentConfig(window=a.window, condition=FIXED_COLUMNS + len(corpus.styles),
                           phrases=len(corpus.phrases) + 1)
    model = Student(config).to(a.device)
    poses = torch.from_numpy(maker.poses(config.slots)).to(a.device)
    poses[1:] = (poses[1:] - mean) / std
    model.remember(poses)
    say(f"{len(corpus.clips)} clips, {len(corpus.phrases)} phrases, {len(corpus.styles)} styles, "
        f"{parameters(model) / 1e6:.2f} M parameters, ready after {time.time() - started:.0f} s")
    decay = [p for p in model.parameters() if p.dim() > 1]
    rest = [p for p in model.parameters() if p.dim() <= 1]
    optimizer = torch.optim.AdamW([{"params": decay, "weight_decay": 0.01}, {"params": rest, "weight_decay": 0}],
                                  lr=a.rate, betas=(0.9, 0.98))
    average = copy.deepcopy(model)
    step, used = 0, 0.0
    path = out / "checkpoint.pt"
    if path.exists():
        saved = torch.load(path, map_location=a.device, weights_only=False)
        model.load_state_dict(saved["model"])
        average.load_state_dict(saved["average"])
        optimizer.load_state_dict(saved["optimizer"])
        step, used, mean, std = saved["step"], saved["seconds"], saved["mean"], saved["std"]
        say(f"resumed at step {step}, {used / 60:.1f} minutes")
    planned = 60 * (a.total_minutes or used / 60 + a.minutes)

    def save(seconds):
        torch.save({"model": model.state_dict(), "average": average.state_dict(), "optimizer": optimizer.state_dict(),
                    "config": config_dict(model), "step": step, "seconds": seconds, "mean": mean, "std": std,
                    "times": TIMES}, out / "checkpoint.tmp")
        (out / "checkpoint.tmp").replace(path)

    began = time.time()
    saved_at, sums, count = began, {}, 0
    times = torch.tensor(TIMES, device=a.device)
    while time.time() - began < 60 * a.minutes:
        seconds = used + time.time() - began
        progress = min(seconds / planned, 1.0)
        rate = a.rate * min(1.0, (step + 1) / 300) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress)))
        for group in optimizer.param_groups:
            group["lr"] = rate
        motion, cond, phrase = pool.batch(a.batch, a.device)
        x1 = (motion - mean) / std
        t = times[torch.randint(len(TIMES), (len(x1),), device=a.device)]
        t = torch.where(torch.rand_like(t) < 0.3, torch.zeros_like(t), t)
        with torch.autocast(torch.device(a.device).type, torch.bfloat16):
            predicted = model(noisy(x1, t), t, cond, phrase)
        loss, parts = generator_loss(predicted.float(), x1, mean, std, a.batch // 3)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        keep = min(0.999, 1 - 1 / (step / 10 + 1))
        with torch.no_grad():
            for slow, fast in zip(average.parameters(), model.parameters()):
                slow.lerp_(fast, 1 - keep)
        parts["norm"] = float(norm)
        for k, v in parts.items():
            sums[k] = sums.get(k, 0) + v
        count += 1
        if step % 50 == 0:
            pool.renew()
        if step % 250 == 0:
            average.eval()
            checks = validate(average, held, mean, std)
            text = " ".join(f"{k} {v / count:.4f}" for k, v in sums.items())
            text += " | " + " ".join(f"{k} {v:.3f}" for k, v in checks.items())
            say(f"step {step} {seconds / 60:.1f} min rate {rate:.1e} {text}")
            sums, count = {}, 0
        if time.time() - saved_at > 120:
            save(seconds)
            saved_at = time.time()
    save(used + time.time() - began)
    say(f"stopped at step {step}, {(used + time.time() - began) / 60:.1f} minutes")


if __name__ == "__main__":
    main()
