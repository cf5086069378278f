"""Trains the listener on a corpus of rendered songs, which may still be growing: it is looked at again every
two minutes.

The learning rate rises for 200 steps, then falls with the time used, to zero at the planned time.
"""

import math
import pathlib
import threading
import time
from queue import Queue

import numpy as np
import torch

from terpsi_train.data.music.stretches import Songs, batch
from terpsi_train.models.listener import Listener
from terpsi_train.models.parts import parameters
from terpsi_train.training.optimise import descend, mixed_precision

POSITIVE = torch.tensor([3.0, 6.0])  # weight of rows with a beat, with a downbeat


def loss_of(logits, y, weight):
    each = torch.nn.functional.binary_cross_entropy_with_logits(
        logits.float(), y, reduction="none", pos_weight=POSITIVE.to(logits.device)
    )
    return (each * weight[..., None]).sum() / weight.sum() / 2


def feed(songs, a, step, queue):
    rng = np.random.default_rng([a.seed, step])
    looked = time.time()
    while True:
        if time.time() - looked > 120:
            songs.refresh()
            looked = time.time()
        queue.put([torch.from_numpy(v) for v in batch(songs, a.batch, a.rows, rng)])


@torch.no_grad()
def validate(model, held, device):
    model.eval()
    total = sum(float(loss_of(model.logits(x.to(device)), y.to(device), w.to(device))) for x, y, w in held)
    model.train()
    return total / len(held)


def calibrated(model):
    """Training weighed rows with beats more than others, which multiplied the odds by that weight; undone
    here."""
    with torch.no_grad():
        model.head.bias -= torch.log(POSITIVE)
    return model


def train(a):
    """a: corpus, out, minutes, total_minutes, batch, rows, width, rate, seed, device."""
    torch.manual_seed(a.seed)
    total = (a.total_minutes or a.minutes) * 60
    device = torch.device(a.device)
    out = pathlib.Path(a.out)
    out.mkdir(parents=True, exist_ok=True)
    log = open(out / "log.txt", "a", buffering=1)

    songs, held_songs = Songs(a.corpus, "train"), Songs(a.corpus, "val")
    rng = np.random.default_rng(a.seed + 1000)
    held = [[torch.from_numpy(v) for v in batch(held_songs, 16, a.rows, rng)] for _ in range(6)]
    model = Listener(a.width).to(device)
    optimiser = torch.optim.AdamW(model.parameters(), lr=a.rate, weight_decay=0.01)
    average = {k: v.detach().clone() for k, v in model.state_dict().items()}
    step, used = 0, 0.0
    path = out / "checkpoint.pt"
    if path.exists():
        kept = torch.load(path, map_location=device, weights_only=True)
        model.load_state_dict(kept["model"])
        optimiser.load_state_dict(kept["optimiser"])
        average, step, used = kept["average"], kept["step"], kept["used"]

    def say(text):
        print(text, flush=True)
        log.write(text + "\n")

    def save():
        kept = {"model": model.state_dict(), "average": average, "optimiser": optimiser.state_dict()}
        torch.save(kept | {"step": step, "used": used, "settings": model.settings}, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    say(f"{parameters(model)} parameters, {len(songs)} excerpts, {songs.hours():.1f} hours")
    queue = Queue(4)
    threading.Thread(target=feed, args=(songs, a, step, queue), daemon=True).start()
    began = last = saved = time.time()
    before, mean = used, 0.0
    while time.time() - began < a.minutes * 60 and used < total:
        used = before + time.time() - began
        rate = a.rate * min(1, (step + 1) / 200) * 0.5 * (1 + math.cos(math.pi * min(1, used / total)))
        x, y, weight = (v.to(device) for v in queue.get())
        with mixed_precision(device):
            logits = model.logits(x)
        loss = loss_of(logits, y, weight)
        descend(loss, model, optimiser, rate)
        step += 1
        decay = min(0.999, step / (step + 20))
        for key, value in model.state_dict().items():
            if value.dtype.is_floating_point:
                average[key].lerp_(value, 1 - decay)
            else:
                average[key].copy_(value)
        mean += 0.02 * (loss.item() - mean) if mean else loss.item()
        if time.time() - last > 60:
            last = time.time()
            now = {k: v.clone() for k, v in model.state_dict().items()}
            model.load_state_dict(average)
            held_loss = validate(model, held, device)
            losses = f"loss {mean:.4f}, held {held_loss:.4f}"
            say(f"{used / 60:.1f} min, step {step}: {losses}, {len(songs)} excerpts")
            model.load_state_dict(now)
        if time.time() - saved > 120:
            saved = time.time()
            save()
    save()
    say(f"stopped after {used / 60:.1f} min, step {step}")
