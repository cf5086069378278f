import made
import torch

from terpsi_train.data.motion.windows import WindowMaker
from terpsi_train.models.critic import Critic


def test_the_critic_learns_to_tell_real_from_still():
    torch.manual_seed(0)
    motion, cond, _, _ = map(torch.from_numpy, WindowMaker(made.small_corpus(), 80, 3).make(16))
    motion = (motion - motion.mean((0, 1))) / motion.std((0, 1)).clamp(min=0.08)
    still = motion[:, :1].expand_as(motion)
    critic, memory = Critic(cond.shape[-1], 8), torch.zeros(16, 80, 8)
    optimizer = torch.optim.AdamW(critic.parameters(), 2e-3)
    for _ in range(60):
        loss = (
            torch.relu(1 - critic(motion, cond, memory)[0]).mean()
            + torch.relu(1 + critic(still, cond, memory)[0]).mean()
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert critic(motion, cond, memory)[0].mean() > critic(still, cond, memory)[0].mean() + 0.5
