#!/usr/bin/env python3
"""Trains the GAN: a recurrent generator with an adversary, one evaluation per window. Resumable like train_generator.py.

  tools/train/train_gan.py --data $TERPSI_DATA/open --terpsi build/terpsi --out runs/gan --minutes 20

The generator pays the losses of the other generators and, after a warm-up, hinge adversarial and feature-matching
losses; windows that are told no phrase pay a tenth of the former, since there many dances are right.
"""

import copy
import pathlib
import sys

import torch

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from terpsi_train.gan import GAN, Critic, RecurrentGenerator  # noqa: E402
from terpsi_train.losses import generator_loss                # noqa: E402
from terpsi_train.model import GeneratorConfig, config_dict, parameters   # noqa: E402
from terpsi_train.run import Run, arguments, descend, follow, optimizer_of   # noqa: E402
from terpsi_train.sampling import validate                    # noqa: E402
from terpsi_train.windows import FIXED_COLUMNS                # noqa: E402

WARM_UP = 600                     # steps before the adversary speaks
ADVERSARY, FEATURES = 0.3, 2.0    # weights in the generator's loss
UNTOLD_SHARE = 0.1


def main():
    parser = arguments(__doc__)
    parser.add_argument("--start", help="run folder of a student on the same corpus: all but the LSTM starts from it")
    a = parser.parse_args()
    run = Run(a)
    corpus, device, mean, std = run.corpus, run.device, run.mean, run.std
    config = GeneratorConfig(window=a.window, condition=FIXED_COLUMNS + len(corpus.styles),
                             phrases=len(corpus.phrases) + 1, **GAN)
    model = RecurrentGenerator(config).to(device)
    poses = torch.from_numpy(run.maker.poses(config.slots)).to(device)
    poses[1:] = (poses[1:] - mean) / std
    model.remember(poses)
    if a.start:
        student = torch.load(pathlib.Path(a.start) / "checkpoint.pt", map_location=device, weights_only=False)
        shared = {k: v for k, v in student["average"].items() if k in model.state_dict()}
        model.load_state_dict(shared, strict=False)
        run.mean, run.std = student["mean"], student["std"]
        run.say(f"{len(shared)} weights of {a.start}")
    critic = Critic(config.condition, config.memory).to(device)
    average = copy.deepcopy(model).eval()
    optimizer, opponent = optimizer_of(model, a.rate), optimizer_of(critic, a.rate, betas=(0.5, 0.9))
    run.say(f"{len(corpus.phrases)} phrases, {parameters(model) / 1e6:.2f} M parameters, critic {parameters(critic) / 1e6:.2f} M")
    run.keep(model=model, average=average, critic=critic, optimizer=optimizer, opponent=opponent,
             config=config_dict(model), times=(0.0,), role="gan")
    mean, std = run.mean, run.std
    for factor, log in run.steps(lambda: validate(average, run.held, mean, std, (0.0,))):
        motion, cond, phrase = run.pool.batch(a.batch, device)
        real = (motion - mean) / std
        told = (phrase > 0).all(1)
        order = torch.argsort(told, descending=True, stable=True)     # windows told their phrases first
        real, cond, phrase = real[order], cond[order], phrase[order]
        count = int(told.sum())
        t = torch.zeros(len(real), device=device)
        with torch.autocast(device.type, torch.bfloat16):
            made = model(torch.randn_like(real), t, cond, phrase)
        made = made.float()
        loss, parts = generator_loss(made[:count], real[:count], mean, std, slice(0, None, 3))
        free, _ = generator_loss(made[count:], real[count:], mean, std, slice(0, None, 3)) if count < len(real) else (0, 0)
        loss = loss + UNTOLD_SHARE * free
        if run.step >= WARM_UP:
            memory = model.recall(cond, phrase).detach()
            with torch.autocast(device.type, torch.bfloat16):
                true, _ = critic(real, cond, memory)
                false, _ = critic(made.detach(), cond, memory)
            doubt = torch.relu(1 - true.float()).mean() + torch.relu(1 + false.float()).mean()
            descend(doubt, critic, opponent, 0.5 * a.rate * factor)
            with torch.no_grad(), torch.autocast(device.type, torch.bfloat16):
                _, wanted = critic(real, cond, memory)
            with torch.autocast(device.type, torch.bfloat16):
                judged, got = critic(made, cond, memory)
            match = sum((g[:count].float() - w[:count].float()).abs().mean() for g, w in zip(got, wanted)) / len(got)
            loss = loss - ADVERSARY * judged.float().mean() + FEATURES * match
            parts.update(doubt=float(doubt.detach()), judged=float(judged.detach().mean()), match=float(match.detach()))
        log.update(parts, norm=descend(loss, model, optimizer, a.rate * factor))
        follow(average, model, run.step)


if __name__ == "__main__":
    main()
