import made
import torch

from terpsi_train.data.motion.windows import WindowMaker
from terpsi_train.layout import Condition
from terpsi_train.models.generator import Generator


def test_a_fresh_student_recalls_its_phrases():
    torch.manual_seed(0)
    corpus = made.small_corpus()
    maker = WindowMaker(corpus, 80, 3)
    model = Generator(
        window=80,
        condition=Condition.FIXED + 2,
        phrases=len(corpus.phrases) + 1,
        layers=1,
        width=64,
        hidden=64,
        heads=2,
    )
    poses = torch.from_numpy(maker.poses(16))
    model.remember(poses)
    beats = torch.arange(80) / 20.0  # one phrase
    cond = torch.zeros(1, 80, Condition.FIXED + 2)
    angle = beats * torch.pi / 2
    cond[0, :, Condition.PHRASE_PHASE] = torch.stack([torch.sin(angle), torch.cos(angle)], -1)
    vector = model.recall(cond, torch.full((1, 80), 2, dtype=torch.int32))
    pose = vector @ model.leave.weight[:, -model.config.memory :].T
    for slot in range(16):
        assert torch.allclose(pose[0, 5 * slot], poses[2, slot], atol=0.02)
    image = corpus.phrases[1].mirror  # recalled through the reflection
    vector = model.recall(cond, torch.full((1, 80), image, dtype=torch.int32))
    pose = vector @ model.leave.weight[:, -model.config.memory :].T
    for slot in range(16):
        assert torch.allclose(pose[0, 5 * slot], poses[image, slot], atol=0.05)
