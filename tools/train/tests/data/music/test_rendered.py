import json

import made
import numpy as np

from terpsi_train.data.music.rendered import MADE_UP, load


def test_corpus_is_read_by_split_and_made_up_songs_are_their_own(tmp_path):
    (tmp_path / "corpus").mkdir()
    for name, split, song in (
        ("a", "train", "003"),
        ("b", "test", MADE_UP),
        ("c", "test", "007"),
        ("d", "test", "017"),
    ):
        e = made.excerpt(100)
        if name != "d":  # said, but not there yet
            np.savez(
                tmp_path / f"{name}.npz",
                input=e.input,
                beats=e.beats,
                beat_in_bar=e.beat_in_bar.astype(np.int8),
                bpm=np.float32(100),
            )
        (tmp_path / "corpus" / f"{name}.json").write_text(json.dumps({"split": split, "song": song}))
    assert [e.name for e in load(tmp_path, "train")] == ["a"]
    assert [(e.name, e.song) for e in load(tmp_path, "test")] == [("b", "b"), ("c", "007")]
    assert len(load(tmp_path, "test", 1)) == 1
    assert len(load(tmp_path, "test")[0].downbeats) == np.ceil(len(e.beats) / 4)
