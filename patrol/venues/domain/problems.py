"""What can be wrong with a venue, in both languages."""

from __future__ import annotations

from patrol.core.errors import problem

NAME_EMPTY = problem("venues.name_empty", en="The venue needs a name.", zh="请填写场所名称。")
TEXT_LONG = problem(
    "venues.text_long",
    en="This text has {length} characters; at most {limit} fit.",
    zh="内容共{length}字，最多{limit}字。",
)
KIND_EMPTY = problem("venues.kind_empty", en="The venue needs a kind.", zh="请选择场所类别。")
KIND_UNKNOWN = problem(
    "venues.kind_unknown",
    en="“{text}” is not a kind of venue that this register knows.",
    zh="“{text}”不是本系统的场所类别。",
)
COMPANION_UNKNOWN = problem(
    "venues.companion_unknown",
    en="“{text}” is nobody who can be asked along. Write “police” or “community liaison”, or leave it empty.",
    zh="“{text}”不是可要求同行的人员。请填写“派出所专管员”或“社区联络员”，或留空。",
)
NOT_A_NUMBER = problem(
    "venues.not_a_number",
    en="“{text}” is not a whole number from {low} to {high}.",
    zh="“{text}”不是{low}至{high}之间的整数。",
)
NUMBER_OUTSIDE = problem(
    "venues.number_outside",
    en="{value} is outside the range from {low} to {high}.",
    zh="数值{value}超出范围，应在{low}至{high}之间。",
)
HOURS_UNREADABLE = problem(
    "venues.hours_unreadable",
    en="“{text}” cannot be read as opening hours; write for example 08:00-22:00.",
    zh="营业时间“{text}”无法识别，请按“08:00-22:00”的形式填写。",
)
DAY_UNREADABLE = problem(
    "venues.day_unreadable",
    en="“{text}” is not a date; write for example 2026-03-01.",
    zh="“{text}”不是有效日期，请按“2026-03-01”的形式填写。",
)
POSITION_MISSING = problem(
    "venues.position_missing",
    en="The position is missing: longitude and latitude are both needed.",
    zh="缺少位置：经度和纬度均须填写。",
)
POSITION_UNREADABLE = problem(
    "venues.position_unreadable",
    en="“{text}” cannot be read as longitude and latitude in degrees.",
    zh="“{text}”无法识别为经纬度。",
)
POSITION_SWAPPED = problem(
    "venues.position_swapped",
    en="Longitude {lon} and latitude {lat} look swapped: a latitude is at most 90.",
    zh="经度{lon}与纬度{lat}似乎颠倒：纬度不超过90度。",
)
POSITION_NOWHERE = problem(
    "venues.position_nowhere",
    en="Longitude {lon} and latitude {lat} are no place on earth where a venue can be.",
    zh="经度{lon}、纬度{lat}不是有效位置。",
)
POSITION_OUTSIDE = problem(
    "venues.position_outside",
    en="This position lies outside {division}.",
    zh="该位置不在{division}范围内。",
)
CODE_TAKEN = problem(
    "venues.code_taken",
    en="The code {code} already belongs to “{name}”.",
    zh="编号{code}已被“{name}”使用。",
)
CHANGED_MEANWHILE = problem(
    "venues.changed_meanwhile",
    en="Somebody else changed this venue while you were editing. Your entries are still here; "
    "please compare and save again.",
    zh="在您编辑期间，他人已修改该场所。您填写的内容仍在，请核对后重新保存。",
    status=409,
)
LABELS_NONE = problem(
    "venues.labels_none",
    en="There is no open venue in this grid to print a label for.",
    zh="该网格内没有在册营业的场所，无需打印标签。",
    status=404,
)
DATUM_UNKNOWN = problem(
    "venues.datum_unknown",
    en="Choose one of the coordinate systems WGS-84, GCJ-02 or BD-09.",
    zh="请选择坐标系：WGS-84、GCJ-02或BD-09。",
)
BOX_UNREADABLE = problem(
    "venues.box_unreadable",
    en="The map section must be given as west,south,east,north in degrees.",
    zh="地图范围应为“西，南，东，北”四个经纬度数值。",
    status=400,
)
AMENDED_UNKNOWN = problem(
    "venues.amended_unknown",
    en="This venue does not exist or lies outside your division.",
    zh="该场所不存在，或不在您所辖的区域内。",
    status=404,
)
AMENDMENT_DECIDED = problem(
    "venues.amendment_decided",
    en="Somebody has decided on this edit already.",
    zh="该修改已由他人处理。",
    status=409,
)
