"""A training run of a generator: its corpus, windows, clock, log and checkpoint."""

import argparse
import math
import pathlib
import time

import torch

from terpsi_train.data.motion import corpus
from terpsi_train.data.motion.pool import Pool, normalisation
from terpsi_train.data.motion.windows import WindowMaker
from terpsi_train.layout import Condition
from terpsi_train.options import add_data

SAVE_SECONDS = 120


def arguments(doc):
    a = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_data(a, folder="")
    a.add_argument("--ballroom", help="folder of the ballroom pack: research-only weights")
    a.add_argument("--clear", action="store_true", help="only clips whose licence is clear")
    a.add_argument("--terpsi", default="build/terpsi", help="the native binary, for retargeting")
    a.add_argument("--out", required=True, help="run folder: checkpoint.pt, log.txt")
    a.add_argument("--minutes", type=float, default=60, help="time budget of this call")
    a.add_argument(
        "--total-minutes", type=float, help="planned minutes of all calls (learning-rate schedule)"
    )
    a.add_argument("--batch", type=int, default=64)
    a.add_argument("--windows", type=int, default=16384, help="windows kept in memory")
    a.add_argument("--window", type=int, default=160)
    a.add_argument("--rate", type=float, default=1.5e-3)
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    return a


def checkpoint(run, device="cpu"):
    """What the run folder keeps."""
    return torch.load(pathlib.Path(run) / "checkpoint.pt", map_location=device, weights_only=False)


class Run:
    """Corpus and windows of the parsed arguments; keeps time and files while the trainer trains."""

    def __init__(self, a):
        self.a, self.device = a, torch.device(a.device)
        torch.manual_seed(a.seed)
        self.out = pathlib.Path(a.out)
        self.out.mkdir(parents=True, exist_ok=True)
        self.log = open(self.out / "log.txt", "a", buffering=1)
        self.corpus = corpus.build(a.data, a.terpsi, self.out / "retargeted", a.ballroom, a.clear)
        self.maker = WindowMaker(self.corpus, a.window, a.seed)
        self.pool = Pool(self.maker, a.windows)
        held = WindowMaker(self.corpus, a.window, a.seed + 1000).make(96)
        self.held = tuple(torch.from_numpy(v).to(self.device) for v in held[:3])
        self.mean, self.std = (v.to(self.device) for v in normalisation(self.pool.motion))
        self.kept, self.step, self.used = {}, 0, 0.0

    def network(self, architecture):
        """A generator for this corpus, and the real poses [phrases, slots + 1, 151] of its phrases, not
        normalised."""
        network = architecture.make(
            window=self.a.window,
            condition=Condition.FIXED + len(self.corpus.styles),
            phrases=len(self.corpus.phrases) + 1,
        ).to(self.device)
        return network, torch.from_numpy(self.maker.poses(network.config.slots)).to(self.device)

    def remember(self, network, poses):
        """Starts a network's memory from the poses."""
        poses[1:] = (poses[1:] - self.mean) / self.std
        network.remember(poses)

    def say(self, text):
        print(text, flush=True)
        self.log.write(text + "\n")

    def keep(self, **kept):
        """What is saved in the checkpoint: things with a state_dict, and plain values. Loads them if there is
        one."""
        self.kept = kept
        if not (self.out / "checkpoint.pt").exists():
            return
        saved = checkpoint(self.out, self.device)
        assert saved["phrases"] == kept["phrases"], (
            "the corpus has changed: --start another run from this one"
        )
        for name, thing in kept.items():
            if hasattr(thing, "load_state_dict"):
                thing.load_state_dict(saved[name])
        self.step, self.used = saved["step"], saved["seconds"]
        self.mean, self.std = saved["mean"], saved["std"]
        self.say(f"resumed at step {self.step}, {self.used / 60:.1f} minutes")

    def save(self, seconds):
        state = {k: v.state_dict() if hasattr(v, "state_dict") else v for k, v in self.kept.items()}
        state.update(step=self.step, seconds=seconds, mean=self.mean, std=self.std)
        torch.save(state, self.out / "checkpoint.tmp")
        (self.out / "checkpoint.tmp").replace(self.out / "checkpoint.pt")

    def steps(self, check):
        """Yields (learning-rate factor, log) until the time is up; the trainer puts the parts of its loss
        into log. check() gives named figures for the log."""
        began = saved = time.time()
        planned = 60 * (self.a.total_minutes or self.used / 60 + self.a.minutes)
        sums, count = {}, 0
        while time.time() - began < 60 * self.a.minutes:
            seconds = self.used + time.time() - began
            cosine = 0.5 * (1 + math.cos(math.pi * min(seconds / planned, 1.0)))
            log = {}
            yield min(1.0, (self.step + 1) / 300) * (0.02 + 0.98 * cosine), log
            self.step += 1
            count += 1
            for k, v in log.items():
                sums[k] = sums.get(k, 0.0) + v
            if self.step % 50 == 0:
                self.pool.renew()
            if self.step % 250 == 0:
                text = " ".join(f"{k} {v / count:.4f}" for k, v in sums.items())
                text += " | " + " ".join(f"{k} {v:.3f}" for k, v in check().items())
                self.say(f"step {self.step} {seconds / 60:.1f} min {text}")
                sums, count = {}, 0
            if time.time() - saved > SAVE_SECONDS:
                self.save(seconds)
                saved = time.time()
        self.used += time.time() - began
        self.save(self.used)
        self.say(f"stopped at step {self.step}, {self.used / 60:.1f} minutes")
