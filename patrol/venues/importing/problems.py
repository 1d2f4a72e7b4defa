"""What can be wrong with a file or one of its rows, in both languages."""

from __future__ import annotations

from patrol.core.errors import problem

EMPTY = problem("venues.file_empty", en="This file is empty.", zh="文件为空。")
NO_FILE = problem("venues.no_file", en="Choose a file first.", zh="请先选择文件。")
UNREADABLE = problem(
    "venues.file_unreadable",
    en="This file cannot be read as a table. Save it as XLSX, CSV (UTF-8 or GBK) or GeoJSON and try again.",
    zh="无法将该文件识别为表格，请另存为XLSX、CSV（UTF-8或GBK编码）或GeoJSON后重试。",
)
OLD_EXCEL = problem(
    "venues.file_old_excel",
    en="This is an old Excel file (.xls) or one protected by a password. Save it as XLSX without a password.",
    zh="该文件是旧版Excel（.xls）或带有密码，请另存为不加密的XLSX后重试。",
)
MISENCODED = problem(
    "venues.file_misencoded",
    en="Line {line} is neither UTF-8 nor GBK. Open the file where it was made and save it as CSV UTF-8.",
    zh="第{line}行既不是UTF-8也不是GBK编码，请在原程序中打开并另存为“CSV UTF-8”。",
)
ZIP_BOMB = problem(
    "venues.file_bomb",
    en="Unpacked, this workbook would take {unpacked_mb} MB out of {packed_kb} KB. It is refused for safety. "
    "Copy the rows into a new workbook, or save them as CSV.",
    zh="该工作簿仅{packed_kb} KB，解压后却达{unpacked_mb} MB，为安全起见不予读取。"
    "请将数据复制到新工作簿，或另存为CSV。",
)
TOO_MANY_ROWS = problem(
    "venues.file_rows",
    en="This file has more than {limit} rows. Split it into several files.",
    zh="文件超过{limit}行，请拆分后分别导入。",
)
TOO_MANY_COLUMNS = problem(
    "venues.file_columns",
    en="This file has {count} columns; at most {limit} can be read.",
    zh="文件有{count}列，最多可读取{limit}列。",
)
LONG_CELL = problem(
    "venues.file_long_cell",
    en="A cell that begins in line {line} does not end: a quotation mark is probably missing its partner.",
    zh="第{line}行起有单元格未正常结束，可能缺少配对的引号。",
)
NO_HEADER = problem(
    "venues.file_no_header",
    en="The first row must name the columns; here it holds numbers.",
    zh="首行应为列名，但文件首行是数据。",
)
NO_ROWS = problem(
    "venues.file_no_rows", en="Below the column names there is no row.", zh="列名以下没有数据行。"
)
GEOJSON = problem(
    "venues.file_geojson",
    en="This GeoJSON holds no collection of features.",
    zh="该GeoJSON文件中没有要素集合（FeatureCollection）。",
)

TITLE_SKIPPED = problem(
    "venues.note_title",
    en="Row {row} is a title and was passed over: “{text}”.",
    zh="第{row}行是标题，已跳过：“{text}”。",
)
TWO_HEADERS = problem(
    "venues.note_two_headers",
    en="Rows {first} and {second} together name the columns; the two names were joined.",
    zh="第{first}、{second}行共同构成列名，已合并读取。",
)
MERGED_CELLS = problem(
    "venues.note_merged",
    en="Merged areas found: {count}. Each cell of an area got the area's value; please check them.",
    zh="发现{count}处合并单元格，合并区域内各单元格均取同一值，请核对。",
)
OTHER_SHEETS = problem(
    "venues.note_sheets",
    en="Only the sheet “{sheet}” was read; {others} more were not.",
    zh="仅读取工作表“{sheet}”，另有{others}个工作表未读取。",
)
DECODED_GBK = problem(
    "venues.note_gbk",
    en="The file is written in GBK and was read as such.",
    zh="文件为GBK编码，已按该编码读取。",
)
FORMULA_VALUES = problem(
    "venues.note_formulas",
    en="{count} cells hold formulas, the first in {cell}; their stored values were used. Please check them.",
    zh="有{count}个单元格为公式（首个在{cell}），已采用其保存的计算结果，请核对。",
)
SHAPES = problem(
    "venues.note_shapes",
    en="{count} features are no points; a point inside each was taken.",
    zh="有{count}个要素不是点，已取其内部一点作为位置。",
)
ALREADY = problem(
    "venues.note_already",
    en="This very file was already stored on {day}. Its rows will probably all be duplicates.",
    zh="该文件已于{day}导入过，各行很可能全部重复。",
)
MOST_OUTSIDE = problem(
    "venues.note_most_outside",
    en="Most points ({outside} of {total}) lie outside {division}: check division, columns and coordinate system.",
    zh="多数点位（{total}个中有{outside}个）不在{division}范围内，请核对行政区划、列对应关系和坐标系。",
)
BETTER_DATUM = problem(
    "venues.note_better_datum",
    en="Read as {chosen}, {outside} points lie outside {division}; read as {better}, only {fewer}. "
    "The coordinate system is probably {better}.",
    zh="按{chosen}读取，有{outside}个点位不在{division}范围内；按{better}读取仅{fewer}个。坐标系很可能是{better}。",
)
SWAPPED = problem(
    "venues.note_swapped",
    en="With longitude and latitude exchanged most points would lie inside {division}: the two columns are swapped.",
    zh="经度与纬度互换后多数点位落在{division}内：两列可能对应反了。",
)

FORMULA_TEXT = problem(
    "venues.row_formula",
    en="“{text}” is a formula, not a value. For safety formulas are not read from text files.",
    zh="“{text}”是公式而不是数据。为安全起见，不读取文本文件中的公式。",
)
FORMULA_EMPTY = problem(
    "venues.row_formula_empty",
    en="The formula in this cell has no stored value. Open the workbook, let it compute, and save it again.",
    zh="该单元格的公式没有保存计算结果，请用表格软件打开、计算并重新保存。",
)
ERROR_CELL = problem(
    "venues.row_error_cell", en="The cell shows the error {text}.", zh="单元格显示错误值{text}。"
)
SHORT_ROW = problem(
    "venues.row_long",
    en="This row has {count} cells, more than there are columns ({columns}).",
    zh="该行有{count}个单元格，多于列数（{columns}）。",
)
REPEATED = problem(
    "venues.row_repeated", en="The same as row {row}; it is taken once.", zh="与第{row}行相同，只导入一次。"
)
MAP_NAME = problem("venues.map_name", en="Say which column holds the name.", zh="请指定“场所名称”对应的列。")
MAP_POSITION = problem(
    "venues.map_position",
    en="Say which columns hold longitude and latitude.",
    zh="请指定“经度”和“纬度”对应的列。",
)
MAP_TWICE = problem(
    "venues.map_twice",
    en="Two columns are matched to “{field_en}”; only one can be.",
    zh="有两列都对应“{field_zh}”，只能选择一列。",
)
WRONG_STATE = problem(
    "venues.import_state",
    en="This import has moved on meanwhile. Please look at its page again.",
    zh="该导入任务的状态已变化，请刷新页面查看。",
    status=409,
)
UNDECIDED = problem(
    "venues.import_undecided",
    en="{count} likely duplicates still wait for a decision.",
    zh="还有{count}条疑似重复记录尚未决定。",
    status=409,
)
NOTHING = problem(
    "venues.import_nothing", en="No row is left to be stored.", zh="没有可以保存的行。", status=409
)
STALE = problem(
    "venues.import_stale",
    en="Another file was stored since this one was checked. Check it again before storing it.",
    zh="检查之后又有其他文件入库，请重新检查后再保存。",
    status=409,
)
FILE_GONE = problem(
    "venues.import_file_gone",
    en="The uploaded file is no longer on the server. Please upload it again.",
    zh="上传的文件已不在服务器上，请重新上传。",
    status=410,
)
