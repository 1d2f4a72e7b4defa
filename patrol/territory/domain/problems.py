"""What can be wrong with divisions, grids and the wishes of whoever draws them."""

from __future__ import annotations

from patrol.core.errors import problem

NO_STREETS_INSIDE = problem(
    "territory.no_streets_inside",
    en="No street of the loaded network crosses “{name}”: import the streets of this place, or use hexagons.",
    zh="已载入的道路网中没有道路穿过“{name}”：请导入当地道路数据，或改用六边形网格。",
)
NOTHING_TO_BALANCE = problem(
    "territory.nothing_to_balance",
    en="There is no venue inside “{name}” yet: say how many grids you want, or import venues first.",
    zh="“{name}”范围内还没有场所：请直接填写网格数量，或先导入场所。",
)
EMPTY_AREA = problem(
    "territory.empty_area",
    en="“{name}” has no polygon, so no grid can be made inside it.",
    zh="“{name}”没有边界多边形，无法在其中划分网格。",
)
BAD_COUNT = problem(
    "territory.bad_count",
    en="{count} is not a number of grids that can be made here; choose {least} to {most}.",
    zh="无法划分为{count}个网格，请填写{least}到{most}之间的数。",
)
TOO_FINE = problem(
    "territory.too_fine",
    en="Hexagons of {edge_m:.0f} m edge would make {count} grids; at most {most} are allowed.",
    zh="边长{edge_m:.0f}米的六边形将产生{count}个网格，超过{most}个的上限，请加大边长。",
)
BAD_EDGE = problem(
    "territory.bad_edge",
    en="A hexagon's edge must be between {least} and {most} metres.",
    zh="六边形边长应在{least}米至{most}米之间。",
)
LINE_MISSES = problem(
    "territory.line_misses",
    en="The line does not cut grid {code} in two: draw it from outside the grid across to outside.",
    zh="所画的线没有把网格{code}分开：请从网格外画起，穿过网格后在网格外结束。",
)
LINE_TOO_SHORT = problem(
    "territory.line_too_short",
    en="A dividing line needs at least two different points.",
    zh="分割线至少需要两个不同的点。",
)
NOT_NEIGHBOURS = problem(
    "territory.not_neighbours",
    en="Grids {codes} do not touch each other along an edge, so they cannot become one.",
    zh="网格{codes}没有相邻的边，不能合并。",
)
ONE_IS_NOT_ENOUGH = problem(
    "territory.merge_needs_two",
    en="Choose at least two grids to merge.",
    zh="请至少选择两个网格进行合并。",
)
CODES_EXHAUSTED = problem(
    "territory.codes_exhausted",
    en="All {count} grid codes under {prefix} are taken; choose the code of a street or community below it.",
    zh="{prefix}下的{count}个网格编码已全部用完，请改用下级街道或社区的代码。",
)

UNREADABLE = problem(
    "territory.geojson_unreadable",
    en="This is not GeoJSON: {reason}. Export the areas again as GeoJSON (UTF-8) and choose that file.",
    zh="这不是有效的GeoJSON文件：{reason_zh}。请重新导出为GeoJSON（UTF-8编码）后再选择。",
)
MISENCODED = problem(
    "territory.geojson_misencoded",
    en="Line {line} is neither UTF-8 nor GBK, so names would be garbled. Export the file again as GeoJSON in UTF-8.",
    zh="第{line}行既不是UTF-8也不是GBK编码，名称会成为乱码。请重新导出为UTF-8编码的GeoJSON。",
)
TOO_LARGE = problem(
    "territory.geojson_too_large",
    en="The file has {size} {unit}; at most {limit} can be read at once. Simplify or divide it.",
    zh="文件有{size}{unit_zh}，一次最多可读取{limit}{unit_zh}，请简化或拆分后再导入。",
)
NOTHING_IN_IT = problem("territory.geojson_empty", en="The file holds no area.", zh="文件中没有任何区域。")
NO_GEOMETRY = problem("territory.no_geometry", en="This feature has no geometry.", zh="该要素没有几何图形。")
WRONG_GEOMETRY = problem(
    "territory.wrong_geometry",
    en="A Polygon or MultiPolygon is needed here, not {found}.",
    zh="此处应为面（Polygon或MultiPolygon），而不是{found}。",
)
BAD_COORDINATES = problem(
    "territory.bad_coordinates",
    en="The coordinates are not longitude and latitude in degrees. Export the file with geographic coordinates.",
    zh="坐标不是以度为单位的经纬度，请以经纬度坐标重新导出。",
)
SELF_CROSSING = problem(
    "territory.self_crossing",
    en="The boundary crosses itself at {lon:.5f}, {lat:.5f}. Move or delete the corner there and send the file again.",
    zh="边界线在{lon:.5f}，{lat:.5f}处自相交。请移动或删除该处顶点后重新上传。",
)
INVALID = problem(
    "territory.invalid_polygon",
    en="The polygon is not valid near {near}: {reason}. Mend it in the map program and send the file again.",
    zh="多边形在{near}附近无效：{reason_zh}。请在制图软件中修正后重新上传。",
)
OUTSIDE_PARENT = problem(
    "territory.outside_parent",
    en="“{name}” lies to {share:.0%} outside {parent}. Choose the division it belongs to, or leave it out.",
    zh="“{name}”有{share:.0%}的面积在{parent}之外，请改选所属区划，或从文件中去掉。",
)
OVERLAP = problem(
    "territory.overlap",
    en="“{name}” and “{other}” overlap by {share:.0%} of the smaller one.",
    zh="“{name}”与“{other}”重叠，重叠部分占较小者的{share:.0%}。",
)
DUPLICATE_CODE = problem(
    "territory.duplicate_code",
    en="The code {code} already stands in feature {first}.",
    zh="编码{code}与第{first}个要素重复。",
)
MISSING_CODE = problem(
    "territory.missing_code",
    en="This feature has no code: looked for {looked}.",
    zh="该要素没有编码（已查找字段：{looked}）。",
)
MISSING_NAME = problem(
    "territory.missing_name",
    en="This feature has no name: looked for {looked}.",
    zh="该要素没有名称（已查找字段：{looked}）。",
)
WRONG_DATUM = problem(
    "territory.wrong_datum",
    en="Most of these points lie outside {parent}; read as {better} they would fit. Is the datum right?",
    zh="多数坐标点不在{parent}范围内，若按{better}坐标系读取则吻合，请确认坐标系是否选对。",
)
ELSEWHERE = problem(
    "territory.elsewhere",
    en="Most of these points lie outside {parent}. Is this the right file and the right datum?",
    zh="多数坐标点不在{parent}范围内，请确认文件和坐标系是否正确。",
)
