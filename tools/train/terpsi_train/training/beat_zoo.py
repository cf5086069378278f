"""Trains the networks of the beat zoo, all on the same chunks in the same order."""

import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

from terpsi_train.data.music.beat_chunks import FRAME_RATE, BeatChunks, normalisation
from terpsi_train.measures.beat_scores import f_measure, peaks
from terpsi_train.models.beat_zoo import BeatNet

THRESHOLDS = np.arange(0.1, 0.65, 0.05)
RATE = 3e-3


def train(name, excerpts, args, file):
    """The network after --steps batches, or None where --minutes ended first."""
    torch.manual_seed(args.seed)
    model = BeatNet(name, *normalisation(excerpts))
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=args.steps, pct_start=0.1)
    things = {"model": model, "optimiser": optimiser, "schedule": schedule}
    data, first, seconds = BeatChunks(excerpts, args.seed), 0, 0.0
    if file.exists():
        kept = torch.load(file, map_location="cpu", weights_only=False)
        if kept["about"] != about(args):
            sys.exit(f"{file} was trained with {kept['about']}; take another --out")
        for key, thing in things.items():
            thing.load_state_dict(kept[key])
        data.random.bit_generator.state = kept["chunks"]
        torch.set_rng_state(kept["torch"])
        first, seconds = kept["step"], kept["seconds"]
    model.train()
    start = saved = time.time()

    def save(step):
        kept = {name: thing.state_dict() for name, thing in things.items()}
        kept |= {
            "about": about(args),
            "chunks": data.random.bit_generator.state,
            "torch": torch.get_rng_state(),
        }
        torch.save(kept | {"step": step, "seconds": seconds + time.time() - start}, file)

    total = 0.0
    for step in range(first, args.steps):
        x, y = map(torch.from_numpy, data.make(args.batch))
        loss = F.binary_cross_entropy_with_logits(model(x), y)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        total += loss.item()
        if (step + 1) % 50 == 0:
            took = seconds + time.time() - start
            print(f"{name} step {step + 1} loss {total / 50:.4f} {took:.0f} s", flush=True)
            total = 0.0
        if time.time() - saved > 60:
            save(step + 1)
            saved = time.time()
        if time.time() - start > args.minutes * 60 and step + 1 < args.steps:
            save(step + 1)
            return None
    save(args.steps)
    return model.eval()


def about(args):
    return {"steps": args.steps, "batch": args.batch, "seed": args.seed}


@torch.no_grad()
def activation(model, excerpt):
    """Probabilities [ceil(T / 2), 2] of a whole excerpt."""
    x = torch.from_numpy(excerpt.input.astype(np.float32))[None]
    return model(x)[0].sigmoid().numpy()


def choose_threshold(model, excerpts):
    """{beat, downbeat: (threshold with the largest mean F, that F)} over the validation songs."""
    heard, best = [activation(model, e) for e in excerpts], {}
    for column, (key, true) in enumerate((("beat", "beats"), ("downbeat", "downbeats"))):

        def mean_f(threshold, column=column, true=true):
            picked = (peaks(a[:, column], threshold, FRAME_RATE) for a in heard)
            return float(np.mean([f_measure(getattr(e, true), p) for e, p in zip(excerpts, picked)]))

        means = [mean_f(t) for t in THRESHOLDS]
        best[key] = (round(float(THRESHOLDS[int(np.argmax(means))]), 2), max(means))
    return best
