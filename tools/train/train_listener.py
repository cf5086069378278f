"""Trains the beat network ("listener") on a corpus of rendered songs.

  train_listener.py --corpus CORPUS --out RUN [--minutes 40] [--total-minutes 40]

RUN gets checkpoint.pt (resumed when there is one) and log.txt. The learning rate rises for 200 steps, then falls with the
time used, to zero at --total-minutes. The corpus may still be growing: it is looked at again every two minutes. Export with
export_listener.py.
"""

from __future__ import annotations

import argparse
import math
import pathlib
import threading
import time
from queue import Queue

import numpy as np
import torch
from terpsi_train.listener import Listener, parameters
from terpsi_train.songs import Songs, batch

POSITIVE = torch.tensor([3.0, 6.0])  # weight of rows with a beat, with a downbeat


def loss_of(logits: torch.Tensor, y: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    each = torch.nn.functional.binary_cross_entropy_with_logits(
        logits.float(), y, reduction="none", pos_weight=POSITIVE.to(logits.device)
    )
    return (each * weight[..., None]).sum() / weight.sum() / 2


def feed(songs: Songs, a: argparse.Namespace, step: int, queue: Queue) -> None:
    rng = np.random.default_rng([a.seed, step])
    looked = time.time()
    while True:
        if time.time() - looked > 120:
            songs.refresh()
            looked = time.time()
        queue.put([torch.from_numpy(v) for v in batch(songs, a.batch, a.rows, rng)])


@torch.no_grad()
def validate(model: torch.nn.Module, held: list, device: torch.device) -> float:
    model.eval()
    total = sum(float(loss_of(model.logits(x.to(device)), y.to(device), w.to(device))) for x, y, w in held)
    model.train()
    return total / len(held)


def main() -> None:
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

    def say(text: str) -> None:
        print(text, flush=True)
        log.write(text + "\n")

    def save() -> None:
        kept = {"model": model.state_dict(), "average": average, "optimiser": optimiser.state_dict()}
        torch.save(kept | {"step": step, "used": used, "settings": model.settings}, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    say(f"{parameters(model)} parameters, {len(songs)} excerpts, {songs.hours():.1f} hours")
    queue: Queue = Queue(4)
    threading.Thread(target=feed, args=(songs, a, step, queue), daemon=True).start()
    began = last = saved = time.time()
    before, mean = used, 0.0
    while time.time() - began < a.minutes * 60 and used < total:
        used = before + time.time() - began
        rate = a.rate * min(1, (step + 1) / 200) * 0.5 * (1 + math.cos(math.pi * min(1, used / total)))
        for group in optimiser.param_groups:
            group["lr"] = rate
        x, y, weight = (v.to(device) for v in queue.get())
        with torch.autocast(device.type, torch.bfloat16):
            logits = model.logits(x)
        loss = loss_of(logits, y, weight)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
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
            say(f"{used / 60:.1f} min, step {step}: loss {mean:.4f}, held {validate(model, held, device):.4f}, {len(songs)} excerpts")
            model.load_state_dict(now)
        if time.time() - saved > 120:
            saved = time.time()
            save()
    save()
    say(f"stopped after {used / 60:.1f} min, step {step}")


if __name__ == "__main__":
    main()
