"""Tests of the training code on data it makes itself; run by tools/test.sh with pytest."""

import pathlib
import re
import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch")
sys.path.insert(0, str(pathlib.Path(__file__).parent))

from terpsi_train import beats, corpus as C, skeleton as S          # noqa: E402
from terpsi_train.gan import Critic, RecurrentGenerator             # noqa: E402
from terpsi_train.losses import generator_loss                      # noqa: E402
from terpsi_train.masks import random_masks                         # noqa: E402
from terpsi_train.model import Generator, GeneratorConfig, parameters   # noqa: E402
from terpsi_train.sampling import sample, unconditional             # noqa: E402
from terpsi_train.windows import FIXED_COLUMNS, WindowMaker         # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
REST = np.tile(np.array([1, 0, 0, 0, 1, 0], np.float32), S.JOINTS)


def swaying_clip(name, style, bpm, seconds=16, amount=0.5):
    """Motion whose arms swing once per beat, in beats (C.SAMPLES per beat), with its world joints at 30 fps."""
    rows = []
    count = int(seconds * bpm / 60 * C.SAMPLES)
    for i in range(count):
        angle = amount * np.sin(np.pi * i / C.SAMPLES)
        row = np.zeros(S.MOTION_DIMS, np.float32)
        row[S.ROTATIONS] = REST
        row[5] = 0.93
        row[:4] = 1
        six = row[S.ROTATIONS].reshape(S.JOINTS, 6)
        for joint in (16, 17, 3):
            six[joint] = [np.cos(angle), np.sin(angle), 0, -np.sin(angle), np.cos(angle), 0]
        rows.append(row)
    return C.Clip(name, style, 0.0, bpm, np.array(rows), np.zeros(count, bool), 0.4)


def small_corpus():
    clips = [swaying_clip("a", "one", 100), swaying_clip("b", "two", 120, amount=0.8)]
    corpus = C.Corpus(["one", "two"], np.array([100.0, 120.0]), np.array([0.4, 0.4]), clips,
                      C.cut_phrases(clips, ["one", "two"]))
    joints = [C.positions(c.motion) for c in clips]
    C.rank_energy(corpus, joints)
    C.link(corpus, joints)
    return corpus


def test_skeleton_is_the_one_of_the_core():
    header = (ROOT / "core/motion/skeleton.h").read_text()
    table = header[header.index("kOffsets[kJoints][3]"):]
    table = table[:table.index("};")]
    rows = re.findall(r"\{\s*(-?[\d.]+)f,\s*(-?[\d.]+)f,\s*(-?[\d.]+)f\s*\}", table)
    assert np.allclose(np.array(rows, float), S.OFFSETS)
    parents = re.search(r"kParents = \{([^}]*)\}", header).group(1)
    assert [int(v) for v in parents.split(",")] == S.PARENTS


def test_fk_of_the_rest_pose_stacks_the_offsets():
    six = torch.from_numpy(REST.reshape(1, S.JOINTS, 6))
    p = S.fk(six)[0].numpy()
    for j in range(1, S.JOINTS):
        assert np.allclose(p[j] - p[S.PARENTS[j]], S.OFFSETS[j], atol=1e-6)


def test_mirroring_twice_changes_nothing_and_once_swaps_sides():
    r = np.random.default_rng(0)
    six = S.orthonormal6(r.standard_normal((5, S.JOINTS, 6)).astype(np.float32))
    motion = np.concatenate([r.random((5, 4)), r.standard_normal((5, 3)), six.reshape(5, -1)], -1).astype(np.float32)
    assert np.allclose(S.mirrored(S.mirrored(motion)), motion, atol=1e-6)
    p = S.fk(torch.from_numpy(six)).numpy()
    q = S.fk(torch.from_numpy(S.mirrored(motion)[:, S.ROTATIONS].reshape(5, S.JOINTS, 6))).numpy()
    assert np.allclose(q, p[:, S.MIRROR] * np.array([-1, 1, 1]), atol=1e-5)


def test_kinematic_beats_find_the_stops_of_a_swing():
    t = np.arange(0, 12, 1 / 30)
    joints = np.zeros((len(t), S.JOINTS, 3))
    joints[:, :, 0] = np.cos(np.pi * t / 0.6)[:, None]          # stops at every multiple of 0.6 s
    times, saliences = beats.kinematic_beats(beats.joint_speed(joints, 30.0), 30.0)
    middle = (times > 1) & (times < 11)
    assert np.abs((times[middle] + 0.3) % 0.6 - 0.3).max() < 0.01
    assert saliences[middle].min() > 0.8
    assert abs(beats.estimate_period(times, saliences, 12.0) - 0.6) < 0.01
    assert abs((beats.best_offset(times, saliences, 0.6) + 0.3) % 0.6 - 0.3) < 0.02


def test_phrases_link_to_their_continuation_at_no_cost():
    corpus = small_corpus()
    assert len(corpus.phrases) >= 10
    first = corpus.phrases[0]
    assert first.next[0][1] == 0.0
    follower = corpus.phrases[first.next[0][0] - 1]
    assert follower.clip == first.clip and follower.start == first.start + 4 * C.SAMPLES
    assert all(corpus.phrases[k - 1].style == p.style for p in corpus.phrases for k, _ in p.next)


def test_windows_are_valid_motion_with_matching_conditions():
    corpus = small_corpus()
    motion, cond, phrase = WindowMaker(corpus, 80, 3).make(40)
    assert np.isfinite(motion).all() and np.isfinite(cond).all()
    six = motion[..., S.ROTATIONS].reshape(40, 80, S.JOINTS, 6)
    assert np.allclose(np.linalg.norm(six[..., :3], axis=-1), 1, atol=1e-4)
    assert cond.shape[-1] == FIXED_COLUMNS + 2
    told = phrase[:, 0] > 0
    assert 0.4 < told.mean() < 1
    styles = np.array([corpus.phrases[k - 1].style for k in phrase[told, 0]])
    assert (cond[told][np.arange(told.sum()), 0, FIXED_COLUMNS + styles] == 1).all()
    again = WindowMaker(corpus, 80, 3).make(40)
    assert np.array_equal(motion, again[0]) and np.array_equal(phrase, again[2])


def test_a_fresh_student_recalls_its_phrases():
    torch.manual_seed(0)
    corpus = small_corpus()
    maker = WindowMaker(corpus, 80, 3)
    model = Generator(GeneratorConfig(window=80, condition=FIXED_COLUMNS + 2, phrases=len(corpus.phrases) + 1, layers=1,
                                  width=64, hidden=64, heads=2))
    poses = torch.from_numpy(maker.poses(16))
    model.remember(poses)
    beats = torch.arange(80) / 20.0                             # one phrase
    cond = torch.zeros(1, 80, FIXED_COLUMNS + 2)
    cond[0, :, 2], cond[0, :, 3] = torch.sin(beats * torch.pi / 2), torch.cos(beats * torch.pi / 2)
    vector = model.recall(cond, torch.full((1, 80), 2, dtype=torch.int32))
    pose = vector @ model.leave.weight[:, -model.config.memory:].T
    for slot in range(16):
        assert torch.allclose(pose[0, 5 * slot], poses[2, slot], atol=0.02)


def test_a_student_learns_one_window():
    torch.manual_seed(0)
    corpus = small_corpus()
    motion, cond, phrase = map(torch.from_numpy, WindowMaker(corpus, 80, 3).make(8))
    model = Generator(GeneratorConfig(window=80, condition=cond.shape[-1], phrases=len(corpus.phrases) + 1, layers=1,
                                  width=64, hidden=64, heads=2))
    mean, std = motion.reshape(-1, 151).mean(0), motion.reshape(-1, 151).std(0).clamp(min=0.08)
    x1 = (motion - mean) / std
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3)
    losses = []
    for _ in range(40):
        loss, _ = generator_loss(model(torch.randn_like(x1), torch.zeros(8), cond, phrase), x1, mean, std, slice(0, 4))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
    assert losses[-1] < 0.5 * losses[0]


def test_masks_know_nothing_or_whole_rotations():
    mask = random_masks(200, 80, torch.Generator().manual_seed(1))
    assert set(mask.unique().tolist()) <= {0.0, 1.0}
    known = mask.flatten(1).mean(1)
    assert 0.4 < (known == 0).float().mean() < 0.65 and (known > 0.3).any()
    six = mask[..., S.ROTATIONS].reshape(200, 80, S.JOINTS, 6)
    assert (six.min(-1).values == six.max(-1).values).all()


def test_guidance_leaves_out_what_is_to_be_guided():
    cond, phrase = torch.rand(2, 80, FIXED_COLUMNS + 2), torch.ones(2, 80, dtype=torch.int32)
    free, none = unconditional(cond, phrase, torch.tensor([True, False]))
    assert (free[0, :, FIXED_COLUMNS:] == 0).all() and (free[0, :, 8] == 0).all() and (none[0] == 0).all()
    assert torch.equal(free[0, :, :7], cond[0, :, :7]) and torch.equal(free[1], cond[1]) and (none[1] == 1).all()

    class Echo(torch.nn.Module):                                # says 1 where it is told a phrase, else 0
        config = GeneratorConfig()

        def forward(self, x, t, cond, phrase, mask=None):
            return torch.zeros_like(x) + (phrase > 0).float().unsqueeze(-1)

    noise = torch.randn(2, 80, 151)
    assert torch.allclose(sample(Echo(), noise, cond, phrase, (0.0, 0.5), 1.0), torch.ones(1))
    assert torch.allclose(sample(Echo(), noise, cond, phrase, (0.0, 0.5), 2.5), torch.full((1,), 2.5))


@pytest.mark.parametrize("role", ["student", "teacher", "gan"])
def test_export_agrees_with_onnx_runtime(tmp_path, role):
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    import export_generator
    config = GeneratorConfig(window=40, condition=12, phrases=5, layers=1, width=64, hidden=64, heads=2,
                             masked=role == "teacher")
    model = (RecurrentGenerator if role == "gan" else Generator)(config).eval()
    path = tmp_path / "m.onnx"
    export_generator.export(model, path)
    assert export_generator.difference(model, path, role) < 2e-3
    assert path.stat().st_size < 2.6 * parameters(model) + 20000


def test_the_critic_learns_to_tell_real_from_still():
    torch.manual_seed(0)
    motion, cond, _ = map(torch.from_numpy, WindowMaker(small_corpus(), 80, 3).make(16))
    motion = (motion - motion.mean((0, 1))) / motion.std((0, 1)).clamp(min=0.08)
    still = motion[:, :1].expand_as(motion)
    critic, memory = Critic(cond.shape[-1], 8), torch.zeros(16, 80, 8)
    optimizer = torch.optim.AdamW(critic.parameters(), 2e-3)
    for _ in range(60):
        loss = torch.relu(1 - critic(motion, cond, memory)[0]).mean() + torch.relu(1 + critic(still, cond, memory)[0]).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert critic(motion, cond, memory)[0].mean() > critic(still, cond, memory)[0].mean() + 0.5


def test_the_shipped_student_is_small_enough():
    import json
    manifest = json.loads((ROOT / "models/manifest.json").read_text())
    student = next(m for m in manifest["models"] if m["name"] == "student")
    assert student["bytes"] <= 6_000_000
    assert (ROOT / "models" / student["file"]).stat().st_size == student["bytes"]
    assert (ROOT / "models" / student["card"]).exists()
