"""What can be wrong with a history or a list of candidates."""

from __future__ import annotations

from patrol.core.errors import problem

UNREADABLE = problem(
    "venues.risk.unreadable",
    en="{file} cannot be read as CSV (UTF-8, plain or gzip): {reason}.",
    zh="无法将{file}读取为CSV（UTF-8，可为gzip压缩）：{reason}。",
)
NO_FILE = problem("venues.risk.no_file", en="There is no file {file}.", zh="找不到文件{file}。")
TOO_LARGE = problem(
    "venues.risk.too_large",
    en="{file} is larger than {most} MB unpacked. Split it, or leave out columns and years that are not needed.",
    zh="{file}解压后超过{most} MB，请拆分，或去掉不需要的列和年份。",
)
NOT_TEXT = problem(
    "venues.risk.not_text",
    en="{file} is no text in UTF-8, UTF-16 or GBK: save it as CSV again.",
    zh="{file}不是UTF-8、UTF-16或GBK编码的文本，请重新另存为CSV。",
)
TWICE = problem(
    "venues.risk.column_twice",
    en="{file} has two columns named {column}; which of them counts cannot be told.",
    zh="{file}有两列同名为“{column}”，无法判断以哪一列为准。",
)
NO_KEY = problem(
    "venues.risk.no_key",
    en="{file}, line {line}: venue_id is empty, so the place cannot be told from others.",
    zh="{file}第{line}行：venue_id为空，无法与其他场所区分。",
)
TOO_WIDE = problem(
    "venues.risk.too_wide",
    en="{file}, line {line} has more cells than the heading; is there a comma in a text without quotation marks?",
    zh="{file}第{line}行的单元格多于表头的列数，是否文字中有未加引号的逗号？",
)
NOT_YET = problem(
    "venues.risk.not_yet",
    en="{file}, line {line}: {value} lies in the future; a visit on record has been made.",
    zh="{file}第{line}行：{value}晚于今天，已记录的到访不可能在未来。",
)
NOT_WRITTEN = problem(
    "venues.risk.not_written",
    en="{file} cannot be written: does its folder exist, may you write there, is there room?",
    zh="无法写入{file}：请检查文件夹是否存在、是否有写入权限、空间是否足够。",
)
MORE = problem(
    "venues.risk.more_faults",
    en="Only the first {shown} faults of {file} are listed.",
    zh="仅列出{file}的前{shown}处错误。",
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
