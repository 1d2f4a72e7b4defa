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
    en="Row {row}: {lon}, {lat} is not a longitude and a latitude; are the columns swapped? --x and --y name them.",
    zh="第{row}行：{lon}, {lat}不是有效的经纬度；是否把两列弄反了？可用--x和--y指定。",
)
NO_PLACE = problem(
    "hotspots.place.missing",
    en="No position found among {present}: name the columns with --x and --y, or call them lon and lat or x and y.",
    zh="在各列（{present}）中未找到位置：请用--x和--y指定列名，或将列名改为lon、lat或x、y。",
)
LIKE_DEGREES = problem(
    "hotspots.place.like_degrees",
    en="x and y are taken as flat coordinates but look like degrees: call the columns lon and lat if they are.",
    zh="x、y按平面坐标处理，但看起来像经纬度；若是经纬度，请将列名改为lon、lat。",
)
TWO_KINDS_OF_PLACE = problem(
    "hotspots.place.two_kinds",
    en="One file holds longitude and latitude, the other flat coordinates: give both in the same kind.",
    zh="两个文件一个是经纬度、另一个是平面坐标，请统一为同一种坐标。",
)
NO_GEOMETRY = problem(
    "hotspots.place.no_geometry",
    en="Feature {row} has no geometry: mend it or take it out.",
    zh="第{row}个要素没有几何图形，请补全或删去。",
)
NO_HEAD = problem(
    "hotspots.file.no_head",
    en="The first line must name the columns, but it holds numbers: {first}.",
    zh="首行应为列名，但都是数字：{first}。",
)
COLUMN_TWICE = problem(
    "hotspots.column.twice",
    en="Two columns are called {column}: rename one of them.",
    zh="有两列都叫“{column}”，请改名。",
)
RAGGED = problem(
    "hotspots.file.ragged",
    en="Row {row} has {fields} fields, the first line {wanted}: look for a comma too many or an open quotation mark.",
    zh="第{row}行有{fields}个字段，首行有{wanted}个：请检查是否多了分隔符或引号未闭合。",
)
NOT_WRITTEN = problem(
    "hotspots.file.not_written", en="{path} cannot be written: {reason}.", zh="无法写入{path}：{reason}。"
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
    en="{steps} whole periods are too few, {needed} are needed: take a shorter --period or more days.",
    zh="仅有{steps}个完整时段，至少需要{needed}个：请缩短--period或提供更多天的数据。",
)
BAD_OPTION = problem(
    "hotspots.option.out_of_range",
    en="{option} must lie {wanted_en}; {value} was given.",
    zh="参数{option}应{wanted_zh}，而给出的是{value}。",
)
NO_NEIGHBOURS = problem(
    "hotspots.option.no_neighbours",
    en="Who is whose neighbour? Points need --distance, --edges or --cell (squares over them); polygons that touch"
    " need none.",
    zh="无法确定相邻关系：点数据需给出--distance、--edges或--cell（覆盖方格）；相互接触的多边形则不需要。",
)
BAD_EDGES = problem(
    "hotspots.option.edges",
    en="--edges names row {row}, but the rows are 0 to {last} (or 1 to {rows}).",
    zh="--edges中出现第{row}行，而数据行号为0至{last}（或1至{rows}）。",
)
TOO_MANY_CELLS = problem(
    "hotspots.option.too_many_cells",
    en="{cells} squares and periods are more than {most}: take larger squares or periods, or mend the position or date"
    " that lies far off ({where_to}).",
    zh="方格与时段共{cells}个，超过上限{most}：请放大方格或延长时段，或更正偏离过远的位置或日期（{where_to}）。",
)
BAD_BANDWIDTH = problem(
    "hotspots.option.bandwidth",
    en="--bandwidth {bandwidth} must span at least 1.5 pixels of {pixel}: take a larger one, more --pixels, or a"
    " smaller --window.",
    zh="--bandwidth {bandwidth}至少应为像元（{pixel}）的1.5倍：请加大带宽、增加--pixels或缩小--window。",
)
BAD_WINDOW = problem(
    "hotspots.option.window",
    en="--window {value} is neither west,south,east,north (smaller before larger) nor a file with polygons.",
    zh="--window {value}既不是“西、南、东、北”四个数（逗号分隔，小值在前），也不是多边形文件。",
)
REPEATS = problem(
    "hotspots.file.repeats",
    en="{many} rows are exact repeats of others; all are counted: take them out if the file was imported twice.",
    zh="有{many}行与其他行完全相同，均已计入；如系重复导入，请删去。",
)
NO_DATE = problem(
    "hotspots.column.no_date",
    en="No date found among {present}: name the column with --date.",
    zh="在各列（{present}）中无法确定日期列：请用--date指定列名。",
)
DATE_ORDER = problem(
    "hotspots.column.date_order",
    en="{column}: dates such as {value} are taken as month/day/year, for no row tells otherwise.",
    zh="“{column}”列中{value}这类日期按“月/日/年”理解，因为没有任何一行能说明是否相反。",
)
WORKBOOK = problem(
    "hotspots.file.workbook",
    en="{path} is a workbook, whatever its name says: save the sheet as CSV.",
    zh="{path}其实是电子表格工作簿，请先另存为CSV。",
)
PERIODS_TOLD = problem(
    "hotspots.told.periods",
    en="{many} findings in {steps} periods of {days} days, {first} to {last}, {cells} cells; {older} older ones left"
    " out.",
    zh="{first}至{last}共{steps}个时段（每段{days}天）、{cells}个网格，发现{many}项；更早的{older}项已略去。",
)
EQUALLY_WATCHED = problem(
    "hotspots.told.equally_watched",
    en="No visits given: every cell counts as equally watched, which is seldom true.",
    zh="未给出到访记录：各网格按同等关注计算，实际很少如此。",
)
GAP_WATCHED = problem(
    "hotspots.told.gap_watched",
    en="{empty} of {steps} periods hold no row, the longest gap from {begin} to {end}: they count as watched with"
    " nothing found. Take old rows out, or end earlier with --until, if nothing was recorded then.",
    zh="{steps}个时段中有{empty}个没有任何记录，最长的空档为{begin}至{end}，按“有人查看、没有发现”计算。"
    "若当时并无记录，请删去更早的行，或用--until提前末日。",
)
GAP_UNKNOWN = problem(
    "hotspots.told.gap_unknown",
    en="{empty} of {steps} periods hold no row, the longest gap from {begin} to {end}: nothing is known of them.",
    zh="{steps}个时段中有{empty}个没有任何记录，最长的空档为{begin}至{end}，其间情况未知。",
)
PERIODS_WITHOUT_VISITS = problem(
    "hotspots.told.periods_without_visits",
    en="{count} cells hold findings in a period without a visit there, which cannot be; mend these records: {cells}.",
    zh="有{count}个网格在没有到访的时段内却有发现，不合逻辑，请核对以下网格的记录：{cells}。",
)
AREA_TOLD = problem(
    "hotspots.told.area",
    en="{many} cells with a finding or visit near them before the first origin are the area; findings elsewhere count"
    " as missed.",
    zh="范围为首个预测起点之前自身或邻近有发现或到访的{many}个网格；其他地方的发现计为漏报。",
)
CELLS_TOLD = problem(
    "hotspots.told.cells",
    en="{many} cells tested; classes are after FDR.",
    zh="共检验{many}个网格；类别已按错误发现率（FDR）校正。",
)
RAW_COUNTS = problem(
    "hotspots.told.raw_counts",
    en="No visits given: these are raw findings, which mostly show where somebody looked.",
    zh="未给出到访记录：这只是发现的原始数量，主要反映有人去查看过哪里。",
)
JUDGED_TOLD = problem(
    "hotspots.told.judged",
    en="{many} findings in {visits} visits; {tests} cells tested, {unknown} unknown (too little inspected); {hot} hot"
    " and {cold} cold at a false discovery rate of {fdr}.",
    zh="{visits}次到访中发现{many}项；检验{tests}个网格，{unknown}个未知（检查太少）；错误发现率{fdr}下，热点{hot}个、冷点{cold}个。",
)
RISK_TOLD = problem(
    "hotspots.told.risk",
    en="{many} findings in {visits} visits; empty risk = too little inspected.",
    zh="{visits}次到访中发现{many}项；风险为空表示检查太少。",
)
AFTER_THE_END = problem(
    "hotspots.file.after_the_end",
    en="{many} rows lie after {end} and are left out, the first of them row {row}: {day}. --until sets another last"
    " day.",
    zh="有{many}行的日期在{end}之后，已略去，首个为第{row}行：{day}。可用--until另设末日。",
)
SOME_OUTSIDE = problem(
    "hotspots.place.some_outside",
    en="{many} points lie outside the window and are left out.",
    zh="有{many}个点在范围之外，已略去。",
)
ALL_OUTSIDE = problem(
    "hotspots.place.all_outside",
    en="All {many} points lie outside the window {window}: check the order of west,south,east,north.",
    zh="全部{many}个点都在范围{window}之外，请检查西、南、东、北的顺序。",
)
SCAN_UNSUPPORTED = problem(
    "hotspots.scan.unsupported",
    en="{setting} = {value} is not supported; supported: {supported}.",
    zh="不支持{setting} = {value}；支持的取值：{supported}。",
)
SCAN_NO_SETTINGS = problem(
    "hotspots.scan.no_settings",
    en="The .prm file holds no setting such as CaseFile=cases.cas.",
    zh=".prm文件中没有任何设置（如CaseFile=cases.cas）。",
)
SCAN_SETTING = problem(
    "hotspots.scan.setting",
    en="{setting} must be {wanted_en}, not “{value}”.",
    zh="{setting}应为{wanted_zh}，而不是“{value}”。",
)
SCAN_PLACE = problem(
    "hotspots.scan.row_place",
    en="A name and two numbers are wanted: {text}",
    zh="应为名称和两个数字：{text}",
)
SCAN_DEGREES = problem(
    "hotspots.scan.row_degrees",
    en="Not latitude and longitude (in this order): {text}. Are they swapped, or flat (--planar)?",
    zh="不是“纬度 经度”（按此顺序）：{text}。是否写反，或为平面坐标（--planar）？",
)
SCAN_THIRD = problem(
    "hotspots.scan.row_third",
    en="Flat places have two coordinates here, not three: {text}",
    zh="平面坐标仅支持两维，不支持三维：{text}",
)
SCAN_COUNT = problem(
    "hotspots.scan.row_count",
    en="A name, a whole number not below 0 and {time} are wanted: {text}",
    zh="应为名称、不小于0的整数和时间（{time}）：{text}",
)
SCAN_PEOPLE = problem(
    "hotspots.scan.row_people",
    en="A name, a time and a number not below 0 are wanted: {text}",
    zh="应为名称、时间和不小于0的数字：{text}",
)
SCAN_MORE = problem("hotspots.scan.more", en="{many} more rows are faulty.", zh="另有{many}行有误。")
SCAN_NO_PLACES = problem(
    "hotspots.scan.no_places",
    en="A scan of space needs a coordinates file: --geo, or CoordinatesFile in the .prm file.",
    zh="空间扫描需要坐标文件：请用--geo给出，或在.prm文件中填写CoordinatesFile。",
)
SCAN_NO_PEOPLE = problem(
    "hotspots.scan.no_people",
    en="A {model} scan needs a {wanted} file: {option}; a file of dated cases alone fits --model permutation.",
    zh="{model}模型需要{option}文件（{wanted}）；若只有带日期的病例，请用--model permutation。",
)
SCAN_PERIOD = problem(
    "hotspots.scan.period",
    en="The study period ends ({end}) before it begins ({start}).",
    zh="研究时段的结束（{end}）早于开始（{start}）。",
)
SCAN_LEFT_OUT = problem(
    "hotspots.scan.left_out",
    en="{many} rows outside the study period or without coordinates are left out, as the .prm file asks.",
    zh="按.prm文件的设置，略去研究时段之外或没有坐标的{many}行。",
)
SCAN_NOT_DONE = problem(
    "hotspots.scan.not_done",
    en="Not done, though the .prm file asks for it (the first cluster does not depend on it): {settings}.",
    zh="以下设置未执行（不影响首要聚集区）：{settings}。",
)
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
SCAN_ASSUMED = problem(
    "hotspots.scan.assumed",
    en="Without a .prm file: {model} model, times by {precision}, {start} to {end} by {unit}, coordinates as {kind};"
    " options say otherwise.",
    zh="没有.prm文件，按以下设置：模型{model}，时间精度{precision}，{start}至{end}，时间单位{unit}，坐标为{kind}；可用参数另行指定。",
)
SCAN_TOLD = problem(
    "hotspots.scan.told",
    en="{model} scan, {analysis}: {places} places, {steps} steps, {cases} cases, {replicas} replicas.",
    zh="{model}扫描，{analysis}：{places}个位置、{steps}个时段、{cases}例，模拟{replicas}次。",
)
SCAN_STOPPED = problem(
    "hotspots.scan.stopped",
    en="Drawing stopped after {many} replicas exceeded the first cluster.",
    zh="已有{many}次模拟超过首要聚集区，模拟提前停止。",
)
SCAN_TIES = problem(
    "hotspots.scan.ties",
    en="Clusters with ties: order alone decides which is named; all stand in the column ties.",
    zh="有并列的聚集区：仅按次序列出其一，其余见ties列。",
)
SCAN_NOTHING = problem(
    "hotspots.scan.nothing",
    en="No window holds more cases than expected.",
    zh="没有任何窗口的病例（发现）多于预期。",
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
