"""What can go wrong with an export, and which stretch of the chain it needs."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from patrol.core.errors import problem

NO_FINDINGS = problem(
    "evidence.no_findings",
    en="Choose at least one finding that a phone has sent; imported records have no sealed original.",
    zh="请至少选择一条由手机上传的发现记录；导入的记录没有封存原件。",
)
TOO_MANY = problem(
    "evidence.too_many",
    en="At most {most} findings fit into one export.",
    zh="一次最多导出 {most} 条发现记录。",
)
NO_TITLE = problem(
    "evidence.no_title",
    en="Give the case a name, and say what the export is for; both stay in the audit.",
    zh="请填写案件名称和导出用途，两者均写入审计记录。",
)
NOT_READY = problem(
    "evidence.not_ready",
    en="This export has not been made yet, or its file was removed.",
    zh="该导出文件尚未生成，或已被清除。",
    status=404,
)
MOST_FINDINGS = 500


def stretches(numbers: Iterable[int], signed: Sequence[int]) -> list[tuple[int, int]]:
    """Return the stretches of the chain from each wanted link to the next signed head, joined where they meet.

    Parameters: ``numbers`` the links that matter; ``signed`` the numbers of signed heads, ascending.
    Raises ``ValueError`` for a link after the last signed head.

    >>> stretches([3, 5, 20], [4, 8, 30])
    [(3, 8), (20, 30)]
    """
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        place = bisect_left(signed, number)
        if place == len(signed):
            raise ValueError(f"link {number} is not covered by any signed head")
        if found and number <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], signed[place]))
        else:
            found.append((number, signed[place]))
    return found
