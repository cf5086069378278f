#!/usr/bin/env python3
"""Trains a generator: the teacher, or the student. Resumable: run again with the same --out to go on.

  tools/train/train_generator.py --role teacher --data $TERPSI_DATA/open --terpsi build/terpsi --out runs/teacher --minutes 60
  tools/train/train_generator.py --role student --teacher runs/teacher ... --out runs/student --minutes 30

With --teacher half of every batch is distilled: noise is paired with the dance that the teacher makes of it in
many guided evaluations, and the student learns to go there in few (Liu et al. 2022, rectified flow, second round).
"""

import copy
import pathlib
import sys

import torch

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from terpsi_train.corpus import build                      # noqa: E402
from terpsi_train.losses import generator_loss               # noqa: E402
from terpsi_train.masks import random_masks                  # noqa: E402
from terpsi_train.model import STUDENT, TEACHER, Generator, GeneratorConfig, config_dict, parameters   # noqa: E402
from terpsi_train.pairs import Pairs                         # noqa: E402
from terpsi_train.run import Run, arguments, descend, follow, optimizer_of   # noqa: E402
from terpsi_train.sampling import unconditional, validate    # noqa: E402
from terpsi_train.warm_start import load_onnx, load_run                 # noqa: E402
from terpsi_train.windows import FIXED_COLUMNS               # noqa: E402

# The samplers' time grids. The student's training visits these times only, the teacher's all of 0 to 1.
TIMES = {"student": (0.0, 0.25, 0.5, 0.75), "teacher": tuple(k / 12 for k in range(12))}
ROLES = {"student": STUDENT, "teacher": TEACHER}
UNTOLD = {"student": 0.0, "teacher": 0.12}   # share of windows without phrases, style and accents, for guidance
FROM_NOISE = 0.25                            # extra share of windows at t = 0


def main():
    parser = arguments(__doc__)
    parser.add_argument("--role", choices=list(ROLES), required=True)
    parser.add_argument("--teacher", help="run folder of the teacher to distil (student)")
    parser.add_argument("--pairs", type=int, default=3072, help="dances of the teacher to distil from")
    parser.add_argument("--start", help="where to start: an ONNX model with its manifest.json beside it, or a run on --data alone")
    a = parser.parse_args()
    run = Run(a)
    corpus, device, times = run.corpus, run.device, TIMES[a.role]
    config = GeneratorConfig(window=a.window, condition=FIXED_COLUMNS + len(corpus.styles),
                             phrases=len(corpus.phrases) + 1, **ROLES[a.role])
    model = Generator(config).to(device)
    poses = torch.from_numpy(run.maker.poses(config.slots)).to(device)
    if a.start:
        if a.start.endswith(".onnx"):
            run.mean, run.std, words = load_onnx(model, a.start, poses)
        else:
            old = build(a.data, a.terpsi, run.out / "retargeted")
            run.mean, run.std, words = load_run(model, a.start, old, corpus, poses)
        run.say(words)
    else:
        poses[1:] = (poses[1:] - run.mean) / run.std
        model.remember(poses)
    average = copy.deepcopy(model).eval()
    optimizer = optimizer_of(model, a.rate)
    run.say(f"{len(corpus.clips)} clips, {len(corpus.phrases)} phrases, {len(corpus.styles)} styles, "
            f"{parameters(model) / 1e6:.2f} M parameters")
    run.keep(model=model, average=average, optimizer=optimizer, config=config_dict(model), times=times, role=a.role)
    mean, std = run.mean, run.std
    pairs = Pairs(run.out / "pairs.pt", a.teacher, run.pool, a.pairs, device, run.say) if a.teacher else None
    random = torch.Generator().manual_seed(a.seed + run.step)
    grid = torch.tensor(times, device=device)
    for factor, log in run.steps(lambda: validate(average, run.held, mean, std, times)):
        motion, cond, phrase = run.pool.batch(a.batch, device)
        x1 = (motion - mean) / std
        cond, phrase = unconditional(cond, phrase, torch.rand(len(x1), device=device) < UNTOLD[a.role])
        if a.role == "student":
            t = grid[torch.randint(len(grid), (len(x1),), device=device)]
        else:
            t = 0.98 * torch.rand(len(x1), device=device)
        t = torch.where(torch.rand_like(t) < FROM_NOISE, torch.zeros_like(t), t)
        noise = torch.randn_like(x1)
        if pairs:
            half = len(x1) // 2
            noise[:half], made, cond[:half], phrase[:half] = pairs.batch(half, device)
            x1[:half] = (made - mean) / std
        x = (1 - t)[:, None, None] * noise + t[:, None, None] * x1
        mask = None
        if config.masked:
            mask = random_masks(len(x1), a.window, random).to(device)
            x = torch.where(mask > 0, x1, x)
        with torch.autocast(device.type, torch.bfloat16):
            predicted = model(x, t, cond, phrase, mask)
        # Every third window pays the terms that need FK, so that distilled and real windows do alike.
        loss, parts = generator_loss(predicted.float(), x1, mean, std, slice(0, None, 3))
        log.update(parts, norm=descend(loss, model, optimizer, a.rate * factor))
        follow(average, model, run.step)


if __name__ == "__main__":
    main()
