"""What a column of somebody else's table means: the fields there are, and guesses from the names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from patrol.core.errors import Fault, Faults, PatrolError
from patrol.core.labels import Label
from patrol.venues.importing import problems as p
from patrol.venues.importing.table import Row


@dataclass(frozen=True)
class Field:
    """One thing a column can hold. ``words`` are names that registers use for it, the surest first;
    ``many`` lets several columns go there.
    """

    name: str
    label: Label
    words: tuple[str, ...]
    many: bool = False


def _field(name: str, zh: str, en: str, words: str, *, many: bool = False) -> Field:
    return Field(name, Label(zh, en), tuple(word.strip() for word in words.split("|") if word.strip()), many)


_PLACE = (
    _field("lon", "经度", "Longitude", "经度|lon|lng|long|longitude|x坐标|东经|geometry.lon|经度坐标|x"),
    _field("lat", "纬度", "Latitude", "纬度|lat|latitude|y坐标|北纬|geometry.lat|纬度坐标|y"),
    _field("position", "坐标（经度,纬度）", "Position (longitude, latitude)",
           "坐标|经纬度|位置坐标|coordinates|coordinate|lonlat|lnglat|position|点位坐标"),
)  # fmt: skip
_NAME = _field(
    "name", "场所名称", "Name",
    "场所名称|名称|单位名称|企业名称|商户名称|店铺名称|字号名称|字号|店名|机构名称|宾馆名称|楼盘名称|小区名称|主体名称"
    "|venue name|name|business name|dba name|facility name|establishment|title|venue",
)  # fmt: skip
_ADDRESS = _field(
    "address", "地址", "Address",
    "地址|详细地址|场所地址|经营地址|经营场所|单位地址|住所|注册地址|所在地|地点|位置"
    "|address|street address|location|full address",
)  # fmt: skip
_EXTERNAL = _field(
    "external_id", "原登记编号", "Number in the source register",
    "编号|原编号|场所编号|统一编号|证照编号|许可证号|登记号|统一社会信用代码|信用代码|注册号|标识码|代码"
    "|venue id|id|external id|license|licence|license number|licence number|registration number|code number",
)  # fmt: skip

#: what a column of a venue list can be
VENUE_FIELDS: tuple[Field, ...] = (
    _NAME,
    _field("kind", "场所类别", "Kind",
           "场所类别|场所类型|类别|类型|性质|行业|业态|行业类别|经营类型|venue type|kind|type|category|facility type"),
    _ADDRESS,
    *_PLACE,
    _EXTERNAL,
    _field("code", "本系统编号", "Code in this register", "场所代码|register code|venue code"),
    _field("owner_name", "业主", "Owner",
           "业主|业主姓名|负责人|法定代表人|法人|经营者|房东|房东姓名|联系人|owner|owner name|contact|contact person"),
    _field("owner_phone", "业主电话", "Owner's telephone",
           "业主电话|联系电话|电话|手机|手机号|联系方式|房东电话|phone|telephone|mobile|tel|contact phone"),
    _field("owner_letter_on", "责任书签订日期", "Responsibility letter signed on", "责任书签订日期|签订日期|签订时间"),
    _field("capacity", "容纳人数", "Capacity", "容纳人数|人数|床位数|床位|房间数|座位数|capacity|beds|seats|rooms"),
    _field("opening_hours", "营业时间", "Opening hours", "营业时间|开放时间|营业时段|opening hours|hours"),
    _field("service_minutes", "每次巡查时长（分钟）", "Length of a visit (minutes)",
           "巡查时长|检查时长|service minutes|visit minutes"),
    _field("revisit_interval_days", "巡查周期（天）", "Revisit interval (days)",
           "巡查周期|检查周期|巡查频次|复查周期|revisit interval|interval|interval days"),
    _field("needs_duty", "须同行人员", "Who must be along", "须同行人员|同行人员|须到场人员|needs duty|companion"),
    _field("note", "备注", "Note", "备注|说明|描述|note|notes|remark|remarks|comment|description", many=True),
    _field("feature", "其他信息（原样保留）", "Further fact (kept as it stands)", "", many=True),
)  # fmt: skip

#: what a column of past visits and findings can be
FINDING_FIELDS: tuple[Field, ...] = (
    _EXTERNAL, _NAME, _ADDRESS, *_PLACE,
    _field("date", "日期", "Date",
           "日期|检查日期|巡查日期|到访日期|时间|检查时间|巡查时间|发现时间|inspected on|inspection date|date"
           "|visited on|visit date|datetime|found on"),
    _field("outcome", "结果", "Outcome",
           "结果|检查结果|巡查结果|到访结果|结论|检查结论|是否发现问题|是否违法|outcome|result|results"
           "|critical violation found|violation found|violation"),
    _field("text", "情况记录", "Text", "情况记录|情况|发现情况|检查情况|问题描述|问题|记录|详情|备注|text|findings"
           "|comments|note|notes|remarks|description|violations|critical count|serious count|minor count", many=True),
    _field("group", "检查人员/小组", "Inspector or group",
           "检查人员|巡查人员|检查组|巡查组|检查人|执法人员|小组|inspector group|inspector|group|team|officer"),
    _field("reference", "原记录编号", "Number of the record", "记录编号|检查编号|检查单号|流水号|inspection id"
           "|record id|reference"),
)  # fmt: skip

#: what a column of reports from the 12315 platform (or another ledger of reports) can be; who reported is
#: no field: it stays on the platform, found there by its number
CLUE_FIELDS: tuple[Field, ...] = (
    _field("reference", "来源编号", "Number at the source",
           "登记编号|举报编号|投诉编号|工单编号|受理编号|编号|单号|流水号|reference|number|report number|id"),
    _field("date", "登记时间", "Received at",
           "登记时间|举报时间|受理时间|提交时间|登记日期|日期|时间|received at|received on|date|datetime"),
    _field("text", "反映内容", "What is reported",
           "举报内容|投诉内容|反映内容|问题描述|内容|事项|诉求|主要内容|text|content|description", many=True),
    _field("kind", "问题类别", "Kind", "问题类别|举报类别|类别|类型|问题类型|kind|type|category"),
    _field("address", "被举报地址", "Address",
           "被举报地址|被举报人地址|涉事地址|事发地址|发生地|详细地址|地址|地点|address|location"),
    _field("division", "所属区街道", "District or street",
           "所属区街道|行政区划|所属区|区县|街道|辖区|属地|district|division"),
    _field("subject", "被举报单位", "Who is reported", "被举报单位|被举报人|被投诉企业|主体名称|subject|company"),
    *_PLACE,
)  # fmt: skip

#: index of a column -> name of a field
Mapping_ = Mapping[int, str]
_BRACKETS = re.compile(r"[(（【\[].*?[)）】\]]")
_SEPARATORS = re.compile(r"[\s_\-:：/*.]+")


def folded(header: str) -> str:
    """Fold a column name for comparison: width, case, brackets with what is in them, separators.

    >>> folded("场所名称（必填）*"), folded("Venue_Name")
    ('场所名称', 'venue name')
    """
    text = unicodedata.normalize("NFKC", header).lower()
    bare = _BRACKETS.sub("", text).strip() or text
    return _SEPARATORS.sub(" ", bare).strip()


def knows_word(header: str) -> bool:
    """Say whether some field is called like this."""
    said = folded(header)
    return any(
        said == folded(word)
        for field in (*VENUE_FIELDS, *FINDING_FIELDS, *CLUE_FIELDS)
        for word in field.words
    )


def guess_columns(columns: Sequence[str], fields: Sequence[Field]) -> dict[int, str]:
    """Guess which field each column holds: by its whole name, then by its last word, then by a word inside it.

    Returns: column index → field name; each field at most once unless it takes many, each column once.

    >>> guess_columns(["场所名称", "经度(E)", "纬度(N)", "天气"], VENUE_FIELDS)
    {0: 'name', 1: 'lon', 2: 'lat'}
    """
    said = [folded(column) for column in columns]
    found: dict[int, str] = {}
    for how in (_whole, _last, _inside):
        for field in fields:
            for at in _best(said, field, how, found):
                found[at] = field.name
    if "lon" in found.values() and "lat" in found.values():
        found = {at: name for at, name in found.items() if name != "position"}
    return dict(sorted(found.items()))


def _best(said: list[str], field: Field, how: Callable[[str, str], bool], found: Mapping_) -> list[int]:
    """The free columns that fit a field, in the order of its words; one only unless it takes many."""
    if not field.many and field.name in found.values():
        return []
    hits = []
    for word in map(folded, field.words):
        fits = [at for at, name in enumerate(said) if at not in found and how(name, word)]
        hits += [at for at in fits if at not in hits]
    return hits if field.many else hits[:1]


def _whole(name: str, word: str) -> bool:
    return name == word


def _last(name: str, word: str) -> bool:
    """Two header rows joined end in the finer name: 位置 经度."""
    return " " in name and len(word) > 1 and name.rpartition(" ")[2] == word


def _inside(name: str, word: str) -> bool:
    if word.isascii():
        return len(word) > 2 and f" {word} " in f" {name} "
    return len(word) > 1 and word in name


def check_mapping(mapping: Mapping_, fields: Sequence[Field]) -> None:
    """Raise every fault of a mapping at once: doubles, no name, no position (a findings file needs neither)."""
    faults = Faults()
    known = {field.name: field for field in fields}
    used = list(mapping.values())
    for name in dict.fromkeys(used):
        field = known.get(name)
        if field is None:
            raise ValueError(f"there is no field {name}")
        if used.count(name) > 1 and not field.many:
            faults.add(p.MAP_TWICE, where=name, field_zh=field.label.zh, field_en=field.label.en)
    if fields is VENUE_FIELDS:
        if "name" not in used:
            faults.add(p.MAP_NAME, where="name")
        if "position" not in used and not {"lon", "lat"} <= set(used):
            faults.add(p.MAP_POSITION, where="lon")
    faults.raise_if_any()


def pick(
    row: Row, mapping: Mapping_, columns: Sequence[str]
) -> tuple[dict[str, str], dict[str, str], list[Fault]]:
    """Take the mapped cells of a row.

    Returns: texts by field (several columns of one field joined by lines, each with its name), further facts
    by column name, and the faults of the mapped cells, each naming its column.
    """
    given: dict[str, str] = {}
    features: dict[str, str] = {}
    shared = {name for name in mapping.values() if list(mapping.values()).count(name) > 1}
    for at, name in mapping.items():
        cell = row.cells[at]
        if name == "feature":
            if cell.strip():
                features[columns[at]] = cell.strip()[:500]
        elif name in shared:
            line = f"{columns[at]}: {cell.strip()}" if cell.strip() else ""
            given[name] = "\n".join(part for part in (given.get(name, ""), line) if part)
        else:
            given[name] = cell
    faults = [
        Fault(fault.problem, columns[at] if at >= 0 else "", fault.facts)
        for at, fault in sorted(row.faults.items())
        if at in mapping or at < 0
    ]
    _split_position(given)
    return given, features, faults


def _split_position(given: dict[str, str]) -> None:
    """Read "114.27,30.60" (or the other way round where only that is possible) into its two parts."""
    text = unicodedata.normalize("NFKC", given.pop("position", "")).strip().strip("()[]")
    if not text or given.get("lon", "").strip():
        return
    parts = [part for part in re.split(r"[,;\s]+", text) if part]
    if len(parts) == 2 and re.fullmatch(r"[+-]?[\d.]+", parts[0]) and re.fullmatch(r"[+-]?[\d.]+", parts[1]):
        first, second = parts
        swapped = abs(float(first or 0)) <= 90 < abs(float(second or 0)) if _number(first, second) else False
        given["lon"], given["lat"] = (second, first) if swapped else (first, second)
    else:
        given["lon"] = given["lat"] = text


def _number(*texts: str) -> bool:
    try:
        return all(float(text) == float(text) for text in texts)
    except ValueError:
        return False


def raise_faults(faults: list[Fault]) -> None:
    """Raise faults, if any, as one error."""
    if faults:
        raise PatrolError.of(faults)
