"""Units stand in the order a reader counts in."""

from patrol.hotspots.rows import _in_turn


def test_numbers_in_titles_count_as_numbers_whatever_surrounds_them():
    titles = ["Hexagon 10", "Hexagon 2 · 10", "Hexagon 2 · 9", "四唯街道第2网格", "12.5, 3", "Hexagon 2"]
    assert sorted(titles, key=_in_turn) == [
        "12.5, 3", "Hexagon 2", "Hexagon 2 · 9", "Hexagon 2 · 10", "Hexagon 10", "四唯街道第2网格",
    ]  # fmt: skip
