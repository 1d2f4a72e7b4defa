"""What can be wrong with a history or a list of candidates."""

from __future__ import annotations

from patrol.core.errors import problem

UNREADABLE = problem(
    "venues.risk.unreadable",
    en="{file} cannot be read as CSV (UTF-8, plain or gzip): {reason}.",
    zh="无法将{file}读取为CSV（UTF-8，可为gzip压缩）：{reason}。",
)
NO_COLUMNS = problem(
    "venues.risk.no_columns",
    en="{file} lacks the columns {missing}; it has {present}.",
    zh="{file}缺少列{missing}；现有列：{present}。",
)
NO_ROWS = problem(
    "venues.risk.no_rows", en="{file} has a heading but no rows.", zh="{file}只有表头，没有数据行。"
)
NOT_A_NUMBER = problem(
    "venues.risk.not_a_number",
    en="{file}, line {line}, column {column}: “{value}” is not a number.",
    zh="{file}第{line}行“{column}”列：“{value}”不是数字。",
)
NOT_A_DATE = problem(
    "venues.risk.not_a_date",
    en="{file}, line {line}: “{value}” is not a date like 2014-04-16.",
    zh="{file}第{line}行：“{value}”不是2014-04-16这样的日期。",
)
NOT_AN_OUTCOME = problem(
    "venues.risk.not_an_outcome",
    en="{file}, line {line}, column {column}: an outcome is 0 or 1, not “{value}”.",
    zh="{file}第{line}行“{column}”列：结果只能是0或1，不能是“{value}”。",
)
OFF_THE_EARTH = problem(
    "venues.risk.off_the_earth",
    en="{file}, line {line}: {lon}, {lat} is no place on earth (lon −180…180, lat −90…90).",
    zh="{file}第{line}行：{lon}, {lat}不是有效的经纬度（经度−180…180，纬度−90…90）。",
)
ALL_ALIKE = problem(
    "venues.risk.all_alike",
    en="Every visit in {file} has the same outcome, so nothing tells places apart.",
    zh="{file}中所有到访结果相同，无法区分场所风险。",
)
TOO_SHORT = problem(
    "venues.risk.too_short",
    en="The history covers {days} days; walking forward needs at least {needed}.",
    zh="历史仅覆盖{days}天，滚动评估至少需要{needed}天。",
)
AS_OF_TOO_EARLY = problem(
    "venues.risk.as_of_too_early",
    en="No visit was made before {day}: there is nothing to learn from.",
    zh="{day}之前没有任何到访，无从学习。",
)
