"""What can be wrong with a street file, said to the person who brought it."""

from __future__ import annotations

from patrol.core.errors import problem

UNREADABLE = problem(
    "routes.streets_unreadable",
    en="“{name}” cannot be read as a street file: it is damaged or of another kind. "
    "Use an OpenStreetMap extract (.osm.pbf) or GeoParquet.",
    zh="“{name}”无法作为道路文件读取：文件已损坏或格式不符。请使用OpenStreetMap数据（.osm.pbf）或GeoParquet文件。",
)
TOO_LARGE = problem(
    "routes.streets_too_large",
    en="“{name}” has {size_mb} MB; at most {limit_mb} MB can be read. Cut out your own city first.",
    zh="“{name}”大小为{size_mb} MB，超过{limit_mb} MB的上限，请先裁剪出本市范围。",
)
NO_STREETS = problem(
    "routes.streets_none",
    en="“{name}” holds no street on which one can walk or drive.",
    zh="“{name}”中没有可通行的道路。",
)
NO_REFERENCE = problem(
    "routes.streets_no_crs",
    en="“{name}” does not say in which coordinate system its streets are, and they are not degrees.",
    zh="“{name}”未注明坐标系，且坐标不是经纬度，无法使用。",
)
ELSEWHERE = problem(
    "routes.streets_elsewhere",
    en="The streets of “{name}” lie round {lon:.2f}, {lat:.2f}: only {share:.0%} of your venues are "
    "near them. Is it the file of another city?",
    zh="“{name}”的道路位于{lon:.2f}，{lat:.2f}附近，仅有{share:.0%}的场所在其范围内，是否误用了其他城市的文件？",
)
NO_COMMON_GROUND = problem(
    "routes.streets_no_common_ground",
    en="The streets of “{name}” lie round {lon:.2f}, {lat:.2f}, outside every division on record. Is it the file of "
    "another city?",
    zh="“{name}”的道路位于{lon:.2f}，{lat:.2f}附近，不在任何已登记的区划内，是否误用了其他城市的文件？",
)
DISCONNECTED = problem(
    "routes.streets_disconnected",
    en="The streets of “{name}” do not join: the largest connected part holds only {share:.0%} of them.",
    zh="“{name}”中的道路互不连通，最大连通部分仅占{share:.0%}。",
)
UNKNOWN_NAME = problem(
    "routes.streets_unknown",
    en="There is no street network called “{name}”.",
    zh="没有名为“{name}”的道路网。",
    status=404,
)
