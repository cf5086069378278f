"""Tests of the beat zoo, the tempo encoder and the genre classifier on data they make themselves; run by tools/test.sh with pytest."""

import argparse
import json
import pathlib
import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch")
sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "eval"))

import beat_table                                                   # noqa: E402
import train_beat_zoo                                               # noqa: E402
import train_bpm_encoder                                            # noqa: E402
import train_genre                                                  # noqa: E402
from terpsi_train import beat_scores as B, beat_zoo as Z, bpm_encoder as E, genre as G, manifest, rendered as R   # noqa: E402


def excerpt(bpm, seconds=20, phase=0.3, name="e", split="train"):
    """Every beat a flash in all bands that fades within a tenth of a second."""
    beats = np.arange(phase, seconds, 60 / bpm)
    x = np.zeros((int(seconds * R.RATE), R.COLUMNS), np.float16)
    for t in beats:
        k = int(np.ceil(t * R.RATE))
        x[k:k + 9, :40] = np.linspace(3, 0, 9)[:len(x[k:k + 9]), None]
    return R.Excerpt(name, split, name, bpm, beats, np.arange(len(beats)) % 4 + 1, x)


def test_corpus_is_read_by_split_and_made_up_songs_are_their_own(tmp_path):
    (tmp_path / "corpus").mkdir()
    for name, split, song in (("a", "train", "003"), ("b", "test", R.MADE_UP), ("c", "test", "007"), ("d", "test", "017")):
        e = excerpt(100)
        if name != "d":     # said, but not there yet
            np.savez(tmp_path / f"{name}.npz", input=e.input, beats=e.beats, beat_in_bar=e.beat_in_bar.astype(np.int8), bpm=np.float32(100))
        (tmp_path / "corpus" / f"{name}.json").write_text(json.dumps({"split": split, "song": song}))
    assert [e.name for e in R.load(tmp_path, "train")] == ["a"]
    assert [(e.name, e.song) for e in R.load(tmp_path, "test")] == [("b", "b"), ("c", "007")]
    assert len(R.load(tmp_path, "test", 1)) == 1
    assert len(R.load(tmp_path, "test")[0].downbeats) == np.ceil(len(e.beats) / 4)


def test_scores():
    true = np.arange(0, 20, 0.5)
    perfect = B.score(true, true)
    assert perfect["aligned"] == 1 and perfect["f"] == 1 and np.all(perfect["offsets"] == 0)
    late = B.score(true, true + 0.08)
    assert late["aligned"] == 1 and late["f"] == 0 and np.allclose(late["offsets"], 0.08)
    twice = B.score(true, np.arange(0, 20, 0.25))
    assert twice["aligned"] == 1 and twice["f"] == pytest.approx(2 / 3, abs=0.02)      # false alarms count in F only
    none = B.score(true, [])
    assert none["aligned"] == 0 and none["f"] == 0 and len(none["offsets"]) == 0
    assert B.score([], true)["aligned"] == 0
    assert np.allclose(B.nearest([1.0, 2.0], [0.9, 1.2, 2.3]), [-0.1, 0.3])


def test_a_target_tells_its_time_between_frames():
    for t in (1.0, 1.005, 1.013, 2.2):
        y = Z.targets([t], 200)
        assert Z.peaks(y, 0.3) == pytest.approx([t], abs=0.003)
    assert np.all(Z.targets([-5, 50], 100) == 0)
    assert Z.targets([0.0], 4)[0] == 1


def test_peaks_keep_their_distance_and_their_threshold():
    a = np.zeros(100)
    a[[20, 24, 60, 80]] = [0.9, 0.8, 0.2, 0.6]
    assert np.allclose(Z.peaks(a, 0.5), np.array([20, 80]) / 45)
    assert len(Z.peaks(a, 0.1)) == 3
    assert len(Z.peaks(np.zeros(2), 0.1)) == 0 and len(Z.peaks(np.ones(50), 0.1)) == 0


@pytest.mark.parametrize("name", Z.NAMES)
def test_every_architecture_fits_the_contract_and_the_budget(name):
    model = Z.BeatNet(name).eval()
    assert 255e3 < Z.parameters(model) < 345e3
    exported = Z.Exported(model)
    for frames in (1, 2, 257, 600):
        x = torch.rand(1, frames, R.COLUMNS)
        with torch.no_grad():
            p, own = exported(x), model(x).sigmoid()
        assert p.shape == (1, frames, 2) and bool(((p >= 0) & (p <= 1)).all())
        assert torch.allclose(p[:, ::2], own)


def test_attention_reaches_the_blocks_beside_and_no_further():
    torch.manual_seed(1)
    layer = Z.Attention(16, 2).eval()
    x = torch.randn(1, 5 * Z.BLOCK - 7, 16)
    changed = x.clone()
    changed[:, 4 * Z.BLOCK + 5] += 3
    with torch.no_grad():
        moved = (layer(x) - layer(changed)).abs().amax(-1)[0] > 1e-6
        # Padding says nothing: a shorter song is heard the same as far as it does not miss what follows.
        assert torch.allclose(layer(x)[:, :Z.BLOCK], layer(x[:, :2 * Z.BLOCK])[:, :Z.BLOCK], atol=1e-5)
    assert not bool(moved[:3 * Z.BLOCK].any()) and bool(moved[3 * Z.BLOCK:].all())


@pytest.mark.parametrize("name", ["cnn", "cnn_lstm"])
def test_a_beat_network_learns_flashes_and_training_resumes(name, tmp_path):
    args = argparse.Namespace(steps=40, batch=4, seed=1, minutes=1e9)
    songs = [excerpt(b, name=str(b)) for b in (80, 100, 130)]
    model = train_beat_zoo.train(name, songs, args, tmp_path / "a.pt")
    fresh = excerpt(111, phase=0.5)
    best = train_beat_zoo.choose_threshold(model, [fresh])
    heard = Z.peaks(Z.activation(model, fresh)[:, 0], best["beat"][0])
    assert B.score(fresh.beats, heard)["f"] > 0.9
    args.minutes = 0
    args.steps = 6
    assert train_beat_zoo.train(name, songs, args, tmp_path / "b.pt") is None
    args.minutes = 1e9
    resumed = train_beat_zoo.train(name, songs, args, tmp_path / "b.pt")
    whole = train_beat_zoo.train(name, songs, args, tmp_path / "c.pt")
    for p, q in zip(resumed.parameters(), whole.parameters()):
        assert torch.allclose(p, q, atol=1e-5)
    args.steps = 7
    with pytest.raises(SystemExit):
        train_beat_zoo.train(name, songs, args, tmp_path / "b.pt")


def test_table_rows_have_intervals_over_songs():
    songs = [excerpt(100, name=str(k)) for k in range(6)]
    found = [(e.beats + 0.01 * k, e.downbeats) for k, e in enumerate(songs)]
    rows = beat_table.figures_of(songs, found)
    value = beat_table.summary(rows)
    low, high = beat_table.intervals(rows, draws=50)
    assert value[0] == 100 and value[1] == pytest.approx(25, abs=1) and value[3] == 1 and value[4] == 1
    assert low[1] < value[1] < high[1]
    assert len(beat_table.cells(rows)) == 5


def test_mu_law_is_the_one_of_the_core():
    codes = np.arange(-127, 128)
    assert np.array_equal(E.mu_encode(E.mu_decode(codes)), codes)
    assert E.mu_decode(np.array([64]))[0] == pytest.approx(0.060208, abs=1e-5)
    assert E.mu_encode(np.array([0.1, -0.001, 1, -1])).tolist() == [75, -5, 127, -127]
    x = E.at_level(3 + 2 * np.sin(np.arange(22050)))
    assert np.sqrt(np.mean(x ** 2)) == pytest.approx(0.1, abs=1e-4) and abs(x.mean()) < 1e-5


def ticks(bpm, seconds=12):
    t = np.arange(int(seconds * E.SAMPLE_RATE)) / E.SAMPLE_RATE
    since = t % (60 / bpm)
    return E.at_level((np.random.default_rng(int(bpm)).standard_normal(len(t)) * (np.exp(-since / 0.03) + 0.01)).astype(np.float32))


def test_encoder_shapes_and_the_speed_of_a_chunk():
    for kind, x in (("raw", torch.randn(2, E.CHUNK) / 10), ("mel", torch.rand(2, E.MEL_CHUNK, E.MEL_BANDS))):
        z, e = E.BpmEncoder(kind).eval()(x)
        assert z.shape == (2,) and e.shape == (2, E.EMBEDDING)
    assert E.pooling().sum() == pytest.approx(1) and E.pooling().argmax() in (4, 5)
    song = E.Song(100, np.arange(0, 12, 0.6), E.mu_encode(ticks(100)))
    assert np.array_equal(E.chunk(song, 1, 1, "raw"), E.mu_decode(song.code[22050:22050 + E.CHUNK]))
    fast = E.chunk(song, 0, 1.25, "raw")
    assert fast.shape == (E.CHUNK,)
    envelope = np.abs(fast).reshape(-1, 147).mean(1)       # 150 a second
    lag = np.correlate(envelope - envelope.mean(), envelope - envelope.mean(), "full")[len(envelope):]
    assert 60 * 150 / (np.argmax(lag[40:100]) + 41) == pytest.approx(125, abs=3)
    x, y = E.Chunks([song], "raw", 1).make(8)
    assert x.shape == (8, E.CHUNK) and np.all((y > 74) & (y < 134))


def test_local_tempo_and_accuracies():
    beats = np.concatenate([np.arange(0, 10, 0.5), np.arange(10, 20, 1.0)])
    assert E.local_bpm(beats, 0, 9, 1) == pytest.approx(120)
    assert E.local_bpm(beats, 10, 19, 1) == pytest.approx(60)
    assert E.local_bpm(beats, 19.5, 19.9, 77) == 77
    a = E.accuracies([100, 100, 100, 100], [103, 50, 120, 300])
    assert a["acc1"] == 0.25 and a["acc2"] == 0.75 and a["mae"] == pytest.approx(68.25)


def test_encoding_a_song_is_centred_on_its_moments():
    x = ticks(120, 3)
    chunks = list(E.centred_chunks(x, "raw", 10))
    assert len(chunks) == 30
    assert np.array_equal(chunks[15][E.CHUNK // 2:], x[int(1.5 * E.SAMPLE_RATE):][:E.CHUNK // 2][:len(chunks[15][E.CHUNK // 2:])]) or \
        np.array_equal(chunks[15][E.CHUNK // 2:][:len(x) - 33075], x[33075:])
    assert np.all(chunks[0][:E.CHUNK // 2] == 0)
    bpm, embedding = E.encode(E.BpmEncoder().eval(), x, 10, batch=7)
    assert bpm.shape == (30,) and embedding.shape == (30, E.EMBEDDING)


def test_encoder_training_resumes_and_is_measured(tmp_path):
    songs = []
    for bpm in (70, 85, 100, 120, 140):
        e = excerpt(bpm, seconds=8)
        songs.append(E.Song(bpm, e.beats, mel=e.input[:, :E.MEL_BANDS]))
    args = argparse.Namespace(kind="mel", minutes=1e9, steps=4, batch=8, seed=1, autocast=False)
    train_bpm_encoder.train(songs, args, tmp_path / "mel.pt")
    args.steps = 6
    model, steps, seconds = train_bpm_encoder.train(songs, args, tmp_path / "mel.pt")
    assert steps == 6 and seconds > 0
    figures = train_bpm_encoder.measure(model, songs, songs)
    assert figures["excerpts_mean"]["mae"] == pytest.approx(np.mean([33, 18, 3, 17, 37])) and figures["excerpts_mean"]["acc1"] == 0.2
    assert np.isfinite(figures["chunks"]["mae"]) and figures["test_chunks"] == 30
    assert train_genre.load_encoder(tmp_path / "mel.pt").kind == "mel"
    assert "| chunks of 2 s |" in train_bpm_encoder.card({**figures, "parameters": 1, "seed": 1, "steps": 1, "batch": 1, "seconds": 1,
                                                          "train_excerpts": 5}, 100)


def test_genre_folds_keep_songs_apart():
    random = np.random.default_rng(1)
    songs = {f"{g}_{k}": (i, {"embedding": random.standard_normal((120, E.EMBEDDING)).astype(np.float32) + 5 * i, "metre": np.array([[i, 0, 1.0]]),
                              "mfcc": np.full((4, 40), i) + random.random((4, 40))})
             for i, (g, count) in enumerate((("chacha", 4), ("rumba", 5), ("tango", 1), ("waltz", 6))) for k in range(count)}
    folds = train_genre.folds_of(songs)
    assert sorted(folds[f"chacha_{k}"] for k in range(4)) == [0, 1, 2, 3]
    tested = []
    for fold in range(train_genre.FOLDS):
        learn, test = train_genre.split(songs, folds, fold, "embedding", train_genre.GAP)
        tested += [n for n, g, _ in test if n != "tango_0"]
        for name, genre, rows in test:
            for _, other in learn:
                assert not any((rows[:1] == other).all(1))
    assert sorted(tested) == sorted(n for n in songs if n != "tango_0")
    figures = train_genre.cross_validate(songs, argparse.Namespace(seeds=[1], steps=150))
    assert figures["network"]["songs"] == 15 and figures["network"]["songs_right"] >= 12
    assert figures["tempo and metre"]["songs_right"] == 15 and figures["commonest genre"]["songs_right"] == 6
    assert len(train_genre.rows_of(figures, [1])) == 6


def test_genre_classifier_and_windows():
    e = np.random.default_rng(0).standard_normal((64, E.EMBEDDING)).astype(np.float32)
    assert G.windows_of(e).shape == ((64 - G.WINDOW) // G.HOP + 1, G.WINDOW, E.EMBEDDING) and len(G.windows_of(e[:29])) == 0
    p = G.probabilities(G.GenreClassifier().eval(), e)
    assert p.shape == (len(G.windows_of(e)), 4) and np.allclose(p.sum(1), 1, atol=1e-5)


def test_manifest_entries_replace_their_like(tmp_path):
    (tmp_path / "manifest.json").write_text('{"manifest_version":1,"models":[{"name":"m"}],"recognisers":[{"name":"r"}]}')
    (tmp_path / "x.onnx").write_bytes(b"abc")
    entry = {"name": "x", **manifest.described(tmp_path / "x.onnx")}
    manifest.enter(tmp_path, "genres", entry)
    manifest.enter(tmp_path, "genres", {"name": "y"})
    manifest.enter(tmp_path, "genres", {**entry, "window": 30})
    kept = json.loads((tmp_path / "manifest.json").read_text())
    assert [e["name"] for e in kept["genres"]] == ["x", "y"] and kept["genres"][0]["window"] == 30 and kept["genres"][0]["bytes"] == 3
    assert kept["models"] == [{"name": "m"}] and kept["recognisers"] == [{"name": "r"}]
