import feet
import numpy as np
import packs
import pytest
import table_layout


def test_rows_are_means_and_bold_where_a_bar_is_missed():
    rows = [{"name": "a-house-1", "seconds": 10, "glide": 0.2, "planted": 0.9, "swing_height": 0.02}]
    rows.append({"name": "a-house-2", "seconds": 20, "glide": 0.5, "planted": 0.7})
    values = feet.means(rows)
    assert values["glide"] == pytest.approx(0.35) and values["swing_height"] == pytest.approx(0.02)
    assert values["jerk_peak"] is None
    cells = feet.line("house", rows, True)
    assert cells[:6] == ["house", "2", "30", "**0.35**", "-", "-"]
    assert "**2.0**" in cells and "0.80" in cells
    assert "0.35" in feet.line("house", rows, False)


def test_styles_are_told_from_the_names_of_dances_and_auto_is_not_a_style():
    rows = [
        {"name": f"a-b-{style}-1", "seconds": 1, "glide": g}
        for style, g in (("pop_idol", 0.1), ("auto", 0.9))
    ]
    text = feet.style_table("student", rows, ["pop_idol", "auto", "waack"])
    assert "| pop_idol | 1 |" in text and "| auto | 1 |" in text and "waack" not in text
    assert "| all styles | 1 | 1 | 0.10 |" in text


def test_what_the_clean_up_moved_leaves_bad_frames_out(tmp_path):
    joints = np.zeros((4, 24, 3))
    np.savez(tmp_path / "raw.npz", joints=joints, bad=[0, 0, 0, 1])
    joints[3] += 9
    joints[:3, 0, 1] = 0.24
    np.savez(tmp_path / "cleaned.npz", joints=joints)
    assert feet.moved_cm(tmp_path / "raw.npz", tmp_path / "cleaned.npz") == pytest.approx(1)


def test_groups_without_a_name_are_split_by_style():
    assert packs.group_of({"group": "aistpp", "style": "break"}) == "AIST++ clips"
    assert packs.group_of({"group": "cmu_fbx", "style": "lindy_hop"}) == "CMU lindy hop"


def test_every_column_with_a_bar_is_a_column():
    rows = {"x": {"glide": 0.1}}
    assert set(table_layout.bars(rows)) <= {key for _, key, *_ in table_layout.COLUMNS}
