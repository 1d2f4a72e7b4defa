"""What an entry from a phone must be, and the words of its receipt."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import rfc8785

from patrol.core.errors import Problem, problem

#: the version written today and the one before: a phone may come back after weeks
SCHEMA = 2
SCHEMAS = (SCHEMA - 1, SCHEMA)
ENTRIES_PER_BATCH = 50
BATCH_BYTES = 4_000_000
ENTRY_BYTES = 262_144
CHUNK_BYTES = 1_048_576
DEPTH = 12
OURS = "patrol"

UNREADABLE = problem(
    "sync.unreadable",
    en="What arrived is damaged or was cut off. Nothing was stored; it stays on the phone and is sent again.",
    zh="收到的内容已损坏或不完整，未保存任何内容；记录仍在手机上，会再次上传。",
    status=400,
)
TOO_MANY = problem(
    "sync.too_many",
    en="At most {most} entries fit into one batch.",
    zh="每批最多 {most} 条记录。",
    status=413,
)
BATCH_TOO_LARGE = problem(
    "sync.batch_too_large",
    en="The batch is larger than {most} bytes.",
    zh="批次超过 {most} 字节。",
    status=413,
)
BAD_BATCH = problem(
    "sync.bad_batch",
    en="The batch lacks what every batch needs ({field}).",
    zh="批次缺少必需的内容（{field}）。",
)
OTHER_PERSON = problem(
    "sync.other_person",
    en="These records belong to another person. Sign in as that person to send them; nothing is lost.",
    zh="这些记录属于另一位人员，请由本人登录后上传，记录不会丢失。",
    status=401,
)
BAD_ID = problem("sync.bad_id", en="The entry's number is not a UUID.", zh="记录编号不是有效的 UUID。")
UNKNOWN_KIND = problem(
    "sync.unknown_kind",
    en="The server does not know entries of the kind “{kind}”.",
    zh="服务器不认识“{kind}”类记录。",
)
OLD_SCHEMA = problem(
    "sync.schema",
    en="Version {schema} of this form is not understood here. Please update the app; the record is kept.",
    zh="服务器不支持第 {schema} 版表单，请更新程序，记录仍保留在手机上。",
)
HASH_DIFFERS = problem(
    "sync.hash_differs",
    en="The content does not match its SHA-256. The record is kept on the phone.",
    zh="内容与其 SHA-256 不一致，记录仍保留在手机上。",
)
NOT_CANONICAL = problem(
    "sync.not_canonical",
    en="The content holds something that JSON cannot say exactly (a number too large, broken text).",
    zh="内容含有 JSON 无法精确表示的数据（数字过大或文字损坏）。",
)
BAD_BODY = problem(
    "sync.bad_body",
    en="The field “{field}” is missing or not as expected. It stays on the phone: correct it or update the app.",
    zh="字段“{field}”缺失或不符合要求。记录仍在手机上，请更正，或更新程序后重试。",
)
TOO_LARGE = problem(
    "sync.entry_too_large",
    en="The record is larger than {most} bytes. It is kept on the phone: correct it and write less.",
    zh="该记录超过 {most} 字节，仍保留在手机上，请更正并精简文字。",
)
CONFLICT = problem(
    "sync.conflict",
    en="The server already holds a different record under this number. Yours is kept on the phone; tell your manager.",
    zh="服务器上已有同一编号但内容不同的记录。您的记录仍保留在手机上，请告知负责人。",
    status=409,
)
NOT_ALLOWED = problem(
    "sync.not_allowed", en="Your role does not include this.", zh="您的岗位无此权限。", status=403
)
PHOTO_TOO_LARGE = problem(
    "sync.photo_too_large",
    en="A photo has more than {most_mb} MB. Correct the record: remove the photo or take it again.",
    zh="有照片超过 {most_mb} MB，请更正该记录：去掉该照片或重新拍摄。",
)
BLOB_UNKNOWN = problem(
    "sync.blob_unknown",
    en="No record of yours announced this file.",
    zh="您的记录中没有声明过该文件。",
    status=404,
)
BLOB_MOVED = problem(
    "sync.blob_moved",
    en="The server stands at byte {offset} of this file.",
    zh="服务器已收到该文件的 {offset} 字节。",
    status=409,
)
BLOB_HEADERS = problem(
    "sync.blob_headers",
    en="Upload-Offset and Upload-Length must be whole numbers that fit the file.",
    zh="Upload-Offset 与 Upload-Length 须为与文件相符的整数。",
)
BLOB_ALTERED = problem(
    "sync.blob_altered",
    en="Three times the bytes did not match the announced SHA-256: the photo on the phone is damaged. Correct the "
    "record and take the photo again.",
    zh="三次收到的内容均与声明的 SHA-256 不一致，手机上的照片可能已损坏，请更正该记录并重新拍照。",
)
CURSOR_STALE = problem(
    "sync.cursor_stale",
    en="This place in the feed is too old. Ask without a cursor and copy everything again.",
    zh="该同步位置已过期，请不带游标重新获取全部数据。",
    status=410,
)
WITHDRAWN = problem(
    "sync.withdrawn",
    en="This record arrived before and was withdrawn by the bureau. It is not taken in again.",
    zh="该记录此前已收到，后被单位撤回，不再重复接收。",
    status=409,
)
SYNC_BUSY = problem(
    "sync.busy",
    en="Many phones are sending at this moment. Nothing was taken in; the phone tries again by itself.",
    zh="当前上传人数较多，本次未接收，手机稍后会自动重试。",
    status=503,
)
QUOTA = problem(
    "sync.quota",
    en="You have sent {sent} MB of photos within a day, the most is {most} MB. The rest is taken in tomorrow.",
    zh="您一天内已上传 {sent} MB 照片（上限 {most} MB），其余将在次日继续接收。",
    status=429,
)
CHUNK_TOO_LARGE = problem(
    "sync.chunk_too_large",
    en="A piece may have at most {most} bytes.",
    zh="每段最多 {most} 字节。",
    status=413,
)


class Status(StrEnum):
    """What became of an entry."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REJECTED = "rejected"


def canonical(body: Any) -> bytes:
    """Return the canonical JSON (RFC 8785) of a body; raises ``ValueError`` where there is none.

    >>> canonical({"b": 1.0, "a": "网格"}).decode()
    '{"a":"网格","b":1}'
    """
    try:
        return rfc8785.dumps(body)
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError) as error:
        raise ValueError("no canonical form") from error


def body_sha256(body: Any) -> str:
    """Return the SHA-256 that phone and server compare; raises ``ValueError`` for what JSON cannot say."""
    return hashlib.sha256(canonical(body)).hexdigest()


def depth_of(value: Any) -> int:
    """Return how deeply lists and objects are nested, without recursion.

    >>> depth_of({"a": [1, {"b": 2}]})
    3
    """
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        at, depth = waiting.pop()
        inner = list(at.values()) if isinstance(at, dict) else at if isinstance(at, list) else None
        if inner is not None:
            deepest = max(deepest, depth)
            waiting.extend((each, depth + 1) for each in inner)
    return deepest


def has_nul(value: Any) -> bool:
    r"""Say whether any text inside holds a NUL, which PostgreSQL cannot keep and no keyboard writes.

    >>> has_nul({"a": ["b\x00"]}), has_nul({"a": "b"})
    (True, False)
    """
    waiting = [value]
    while waiting:
        at = waiting.pop()
        if isinstance(at, str) and "\x00" in at:
            return True
        waiting.extend(
            [*at.keys(), *at.values()] if isinstance(at, dict) else at if isinstance(at, list) else ()
        )
    return False


def echoed(value: Any) -> str:
    r"""Return what a phone called something, short and printable, whatever it sent.

    >>> echoed(None), echoed("a" * 99) == "a" * 64, echoed("\ud800")
    ('', True, '?')
    """
    return str(value)[:64].encode("utf-8", "replace").decode() if isinstance(value, str | int) else ""


def upgraded(kind: str, schema: int, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body of the version before as one of today; a body of today comes back as it is.

    Version 2 added sound recordings to findings.

    >>> upgraded("finding.record", 1, {"text": "a"})
    {'text': 'a', 'recordings': []}
    >>> upgraded("sighting.report", 1, {"text": "a"})
    {'text': 'a'}
    """
    if schema == SCHEMA or kind != "finding.record":
        return dict(body)
    return {**body, "recordings": []}


def refusal(what: Problem, facts: Mapping[str, Any] | None = None, *, field: str = "") -> dict[str, str]:
    """Return code, field and both sentences of a refusal, as they stand in a receipt."""
    known = dict(facts or {})
    return {
        "code": what.code,
        "field": field,
        "message_zh": what.sentence("zh", known),
        "message_en": what.sentence("en", known),
    }
