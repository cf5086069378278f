"""The generators' loss, in physical units so that the weights can be read."""

import torch

from terpsi_train.data.motion.vocabulary import UNSEEN_ON_ROBOTS
from terpsi_train.layout import (
    CONTACT_JOINTS,
    CONTACTS,
    FPS,
    JOINTS,
    MOTION_DIMS,
    ROOT_HEIGHT,
    ROOT_VELOCITY,
    joints,
    rotation_columns,
)
from terpsi_train.skeleton import fk, rotations

POSITION = 0.10  # m: a joint this far off costs 1
VELOCITY = 0.60  # m/s
ACCELERATION = 15.0  # m/s^2
SLIDE = 0.30  # m/s of a planted foot
BEAT = 0.40  # m/s of the mean joint speed, whose minima are the dance's beats
TRUNK = rotation_columns(joints("pelvis spine1 spine2 spine3"))
TRUNK_WEIGHT = 3.0  # of its columns, whose small tilts are soonest lost


def joints_and_velocity(motion):
    """Joint positions above the point below the pelvis [B, W, 24, 3] and world velocities [B, W-1, 24, 3], m
    and m/s."""
    position = fk(rotations(motion))
    height = position[..., 1] + motion[..., ROOT_HEIGHT : ROOT_HEIGHT + 1]
    position = torch.stack([position[..., 0], height, position[..., 2]], dim=-1)
    velocity = (position[:, 1:] - position[:, :-1]) * FPS
    x, z = (motion[:, 1:, column] for column in ROOT_VELOCITY)
    travel = torch.stack([x, torch.zeros_like(x), z], dim=-1)
    return position, velocity + travel.unsqueeze(-2)


def seen(robot, size, hidden):
    """[B, W, size]: 0 at the places `hidden` in frames captured through a robot's skeleton, else 1."""
    out = torch.ones(*robot.shape, size, device=robot.device)
    out[..., hidden] = 1 - robot.unsqueeze(-1)
    return out


def generator_loss(predicted, target, mean, std, physical, robot):
    """predicted, target: normalised motion [B, W, 151]; robot: [B, W], 1 in frames captured through a robot's
    skeleton, which teach nothing of head and hands. Returns (loss, named parts). The windows of the slice
    `physical` pay the terms that need FK, which cost more time than the network itself."""
    columns = seen(robot, MOTION_DIMS, rotation_columns(UNSEEN_ON_ROBOTS))
    columns[..., TRUNK] *= TRUNK_WEIGHT
    parts = {"vector": (predicted - target).square().mul(columns).mean()}
    predicted, target = predicted[physical], target[physical]
    shown = seen(robot[physical], JOINTS, UNSEEN_ON_ROBOTS)
    with torch.no_grad():
        true_position, true_velocity = joints_and_velocity(target * std + mean)
        planted = (target * std + mean)[:, 1:, CONTACTS].clamp(0, 1)
    motion = predicted * std + mean
    position, velocity = joints_and_velocity(motion)
    parts["position"] = ((position - true_position) / POSITION).square().sum(-1).mul(shown).mean()
    parts["velocity"] = ((velocity - true_velocity) / VELOCITY).square().sum(-1).mul(shown[:, 1:]).mean()
    jolt = (velocity[:, 1:] - velocity[:, :-1]) - (true_velocity[:, 1:] - true_velocity[:, :-1])
    parts["acceleration"] = (jolt * FPS / ACCELERATION).square().sum(-1).mul(shown[:, 2:]).mean()
    feet = velocity[:, :, CONTACT_JOINTS]
    parts["slide"] = ((feet / SLIDE).square().sum(-1) * planted).mean()
    tempo = velocity.norm(dim=-1).mean(-1) - true_velocity.norm(dim=-1).mean(-1)
    parts["beat"] = (tempo / BEAT).square().mean()
    return sum(parts.values()), {k: float(v.detach()) for k, v in parts.items()}
