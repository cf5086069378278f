import made
import pytest

from terpsi_train.data.motion import corpus as C
from terpsi_train.data.motion.clips import entries_of
from terpsi_train.data.motion.corpus import SAMPLES
from terpsi_train.data.motion.vocabulary import FAMILIES, FAMILY, STANDING, style_of


def test_phrases_link_to_their_continuation_at_no_cost():
    corpus = made.small_corpus()
    assert len(corpus.phrases) >= 10
    first = corpus.phrases[0]
    assert first.next[0][1] == 0.0
    follower = corpus.phrases[first.next[0][0] - 1]
    assert follower.clip == first.clip and follower.start == first.start + 4 * SAMPLES
    assert all(corpus.phrases[k - 1].style == p.style for p in corpus.phrases for k, _ in p.next)


def test_every_phrase_has_its_mirror_image_in_the_other_half():
    corpus = made.small_corpus()
    half = len(corpus.phrases) // 2
    for code, p in enumerate(corpus.phrases, 1):
        assert p.mirror == (code + half if code <= half else code - half)
        image = corpus.phrases[p.mirror - 1]
        assert image.start == p.start and corpus.clips[image.clip].name.startswith(
            corpus.clips[p.clip].name[:1]
        )
        assert image.energy == p.energy and image.mirror == code


def test_styles_of_a_family_dance_each_others_phrases(monkeypatch):
    monkeypatch.setitem(FAMILY, "one", "both")
    monkeypatch.setitem(FAMILY, "two", "both")
    corpus = made.small_corpus()
    styles = {(p.style, corpus.phrases[k - 1].style) for p in corpus.phrases for k, _ in p.next}
    assert corpus.families == ["both", "both"] and (0, 1) in styles


def test_phrases_that_look_the_same_are_named_by_the_first():
    corpus = made.small_corpus()
    looks = {p.alike for p in corpus.phrases}
    assert all(corpus.phrases[k - 1].alike == k for k in looks)
    # A clip that swings alike on every beat is one phrase, however often it is danced.
    assert len(looks) < len(corpus.phrases) / 2


def test_a_lively_style_that_stands_still_has_no_phrase():
    still = made.swaying_clip("s", "one", 100, amount=0.02)
    moving = made.swaying_clip("m", "one", 100, amount=1.5)
    corpus = C.assemble([still, moving])
    assert {corpus.clips[p.clip].name for p in corpus.phrases} == {"m", "m_mirror"}
    assert STANDING > 0


def test_the_vocabulary_names_every_style_once():
    styles = [style for names in FAMILIES.values() for style in names.split()]
    assert len(styles) == len(set(styles)) == len(FAMILY)
    entry = {"name": "x", "style": "pop_commercial", "licence_clear": "partly"}
    assert style_of(entry) == "commercial"
    assert style_of({**entry, "licence_clear": "no"}) is None
    assert style_of({**entry, "style": "walk"}) is None
    assert style_of({**entry, "name": "cmu94_16"}) is None


def test_entries_come_from_all_packs_or_from_one(tmp_path):
    for pack, clear in (("open", "yes"), ("open3", "partly")):
        (tmp_path / pack).mkdir()
        clip = f'{{"name": "{pack}", "style": "house", "licence_clear": "{clear}", "file": "c.npz"}}'
        (tmp_path / pack / "manifest.json").write_text(f'{{"clips": [{clip}]}}')
    assert [e["name"] for e in entries_of(tmp_path)] == ["open", "open3"]
    assert [e["name"] for e in entries_of(tmp_path, clear=True)] == ["open"]
    assert [e["file"] for e in entries_of(tmp_path / "open3")] == [tmp_path / "open3" / "c.npz"]
    with pytest.raises(FileNotFoundError):
        entries_of(tmp_path / "nothing")
