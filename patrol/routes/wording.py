"""The room's codes in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from patrol.core.errors import PatrolError
from patrol.core.labels import Label
from patrol.infra.i18n import current_language
from patrol.routes.planning import Broken

#: what can be wrong with a route, to be shown beside it or when it is published; {name} the venue, {min} minutes
BROKEN: dict[str, Label] = {
    Broken.CLOSED: Label(
        "到达“{name}”时已不在营业时间（晚{min}分钟）。",
        "“{name}” is not open when the team arrives ({min} min late).",
    ),
    Broken.UNREACHABLE: Label("道路网无法到达“{name}”。", "No street leads to “{name}”."),
    Broken.SHIFT_END: Label(
        "返回时间超出班次{min}分钟。", "The team is back {min} min after its shift ends."
    ),
    Broken.SKILL: Label("该组缺少检查“{name}”所需的职责人员。", "The team lacks a duty that “{name}” needs."),
    Broken.PIN: Label("“{name}”指定由其他巡查组前往。", "“{name}” is assigned to another team."),
    Broken.LOCK: Label("已锁定的路段被改动。", "The locked beginning of the route was changed."),
    Broken.CAPACITY: Label("超出该组的承载量。", "The team carries more than it can."),
    Broken.BREAK: Label("休息晚于规定时间{min}分钟。", "The break comes {min} min too late."),
    Broken.TWICE: Label("“{name}”被安排了两次。", "“{name}” is visited twice."),
}
OTHER = Label("路线不可行。", "The route does not work.")


def sentence_of(broken: str, name: str, by_s: int) -> Label:
    """Say what is wrong with a route, in both languages."""
    label = BROKEN.get(broken, OTHER)
    facts = {"name": name, "min": max(1, round(by_s / 60))}
    return Label(label.zh.format(**facts), label.en.format(**facts))


def with_names(error: PatrolError, names: Mapping[str, str]) -> PatrolError:
    """Return what the planner has to say with the names of venues and teams in place of their numbers."""
    return PatrolError.of(
        [
            replace(fault, facts={name: names.get(value, value) for name, value in fault.facts.items()})
            for fault in error.faults
        ]
    )


def said(label: Label) -> str:
    """Return a label in the reader's language."""
    return label.within(current_language())


def mode_label(mode: str) -> str:
    """Name a way of moving."""
    return {"walk": _("On foot"), "ebike": _("E-bike"), "car": _("By car")}.get(mode, mode)


def mode_choices() -> list[tuple[str, str]]:
    """Return every way of moving with its name."""
    return [(mode, mode_label(mode)) for mode in ("walk", "ebike", "car")]


def plan_state(state: str) -> str:
    """Name the state of a plan."""
    return {
        "draft": _("Draft"),
        "planning": _("Being planned"),
        "planned": _("Draft"),
        "published": _("Published"),
        "cancelled": _("Put aside"),
    }.get(state, state)


PLAN_TONES = {"draft": "info", "planning": "info", "planned": "warn", "published": "ok", "cancelled": "quiet"}


def left_out_label(code: str) -> str:
    """Say in a few words why a venue is not in the plan."""
    return {
        "no_skill": _("no team has the duties it needs"),
        "unreachable": _("no street leads there"),
        "closed": _("not open during the shifts"),
        "too_far": _("too far to go there and back in a shift"),
        "no_capacity": _("exceeds what a team can carry"),
        "no_prize": _("needs no visit today"),
        "fresh": _("just seen: the first half of its interval is not over"),
        "less_urgent": _("less urgent than every place that was laid before the planner"),
        "not_worth_it": _("the way there costs more than the visit gains"),
        "no_time": _("no time left: others are more urgent"),
        "levelled": _("gave way so that the shifts are of equal length"),
        "required_no_time": _("required, but it did not fit"),
        "by_hand": _("taken out by hand"),
        "urgent": _("gave way to an urgent clue"),
    }.get(code, code)


def sample_text(measured: Any, told: dict[str, int] | None) -> str:
    """Say how many stops were drawn at random, what share that is, and why there are not more of them."""
    text = ngettext(
        "%(num)s of %(stops)s stop, marked (%(share)s %%)", "%(num)s of %(stops)s stops, marked (%(share)s %%)",
        measured.sampled, stops=measured.stops, share=f"{100 * measured.sampled / max(measured.stops, 1):.1f}",
    )  # fmt: skip
    if not told or measured.sampled >= told["wanted"] - 1 or not told["failed"]:
        return text
    why = ngettext(
        "%(num)s place that was drawn is closed in the shifts or too far.",
        "%(num)s places that were drawn are closed in the shifts or too far.", told["failed"],
    )  # fmt: skip
    return f"{text}。{why}" if current_language() == "zh" else f"{text}. {why}"


def sentences(*said: str) -> str:
    """Put sentences side by side: Chinese ones need no space between them."""
    return ("" if current_language() == "zh" else " ").join(each for each in said if each)


def duty_short(duty: str) -> str:
    """Name a duty within a team."""
    return {
        "inspector": _("Inspector"),
        "police_liaison": _("Police liaison officer"),
        "community_liaison": _("Community liaison"),
    }.get(duty, duty)


def reasons_text(reasons: list[Any]) -> str:
    """Say why a venue is in the plan."""
    language = current_language()
    words = [str(each.get(language) or each.get("zh") or "") for each in reasons if isinstance(each, dict)]
    return ("；" if language == "zh" else "; ").join(word for word in words if word)


def step_text(done: dict[str, Any]) -> str:
    """Say what one step on a plan did."""
    name = done["name"]
    text = {
        "up": _("%(name)s now comes one place earlier.", name=name),
        "down": _("%(name)s now comes one place later.", name=name),
        "place": _("%(name)s was moved.", name=name),
        "move": _("%(name)s was moved to the best place of the other team.", name=name),
        "add": _("%(name)s was added.", name=name),
        "drop": _("%(name)s was taken out.", name=name),
        "lock": _("%(name)s stays with this team when the plan is made again.", name=name),
        "unlock": _("%(name)s may be moved again.", name=name),
        "lock_route": _("The route of %(name)s is locked.", name=name),
        "unlock_route": _("The route of %(name)s may be changed again.", name=name),
        "undo": _("The last step was taken back."),
    }[done["act"]]
    minutes = round(done["travel_s"] / 60)
    if not minutes:
        return text
    more = (
        _("Travel %(minutes)s min more.", minutes=minutes)
        if minutes > 0
        else _("Travel %(minutes)s min less.", minutes=-minutes)
    )
    return sentences(text, more)


def lead_choices() -> list[tuple[str, str]]:
    """Return from when teams may see their route."""
    return [
        ("1h", _("1 hour before the first shift")),
        ("2h", _("2 hours before the first shift")),
        ("12h", _("12 hours before the first shift")),
        ("now", _("at once")),
    ]


def words() -> dict[str, Any]:
    """Return every function of this page for the templates."""
    return {
        "mode_label": mode_label,
        "plan_state": plan_state,
        "plan_tones": PLAN_TONES,
        "left_out_label": left_out_label,
        "duty_short": duty_short,
        "sample_text": sample_text,
        "reasons_text": reasons_text,
        "sentences": sentences,
    }
