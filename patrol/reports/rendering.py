"""Turns the tokens of a summary into figures, lists and findings, each knowing what it opens to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.core.errors import Faults
from patrol.prevention import ADDRESSEES, JointMeeting, OpenLetter, PublicityEvent, Statement
from patrol.reports.computing import areas_below, conditions, value_of, values_by_area
from patrol.reports.domain import (
    TOKEN,
    UNKNOWN_TOKEN,
    Line,
    Period,
    Segment,
    comparison,
    figure_text,
    read_lines,
)
from patrol.reports.imbalances import imbalances
from patrol.reports.registry import BY_CODE
from patrol.territory import Division

LISTS = ("joint_meetings", "statements", "letters", "event_places")
FINDINGS = ("meetings_no_action", "sellers_unknown", "no_new_community", "no_event", "no_statement")


class Figures:
    """Computes what tokens ask for, each once, for one area and period within the reader's scope."""

    def __init__(self, session: Session, path: str, period: Period) -> None:
        self.session, self.path, self.period = session, path, period
        self._values: dict[tuple[str, str], float] = {}
        self._by: dict[str, list[tuple[Division, float]]] = {}
        self._paths: dict[str, str] = {"": path}
        self._names: dict[int, str] = {}
        self._findings: dict[str, str] | None = None

    def value(self, code: str, area: str = "") -> float:
        """Return an indicator's value, of the area or of one district in it."""
        if (code, area) not in self._values:
            self._values[code, area] = value_of(self.session, BY_CODE[code], self.period, self._path(area))
        return self._values[code, area]

    def compared(self, code: str, area: str = "") -> str:
        """Return how an indicator changed against the same days of the year before, in brackets."""
        before = value_of(self.session, BY_CODE[code], self.period.year_before(), self._path(area))
        said = comparison(self.value(code, area), before)
        return f"（{said}）" if said else ""

    def by_district(self, code: str) -> list[tuple[Division, float]]:
        """Return an indicator's values above 0 by district, in the order of the tree."""
        if code not in self._by:
            below = areas_below(self.session, self.path)
            values = values_by_area(self.session, BY_CODE[code], self.period, [d.scope_path for d in below])
            self._by[code] = [(d, values[d.scope_path]) for d in below if values[d.scope_path]]
        return self._by[code]

    def finding(self, code: str) -> str:
        """Return the sentence of a stated problem, empty where it no longer holds."""
        if self._findings is None:
            self._findings = {f.code: f.zh for f in imbalances(self.session, self.period, self.path)}
        return self._findings.get(code, "")

    def listed(self, name: str) -> str:
        """Return one of the lists of a summary in words."""
        if name == "letters":
            return self._letters()
        if name == "event_places":
            return self._event_places()
        model, day = (
            (JointMeeting, JointMeeting.held_on)
            if name == "joint_meetings"
            else (Statement, Statement.signed_on)
        )
        rows = self.session.execute(
            select(model.division_id, day)
            .where(*conditions(BY_CODE[name], self.period, self.path))
            .order_by(day)
        )
        return "、".join(f"{self._name(division)}{at.month}月{at.day}日" for division, at in rows)

    def says_something(self, name: str, argument: str, area: str) -> bool:
        """Say whether a token has anything to tell: a figure above 0, a list that is not empty."""
        if name == "by":
            return len(self.by_district(argument)) > 1
        if name in {"list", "finding"}:
            return bool(self.listed(argument) if name == "list" else self.finding(argument))
        return self.value(name, area) > 0

    def _letters(self) -> str:
        kinds = self.session.scalars(
            select(OpenLetter.addressee)
            .where(*conditions(BY_CODE["letter_copies"], self.period, self.path))
            .distinct()
        ).all()
        return "、".join(label.zh for code, label in ADDRESSEES.items() if code in kinds)

    def _event_places(self) -> str:
        places = self.session.scalars(
            select(PublicityEvent.address)
            .where(*conditions(BY_CODE["events"], self.period, self.path), PublicityEvent.address != "")
            .order_by(PublicityEvent.held_on)
        ).all()
        return "、".join(dict.fromkeys(places))

    def _path(self, area: str) -> str:
        if area not in self._paths:
            path = self.session.scalar(select(Division.scope_path).where(Division.code == area))
            self._paths[area] = path or "-/"
        return self._paths[area]

    def _name(self, division_id: int) -> str:
        if division_id not in self._names:
            name = self.session.scalar(select(Division.name).where(Division.id == division_id))
            self._names[division_id] = name or ""
        return self._names[division_id]


def render(text: str, figures: Figures) -> list[Line]:
    """Return the lines of a summary with every token turned into a segment."""
    return [Line(line.level, line.text, tuple(_segments(line.text, figures))) for line in read_lines(text)]


def _segments(text: str, figures: Figures) -> list[Segment]:
    found: list[Segment] = []
    at = 0
    for match in TOKEN.finditer(text):
        if match.start() > at:
            found.append(Segment(text[at : match.start()]))
        found += _said(match[0], match[1], match[2] or "", match[3] or "", figures)
        at = match.end()
    if at < len(text):
        found.append(Segment(text[at:]))
    return found


def _said(token: str, name: str, argument: str, area: str, figures: Figures) -> list[Segment]:
    if not is_known(name, argument):
        return [Segment(token)]
    if name == "by":
        pieces: list[Segment] = []
        unit = BY_CODE[argument].unit.zh
        for district, value in figures.by_district(argument):
            pieces += [Segment("、" if pieces else ""), Segment(district.name)]
            pieces.append(Segment(figure_text(value), token, argument, district.code, value))
            pieces.append(Segment(unit))
        return pieces
    if name == "list":
        return [Segment(figures.listed(argument), token)]
    if name == "finding":
        return [Segment(figures.finding(argument), token)]
    if argument == "cmp":
        return [Segment(figures.compared(name, area), token)]
    value = figures.value(name, area)
    return [Segment(figure_text(value), token, name, area, value)]


def is_known(name: str, argument: str) -> bool:
    """Say whether a token means anything here."""
    if name == "by":
        return argument in BY_CODE
    if name == "list":
        return argument in LISTS
    if name == "finding":
        return argument in FINDINGS
    return name in BY_CODE and argument in {"", "cmp"}


def judge_text(text: str, faults: Faults) -> None:
    """Add every token of an edited text that means nothing, with its line."""
    for number, raw in enumerate(text.split("\n"), start=1):
        for match in TOKEN.finditer(raw):
            if not is_known(match[1], match[2] or ""):
                faults.add(UNKNOWN_TOKEN, where="text", token=match[0], line=number)


#: columns of the table behind a summary
ANNEX = (
    "actions",
    "dens_closed",
    "dispersed",
    "rescued",
    "cases_filed",
    "events",
    "joint_meetings",
    "communities_awarded",
)


def annex(figures: Figures) -> dict[str, Any]:
    """Return the table of districts behind a summary: heads, one row a district, and the sum."""
    below = areas_below(figures.session, figures.path)
    columns = [
        values_by_area(figures.session, BY_CODE[code], figures.period, [d.scope_path for d in below])
        for code in ANNEX
    ]
    rows = [[d.name, *(figure_text(column[d.scope_path]) for column in columns)] for d in below]
    total = ["合计", *(figure_text(figures.value(code)) for code in ANNEX)]
    return {
        "heads": ["县区", *(BY_CODE[code].label.zh for code in ANNEX)],
        "rows": [*rows, total] if rows else [],
    }
