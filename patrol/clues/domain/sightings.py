"""Kinds and states of a sighting, and the code by which a resident follows it."""

from __future__ import annotations

import hashlib
from enum import StrEnum

from patrol.core.errors import problem
from patrol.core.ids import Rng
from patrol.core.labels import Label

SIGHTING_TWICE = problem(
    "clues.twice",
    en="This sighting has already been recorded by another entry; nothing is stored twice. Yours is kept on the phone.",
    zh="该线索已由另一条目登记，不会重复保存；您的条目仍保留在手机上。",
    status=409,
)
NO_PLACE = problem(
    "clues.no_place",
    en="Say where it was: a position, a pin or a venue.",
    zh="请说明地点：定位、手动选点或场所。",
)
UNKNOWN_KIND = problem(
    "clues.unknown_kind",
    en="Please choose what you saw.",
    zh="请选择您看到的情况。",
)
NO_DIVISION = problem(
    "clues.no_division",
    en="Please choose the district or street.",
    zh="请选择所在的区或街道。",
)
NO_WORDS = problem(
    "clues.no_words",
    en="Please say in a few words what you saw and where.",
    zh="请简单写明看到了什么、在什么地方。",
)
TOO_LONG = problem(
    "clues.too_long",
    en="This is longer than {most} characters; please shorten it.",
    zh="内容超过 {most} 字，请适当精简。",
)
STALE_FORM = problem(
    "clues.stale_form",
    en="This form is older than a day or was changed. Nothing was sent. Please send it once more.",
    zh="表单已超过一天或内容异常，尚未提交，请再提交一次。",
    status=400,
)
LEAVE_EMPTY = problem(
    "clues.leave_empty",
    en="The last field is there for machines. Please leave it empty and send once more.",
    zh="最后一栏用于识别机器提交，请清空后再提交一次。",
)
ALREADY_SENT = problem(
    "clues.already_sent",
    en="This report has already been received. The code that was shown stays valid.",
    zh="该举报已经收到，此前显示的查询码仍然有效。",
    status=409,
)
TOO_MANY_PHOTOS = problem(
    "clues.too_many_photos",
    en="At most {most} photos can be sent.",
    zh="最多可提交 {most} 张照片。",
)
BAD_PHOTO = problem(
    "clues.bad_photo",
    en="“{name}” could not be read as a picture. Please leave it out or choose another.",
    zh="“{name}”不是可读取的图片，请去掉或更换。",
)
LARGE_PHOTO = problem(
    "clues.large_photo",
    en="“{name}” has more than {most_mb} MB or {most_mp} million pixels. Please leave it out or choose a smaller one.",
    zh="“{name}”超过{most_mb} MB或{most_mp}百万像素，请去掉或换一张较小的图片。",
)
WRONG_CODE = problem(
    "clues.wrong_code",
    en="No report belongs to this code. Please check each character.",
    zh="没有与此查询码对应的举报，请逐位核对。",
    status=404,
)
NO_REASON = problem("clues.no_reason", en="Please give the reason.", zh="请填写原因。")
NO_PURPOSE = problem(
    "clues.no_purpose",
    en="Please say for what purpose you need to know who reported.",
    zh="请说明查看举报人身份的用途。",
)
CLOSED = problem("clues.closed", en="This sighting is already closed.", zh="该线索已办结。", status=409)
OUT_OF_ORDER = problem(
    "clues.out_of_order",
    en="A sighting that is “{state}” cannot become “{wanted}”.",
    zh="状态为“{state}”的线索不能改为“{wanted}”。",
    status=409,
)


class Channel(StrEnum):
    """By which way a sighting came."""

    LIAISON = "liaison"
    RESIDENT = "resident"


class SightingKind(StrEnum):
    """What somebody saw: places and conduct, never where people come from."""

    LECTURE = "lecture"
    GATHERING = "gathering"
    LODGING = "lodging"
    RECRUITING = "recruiting"
    FEE = "fee"
    SELLING = "selling"
    CONFINED = "confined"
    OTHER = "other"


KIND_LABELS: dict[str, Label] = {
    SightingKind.LECTURE: Label("多人聚集听课", "Lectures behind closed doors"),
    SightingKind.GATHERING: Label("多人按时集体出入", "Groups coming and going at set times"),
    SightingKind.LODGING: Label("出租房内多人群居", "Many people living in one rental"),
    SightingKind.RECRUITING: Label("邀约拉人加入", "Recruiting people to join"),
    SightingKind.FEE: Label("要求交费或购货入会", "A fee or purchase to join"),
    SightingKind.SELLING: Label("会议推销、异常直销", "Sales meetings, odd direct selling"),
    SightingKind.CONFINED: Label("有人被限制自由（请先拨打110）", "Somebody is held (call 110 first)"),
    SightingKind.OTHER: Label("其他可疑情况", "Something else"),
}
CHANNEL_LABELS: dict[str, Label] = {
    Channel.LIAISON: Label("联络员", "Liaison"),
    Channel.RESIDENT: Label("群众", "Resident"),
}


class State(StrEnum):
    """A sighting's way through the bureau."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    CHECKED = "checked"
    CLOSED = "closed"


STATE_LABELS: dict[str, Label] = {
    State.RECEIVED: Label("已收到", "Received"),
    State.ACCEPTED: Label("已受理", "Accepted"),
    State.ASSIGNED: Label("已派查", "Being looked into"),
    State.CHECKED: Label("已核查", "Checked"),
    State.CLOSED: Label("已办结", "Closed"),
}
#: from where one may go; every state may be closed
NEXT: dict[str, tuple[State, ...]] = {
    State.RECEIVED: (State.ACCEPTED, State.CLOSED),
    State.ACCEPTED: (State.ASSIGNED, State.CLOSED),
    State.ASSIGNED: (State.CHECKED, State.CLOSED),
    State.CHECKED: (State.ASSIGNED, State.CLOSED),
    State.CLOSED: (),
}
CLOSE_REASONS: dict[str, Label] = {
    "confirmed": Label("情况属实，已依法处理", "True, and acted on"),
    "unfounded": Label("经核查未发现问题", "Checked, nothing found"),
    "insufficient": Label("信息不足，无法核查", "Not enough to go on"),
    "duplicate": Label("与已有线索重复", "Already known"),
    "transferred": Label("已移送有权机关", "Passed to the competent authority"),
}
PHOTOS_PER_SIGHTING = 6
PHOTOS_PER_PUBLIC_REPORT = 3

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 26
_LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_follow_code(rng: Rng) -> str:
    """Make a code of 26 Crockford characters: 130 bits from ``rng``, nothing of the report in it."""
    bits = rng.getrandbits(5 * _CODE_LENGTH)
    return "".join(_CROCKFORD[(bits >> 5 * place) & 31] for place in range(_CODE_LENGTH))


def grouped(code: str) -> str:
    """Write a code in groups a person can copy.

    >>> grouped("0123456789ABCDEFGHJKMNPQRS")
    '01234-56789-ABCDE-FGHJK-MNPQRS'
    """
    return "-".join([code[:5], code[5:10], code[10:15], code[15:20], code[20:]])


def read_follow_code(text: str) -> str | None:
    """Read a code as a person wrote it: any case, spaces and hyphens, O for 0, I and L for 1; else ``None``."""
    letters = "".join(text.upper().split()).replace("-", "").translate(_LOOK_ALIKE)
    if len(letters) != _CODE_LENGTH or not set(letters) <= set(_CROCKFORD):
        return None
    return letters


def code_hash(code: str) -> str:
    """Return what is stored of a code. 130 random bits need no salt and no slow hash (ASVS 6.5.2)."""
    return hashlib.sha256(code.encode("ascii")).hexdigest()
