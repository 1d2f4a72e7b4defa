"""What can be wrong with a file given to the statistics, told to the person who gave it."""

from patrol.core.errors import problem

MISSING_FILE = problem(
    "hotspots.file.missing", en="There is no file {path}.", zh="找不到文件{path}。", status=404
)
NO_ROWS = problem("hotspots.file.no_rows", en="{path} holds no rows.", zh="{path}中没有数据行。")
UNREADABLE = problem(
    "hotspots.file.unreadable",
    en="{path} cannot be read as {kind}: {reason}",
    zh="无法按{kind}格式读取{path}：{reason}",
)
UNKNOWN_FORMAT = problem(
    "hotspots.file.unknown_format",
    en="{path}: only .csv, .geojson and .parquet are read and written.",
    zh="{path}：仅支持读写.csv、.geojson和.parquet文件。",
)
NO_COLUMN = problem(
    "hotspots.column.missing",
    en="There is no column {column}; the file has: {present}.",
    zh="没有名为“{column}”的列；文件中的列有：{present}。",
)
NOT_A_NUMBER = problem(
    "hotspots.column.not_a_number",
    en="{column} must hold numbers; {count} rows do not, the first of them row {row}: {value}.",
    zh="“{column}”列应为数字，有{count}行不是，首个为第{row}行：{value}。",
)
NOT_A_DATE = problem(
    "hotspots.column.not_a_date",
    en="{column} must hold dates such as 2024-05-31; row {row} has {value}.",
    zh="“{column}”列应为日期（如2024-05-31），第{row}行为：{value}。",
)
NEGATIVE = problem(
    "hotspots.column.negative",
    en="{column} must not be negative; row {row} has {value}.",
    zh="“{column}”列不能为负数，第{row}行为：{value}。",
)
BAD_PLACE = problem(
    "hotspots.place.out_of_range",
    en="Row {row}: {lon}, {lat} is not a longitude and a latitude.",
    zh="第{row}行：{lon}, {lat}不是有效的经纬度。",
)
NO_PLACE = problem(
    "hotspots.place.missing",
    en="No position found: name the columns with --x and --y, or give lon and lat, x and y, or a geometry.",
    zh="未找到位置信息：请用--x和--y指定列名，或提供lon、lat，x、y，或geometry几何列。",
)
FINDINGS_WITHOUT_VISITS = problem(
    "hotspots.findings_without_visits",
    en="{count} cells hold findings but no visit, which cannot be; mend these records: {cells}.",
    zh="有{count}个网格有发现却没有到访记录，不合逻辑，请核对以下记录：{cells}。",
)
NOTHING_VISITED = problem(
    "hotspots.nothing_visited",
    en="Nothing was visited in this period and area: there is nothing to judge.",
    zh="该时段、该区域内没有到访记录，无法作出判断。",
)
TOO_FEW_STEPS = problem(
    "hotspots.too_few_steps",
    en="{steps} periods are too few; {needed} are needed.",
    zh="仅有{steps}个时段，至少需要{needed}个。",
)
BAD_OPTION = problem(
    "hotspots.option.out_of_range", en="{option}: {reason}", zh="参数{option}取值不当：{reason}"
)
SCAN_UNSUPPORTED = problem(
    "hotspots.scan.unsupported",
    en="{setting} = {value} is not supported; supported: {supported}.",
    zh="不支持{setting} = {value}；支持的取值：{supported}。",
)
SCAN_ROW = problem("hotspots.scan.row", en="{reason}: {text}", zh="该行无法识别（{reason}）：{text}")
SCAN_UNKNOWN_PLACE = problem(
    "hotspots.scan.unknown_place",
    en="Location {name} has no coordinates.",
    zh="位置{name}没有坐标。",
)
SCAN_NO_POPULATION = problem(
    "hotspots.scan.no_population",
    en="Cases of {group} have no population at risk.",
    zh="{group}有病例（发现）但没有对应的风险人口。",
)
SCAN_OUTSIDE_PERIOD = problem(
    "hotspots.scan.outside_period",
    en="{date} lies outside the study period {start} to {end}.",
    zh="{date}不在研究时段{start}至{end}之内。",
)
BAD_DAY = problem(
    "hotspots.question.day",
    en="{value} is not a day such as 2026-05-31.",
    zh="“{value}”不是日期，应为2026-05-31这样的形式。",
)
BAD_PERIOD = problem(
    "hotspots.question.period",
    en="The period begins on {begin} but ends on {end}: swap the two.",
    zh="时段起于{begin}却止于{end}，请对调起止日期。",
)
LONG_PERIOD = problem(
    "hotspots.question.long_period",
    en="{begin} to {end} is longer than ten years: choose a shorter period.",
    zh="{begin}至{end}超过十年，请缩短时段。",
)
BAD_AREA = problem(
    "hotspots.question.area",
    en="The area drawn is not a polygon: draw it again with at least three corners that do not cross.",
    zh="所画区域不是有效的多边形，请重新绘制：至少三个角，且边线不交叉。",
)
BAD_CELL = problem(
    "hotspots.question.cell",
    en="There is no cell {cell}.",
    zh="没有网格单元{cell}。",
    status=404,
)
