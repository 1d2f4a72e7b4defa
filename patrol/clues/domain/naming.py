"""Which place somebody means who types part of its name while a caller waits."""

from __future__ import annotations

from collections.abc import Mapping

from patrol.core.errors import problem

UNKNOWN_PLACE = problem(
    "clues.unknown_place",
    en="No district or street of yours has “{text}” in its name. Write part of the name and choose it from the list.",
    zh="您的辖区内没有名称含“{text}”的区或街道，请输入名称的一部分，再从列表中选择。",
)
SEVERAL_PLACES = problem(
    "clues.several_places",
    en="“{text}” may mean {names}. Write more of the name, or choose it from the list.",
    zh="“{text}”可能指{names}，请多输入几个字，或从列表中选择。",
)
#: how many places a sentence names
MOST_NAMED = 5


def places_meant(text: str, places: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the keys of the places that ``text`` may mean: one that is called so, else all whose own name contains
    it, else all of which any other name does.

    Parameters: what was typed; the names of each place by its key, its own first. Returns: keys in their order.

    >>> streets = {"a": ("一元街道", "一元街道（江岸区）"), "b": ("二曜街道", "二曜街道（江岸区）")}
    >>> places_meant("一元", streets), places_meant("江岸", streets)
    (['a'], ['a', 'b'])
    >>> places_meant("江岸", {"c": ("江岸区",), **streets})
    ['c']
    """
    wanted = "".join(text.split()).replace("(", "（").replace(")", "）")
    if not wanted:
        return []
    exact = [key for key, names in places.items() if wanted == key or wanted in names]
    own = [key for key, names in places.items() if wanted in names[0]]
    return exact or own or [key for key, names in places.items() if any(wanted in name for name in names)]
