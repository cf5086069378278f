import beat_table
import made
import pytest


def test_table_rows_have_intervals_over_songs():
    songs = [made.excerpt(100, name=str(k)) for k in range(6)]
    found = [(e.beats + 0.01 * k, e.downbeats) for k, e in enumerate(songs)]
    rows = beat_table.figures_of(songs, found)
    value = beat_table.summary(rows)
    low, high = beat_table.intervals(rows, draws=50)
    assert value[0] == 100 and value[1] == pytest.approx(25, abs=1) and value[3] == 1 and value[4] == 1
    assert low[1] < value[1] < high[1]
    assert len(beat_table.cells(rows)) == 5
