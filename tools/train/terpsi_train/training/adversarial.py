"""Trains a generator with an adversary, one evaluation per window.

The generator pays the losses of the other generators and, after a warm-up, hinge adversarial and
feature-matching losses; windows without a phrase pay a tenth of the former, since there many dances are
right.
"""

import copy
import dataclasses

import torch

from terpsi_train.models.critic import Critic
from terpsi_train.models.parts import parameters
from terpsi_train.training.generator import PHYSICAL
from terpsi_train.training.losses import generator_loss
from terpsi_train.training.optimise import descend, follow, mixed_precision, optimizer_of
from terpsi_train.training.run import checkpoint
from terpsi_train.training.sampling import validate

WARM_UP = 600  # steps before the adversary takes part
ADVERSARY, FEATURES = 0.3, 2.0  # weights in the generator's loss
UNTOLD_SHARE = 0.1


class Adversary:
    """The critic, which is trained on what the generator makes."""

    def __init__(self, config, rate, device):
        self.critic = Critic(config.condition, config.memory).to(device)
        self.optimizer = optimizer_of(self.critic, rate, betas=(0.5, 0.9))
        self.device = device

    def judge(self, real, made, cond, memory, count, rate):
        """Its step; returns what the generator gains, what it pays, and named figures. The first `count`
        windows have phrases."""
        with mixed_precision(self.device):
            true, _ = self.critic(real, cond, memory)
            false, _ = self.critic(made.detach(), cond, memory)
        doubt = torch.relu(1 - true.float()).mean() + torch.relu(1 + false.float()).mean()
        descend(doubt, self.critic, self.optimizer, rate)
        with torch.no_grad(), mixed_precision(self.device):
            _, wanted = self.critic(real, cond, memory)
        with mixed_precision(self.device):
            judged, got = self.critic(made, cond, memory)
        apart = ((g[:count].float() - w[:count].float()).abs().mean() for g, w in zip(got, wanted))
        match = sum(apart) / len(got)
        figures = {"doubt": doubt, "judged": judged.mean(), "match": match}
        gain, price = ADVERSARY * judged.float().mean(), FEATURES * match
        return gain, price, {name: float(value.detach()) for name, value in figures.items()}


def train(run, architecture, start=None):
    """start: run folder of a student on the same corpus, from which all but the recurrent layers begin."""
    a, device, times = run.a, run.device, architecture.recipe.times
    model, poses = run.network(architecture)
    run.remember(model, poses)
    if start:
        student = checkpoint(start, device)
        shared = {k: v for k, v in student["average"].items() if k in model.state_dict()}
        model.load_state_dict(shared, strict=False)
        run.mean, run.std = student["mean"], student["std"]
        run.say(f"{len(shared)} weights of {start}")
    adversary = Adversary(model.config, a.rate, device)
    average = copy.deepcopy(model).eval()
    optimizer = optimizer_of(model, a.rate)
    run.say(
        f"{len(run.corpus.phrases)} phrases, {parameters(model) / 1e6:.2f} M parameters, "
        f"critic {parameters(adversary.critic) / 1e6:.2f} M"
    )
    run.keep(
        model=model,
        average=average,
        critic=adversary.critic,
        optimizer=optimizer,
        opponent=adversary.optimizer,
        config=dataclasses.asdict(model.config),
        times=times,
        role=architecture.name,
        styles=run.corpus.styles,
        phrases=run.corpus.names(),
    )
    mean, std = run.mean, run.std
    for factor, log in run.steps(lambda: validate(average, run.held, mean, std, times)):
        motion, cond, phrase, robot = run.pool.batch(a.batch, device)
        real = (motion - mean) / std
        told = (phrase > 0).all(1)
        order = torch.argsort(told, descending=True, stable=True)  # windows with phrases first
        real, cond, phrase, robot = real[order], cond[order], phrase[order], robot[order]
        count = int(told.sum())
        t = torch.zeros(len(real), device=device)
        with mixed_precision(device):
            made = model(torch.randn_like(real), t, cond, phrase)
        made = made.float()
        loss, parts = generator_loss(made[:count], real[:count], mean, std, PHYSICAL, robot[:count])
        if count < len(real):
            untold = made[count:], real[count:], mean, std, PHYSICAL, robot[count:]
            loss = loss + UNTOLD_SHARE * generator_loss(*untold)[0]
        if run.step >= WARM_UP:
            memory = model.recall(cond, phrase).detach()
            gain, price, figures = adversary.judge(real, made, cond, memory, count, 0.5 * a.rate * factor)
            loss = loss - gain + price
            parts.update(figures)
        log.update(parts, norm=descend(loss, model, optimizer, a.rate * factor))
        follow(average, model, run.step)
