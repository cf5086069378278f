"""Trains a generator by flow matching: noise and clean motion mixed at a time t, the clean motion to be
predicted.

With a teacher, half of every batch is distilled: noise is paired with the dance that the teacher makes of it
in many guided evaluations, and the student learns to go there in few (rectified flow, second round [Liu
2022]).
"""

import copy
import dataclasses

import torch

from terpsi_train.data.motion.masks import random_masks
from terpsi_train.models.parts import parameters
from terpsi_train.training.distillation import Pairs
from terpsi_train.training.losses import generator_loss
from terpsi_train.training.optimise import descend, follow, mixed_precision, optimizer_of
from terpsi_train.training.sampling import unconditional, validate
from terpsi_train.training.warm_start import load_onnx, load_run

FROM_NOISE = 0.25  # extra share of windows at t = 0
PHYSICAL = slice(0, None, 3)  # windows that pay the terms that need FK; distilled and real ones alike


def begin(run, architecture, start):
    """The network: new, or from `start`, an ONNX file with its manifest.json beside it or a run, also on
    other data."""
    model, poses = run.network(architecture)
    if start:
        load = load_onnx if start.endswith(".onnx") else load_run
        run.mean, run.std, said = load(model, start, run.corpus, poses)
        run.say(said)
    else:
        run.remember(model, poses)
    return model


def train(run, architecture, teacher=None, pairs=0, start=None):
    """teacher: run folder to distil from, by `pairs` of its dances."""
    a, corpus, device, recipe = run.a, run.corpus, run.device, architecture.recipe
    model = begin(run, architecture, start)
    average = copy.deepcopy(model).eval()
    optimizer = optimizer_of(model, a.rate)
    run.say(
        f"{len(corpus.clips)} clips, {len(corpus.phrases)} phrases, {len(corpus.styles)} styles, "
        f"{parameters(model) / 1e6:.2f} M parameters"
    )
    config = dataclasses.asdict(model.config)
    run.keep(
        model=model,
        average=average,
        optimizer=optimizer,
        config=config,
        times=recipe.times,
        role=architecture.name,
        styles=corpus.styles,
        phrases=corpus.names(),
    )
    mean, std = run.mean, run.std
    distilled = Pairs(run.out / "pairs.pt", teacher, run.pool, pairs, device, run.say) if teacher else None
    random = torch.Generator().manual_seed(a.seed + run.step)
    grid = torch.tensor(recipe.times, device=device)
    for factor, log in run.steps(lambda: validate(average, run.held, mean, std, recipe.times)):
        motion, cond, phrase, robot = run.pool.batch(a.batch, device)
        x1 = (motion - mean) / std
        cond, phrase = unconditional(cond, phrase, torch.rand(len(x1), device=device) < recipe.untold)
        if recipe.on_grid:
            t = grid[torch.randint(len(grid), (len(x1),), device=device)]
        else:
            t = 0.98 * torch.rand(len(x1), device=device)
        t = torch.where(torch.rand_like(t) < FROM_NOISE, torch.zeros_like(t), t)
        noise = torch.randn_like(x1)
        if distilled:
            half = len(x1) // 2
            noise[:half], made, cond[:half], phrase[:half] = distilled.batch(half, device)
            x1[:half], robot[:half] = (made - mean) / std, 0
        x = (1 - t)[:, None, None] * noise + t[:, None, None] * x1
        mask = None
        if model.config.masked:
            mask = random_masks(len(x1), a.window, random).to(device)
            x = torch.where(mask > 0, x1, x)
        with mixed_precision(device):
            predicted = model(x, t, cond, phrase, mask)
        loss, parts = generator_loss(predicted.float(), x1, mean, std, PHYSICAL, robot)
        log.update(parts, norm=descend(loss, model, optimizer, a.rate * factor))
        follow(average, model, run.step)
