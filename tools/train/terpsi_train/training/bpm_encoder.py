"""Trains the tempo encoder on rendered songs, and measures it on songs and instruments it has not heard."""

import math
import time

import numpy as np
import torch

from terpsi_train.data.music.tempo_chunks import TempoChunks, centred_chunks, chunk, local_bpm
from terpsi_train.measures.tempo import accuracies
from terpsi_train.models.bpm_encoder import BpmEncoder

RATE = 1.5e-3


@torch.no_grad()
def encode(model, x, per_second, batch=32):
    """(bpm [n], embedding [n, 128]) of a song: decoded sound, or mel columns."""
    bpm, embedding, waiting = [], [], []

    def run():
        z, e = model(torch.from_numpy(np.stack(waiting).astype(np.float32)))
        bpm.append((z * model.bpm_std + model.bpm_mean).numpy())
        embedding.append(e.numpy())
        waiting.clear()

    for c in centred_chunks(x, model.kind, per_second):
        waiting.append(c)
        if len(waiting) == batch:
            run()
    if waiting:
        run()
    return np.concatenate(bpm), np.concatenate(embedding)


def train(songs, args, file):
    """The network, steps and seconds; goes on from the checkpoint `file` where there is one."""
    torch.manual_seed(args.seed)
    bpm = np.array([s.bpm for s in songs])
    spread = math.hypot(bpm.std(), 0.16 * bpm.mean())  # the speeds vary too
    model = BpmEncoder(args.kind, bpm.mean(), spread)
    optimiser = torch.optim.Adam(model.parameters(), RATE)
    data, seconds, step = TempoChunks(songs, args.kind, args.seed), 0.0, 0
    if file.exists():
        kept = torch.load(file, map_location="cpu", weights_only=False)
        model.load_state_dict(kept["model"])
        optimiser.load_state_dict(kept["optimiser"])
        data.random.bit_generator.state = kept["chunks"]
        seconds, step = kept["seconds"], kept["step"]
    model.train()
    clock = saved = said = time.time()
    total, count = 0.0, 0
    while (done := max(seconds / (args.minutes * 60), step / args.steps)) < 1:
        cosine = max(0.01, 0.5 + 0.5 * math.cos(math.pi * done))
        optimiser.param_groups[0]["lr"] = RATE * min(1, step / 30) * cosine
        x, y = map(torch.from_numpy, data.make(args.batch))
        with torch.autocast("cpu", torch.bfloat16, enabled=args.autocast):
            z = model(x)[0]
        loss = torch.mean((z.float() - (y - model.bpm_mean) / model.bpm_std) ** 2)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        step, total, count = step + 1, total + loss.item(), count + 1
        seconds, clock = seconds + time.time() - clock, time.time()
        if clock - said > 20:
            print(f"step {step} loss {total / count:.3f} {seconds:.0f} s", flush=True)
            said, total, count = clock, 0.0, 0
        if clock - saved > 60 or seconds >= args.minutes * 60 or step >= args.steps:
            kept = {"model": model.state_dict(), "optimiser": optimiser.state_dict()}
            kept |= {"chunks": data.random.bit_generator.state, "seconds": seconds, "step": step}
            torch.save(kept, file)
            saved = clock
    return model.eval(), step, seconds


@torch.no_grad()
def measure(model, train_songs, test_songs):
    """Accuracies of two-second chunks, one each second, and of excerpts (the median of their chunks), beside
    those of always guessing the mean tempo of training."""
    true, guess, song_true, song_guess = [], [], [], []
    for s in test_songs:
        starts = np.arange(0, s.seconds() - 2.1, 1.0)
        x = np.stack([chunk(s, t, 1, model.kind) for t in starts])
        g = model.bpm(torch.from_numpy(x)).numpy()
        guess.append(g)
        true.append(np.array([local_bpm(s.beats, t - 2, t + 4, s.bpm) for t in starts]))
        song_true.append(s.bpm)
        song_guess.append(float(np.median(g)))
    true, guess = np.concatenate(true), np.concatenate(guess)
    mean = float(np.mean([s.bpm for s in train_songs]))
    return {
        "chunks": accuracies(true, guess),
        "chunks_mean": accuracies(true, np.full_like(true, mean)),
        "excerpts": accuracies(song_true, song_guess),
        "excerpts_mean": accuracies(song_true, np.full(len(song_true), mean)),
        "correlation": float(np.corrcoef(true, guess)[0, 1]),
        "test_chunks": len(true),
        "test_excerpts": len(song_true),
    }
