"""What can be wrong with a proposal."""

from __future__ import annotations

from patrol.core.errors import problem

DRAFT_OVER = problem(
    "ground.draft_over",
    en="This proposal was already applied or dropped.",
    zh="该方案已经执行或已放弃。",
    status=409,
)
NOT_READY = problem(
    "ground.not_ready",
    en="This proposal is still being made.",
    zh="方案正在生成，请稍候。",
    status=409,
)
NO_FILE = problem("ground.no_file", en="Choose a file first.", zh="请先选择文件。")
BAD_NUMBER = problem("ground.bad_number", en="“{given}” is not a whole number.", zh="“{given}”不是整数。")
BAD_LINE = problem(
    "ground.bad_line",
    en="Line {number} of the dividing line is not a longitude and a latitude: “{given}”.",
    zh="分割线第{number}行不是“经度，纬度”：“{given}”。",
)
NAME_NEEDED = problem("ground.name_needed", en="A grid needs a name.", zh="请填写网格名称。")
BOUNDARY_UNKNOWN = problem(
    "ground.boundary_unknown",
    en="The boundary of “{name}” is not known yet, so nobody can check whether these areas lie inside it.",
    zh="尚无“{name}”的边界，无法核对这些区域是否在其范围内。",
)
PARENT_UNKNOWN = problem(
    "ground.parent_unknown",
    en="No division with the code {code} lies in “{name}”.",
    zh="“{name}”内没有编码为{code}的区划。",
)
OVERLAPS_PRESENT = problem(
    "ground.overlaps_present",
    en="“{name}” overlaps the present grid {code}. Replace the present grids, or leave this area out.",
    zh="“{name}”与现有网格{code}重叠，请选择替换现有网格，或从文件中去掉该区域。",
)
RETIRED = problem(
    "ground.retired",
    en="This grid was retired and is only kept for the history.",
    zh="该网格已停用，仅保留备查，不能再更改。",
    status=409,
)
NO_PERSON = problem("ground.no_person", en="Choose a person first.", zh="请先选择人员。")
NO_DIVISION = problem("ground.no_division", en="Choose a division first.", zh="请先选择行政区划。")
