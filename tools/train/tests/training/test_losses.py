import made
import torch

from terpsi_train.data.motion.windows import WindowMaker
from terpsi_train.layout import joints, rotation_columns
from terpsi_train.models.generator import Generator
from terpsi_train.training.losses import generator_loss


def test_a_student_learns_one_window():
    torch.manual_seed(0)
    corpus = made.small_corpus()
    motion, cond, phrase, robot = map(torch.from_numpy, WindowMaker(corpus, 80, 3).make(8))
    model = Generator(
        window=80,
        condition=cond.shape[-1],
        phrases=len(corpus.phrases) + 1,
        layers=1,
        width=64,
        hidden=64,
        heads=2,
    )
    mean, std = motion.reshape(-1, 151).mean(0), motion.reshape(-1, 151).std(0).clamp(min=0.08)
    x1 = (motion - mean) / std
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3)
    losses = []
    for _ in range(40):
        loss, _ = generator_loss(
            model(torch.randn_like(x1), torch.zeros(8), cond, phrase), x1, mean, std, slice(0, 4), robot
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
    assert losses[-1] < 0.5 * losses[0]


def test_head_and_hands_of_a_robot_teach_nothing():
    motion = torch.from_numpy(WindowMaker(made.small_corpus(), 80, 3).make(4)[0])
    mean, std = torch.zeros(151), torch.ones(151)
    other = motion.clone()
    other[..., rotation_columns(joints("neck head l_hand"))] += 0.3
    for robot, least, most in ((torch.ones(4, 80), 0.0, 1e-4), (torch.zeros(4, 80), 1e-3, 1e3)):
        loss, _ = generator_loss(other, motion, mean, std, slice(0, 4), robot)
        still, _ = generator_loss(motion, motion, mean, std, slice(0, 4), robot)
        assert least <= float(loss - still) <= most
