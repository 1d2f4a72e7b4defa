"""Why a place has the risk it has: the parts of its log-odds, gathered into reasons a person understands."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from patrol.venues.domain.risk.model import RiskModel
from patrol.venues.domain.risk.tables import Floats

#: first part of a feature's name -> the reason it belongs to
GROUPS = {
    "kind": "kind",
    "category": "category",
    "number": "size_age_area",
    "missing": "size_age_area",
    "own": "own_history",
    "near": "neighbours",
    "far": "neighbours",
    "name": "name",
    "signs": "signs",
}
#: these of a place's own history are told apart
OWN = {
    "own.since": "since_last",
    "own.new": "never_visited",
    "own.visits": "never_visited",
    "own.closed_door": "closed_door",
}
#: log-odds below which a reason is not worth a word
LEAST = 0.05


@dataclass(frozen=True)
class Reason:
    """A code, how far it moves the log-odds (positive: riskier than the average place), and facts for its sentence."""

    code: str
    weight: float
    facts: dict[str, float] = field(default_factory=dict)


def group_of(feature: str) -> str:
    """The reason that a feature belongs to."""
    if feature.startswith("signs."):
        return feature
    return OWN.get(feature) or GROUPS[feature.partition(".")[0]]


def reasons(model: RiskModel, table: Floats, *, most: int = 4) -> tuple[tuple[Reason, ...], ...]:
    """The largest reasons of every place, strongest first; their weights and the rest add up to its log-odds.

    Parameters: features of the places (rows, features). Returns: for each row up to ``most`` reasons.
    """
    parts = model.parts(table)
    codes = [group_of(name) for name in model.names]
    order = sorted(set(codes))
    sums = np.column_stack(
        [parts[:, [i for i, code in enumerate(codes) if code == one]].sum(axis=1) for one in order]
    )
    told = []
    for row in sums:
        ranked = np.argsort(-np.abs(row), kind="stable")[:most]
        told.append(tuple(Reason(order[i], float(row[i])) for i in ranked if abs(row[i]) >= LEAST))
    return tuple(told)


_WORDS: dict[str, tuple[str, str, str, str]] = {
    # code: zh raises, zh lowers, en raises, en lowers
    "kind": (
        "此类场所问题较多",
        "此类场所问题较少",
        "places of this kind have more findings",
        "places of this kind have fewer findings",
    ),
    "category": (
        "风险类别较高",
        "风险类别较低",
        "its risk class has more findings",
        "its risk class has fewer findings",
    ),
    "size_age_area": (
        "规模、年限或所在片区的情况使风险偏高",
        "规模、年限或所在片区的情况使风险偏低",
        "its size, age or area raise the risk",
        "its size, age or area lower the risk",
    ),
    "own_history": (
        "以往到访结果差于同一人员的平均水平",
        "以往到访结果好于同一人员的平均水平",
        "earlier visits found more here than the same officers find elsewhere",
        "earlier visits found less here than the same officers find elsewhere",
    ),
    "since_last": ("距上次到访已久", "最近刚到访过", "the last visit was long ago", "it was visited lately"),
    "never_visited": (
        "到访次数少或从未到访",
        "已多次到访",
        "it was seldom or never visited",
        "it was visited often",
    ),
    "closed_door": ("多次无人应答", "通常有人应答", "often nobody answered", "somebody usually answers"),
    "neighbours": (
        "周边场所近期问题较多",
        "周边场所近期问题较少",
        "places nearby had more findings lately",
        "places nearby had fewer findings lately",
    ),
    "name": (
        "同类名称的场所问题较多",
        "同类名称的场所问题较少",
        "places with similar names have more findings",
        "places with similar names have fewer findings",
    ),
    "signs.sightings": (
        "附近近期有线索上报",
        "附近近期没有线索上报",
        "sightings were reported nearby lately",
        "no sightings were reported nearby lately",
    ),
    "signs.dens": (
        "附近近期取缔过窝点，须防回流",
        "附近近期没有取缔窝点",
        "a den was closed nearby lately: it may move here",
        "no den was closed nearby lately",
    ),
}


def sentence(reason: Reason, language: str) -> str:
    """Say a reason in "zh" or "en".

    >>> sentence(Reason("closed_door", 0.4), "en")
    'often nobody answered'
    """
    zh_up, zh_down, en_up, en_down = _WORDS[reason.code]
    if language.startswith("zh"):
        return zh_up if reason.weight > 0 else zh_down
    return en_up if reason.weight > 0 else en_down
