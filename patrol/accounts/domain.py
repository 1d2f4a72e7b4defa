"""Roles, kinds of agency, duties on a grid."""

from __future__ import annotations

from enum import StrEnum

from patrol.core.errors import problem

UNKNOWN_LOGIN = problem(
    "accounts.unknown_login", en="Account name or password is wrong.", zh="账号或密码不正确。", status=401
)


class RoleName(StrEnum):
    """The eight roles; their Chinese names are in the catalogue."""

    INSPECTOR = "inspector"
    POLICE_LIAISON = "police_liaison"
    COMMUNITY_LIAISON = "community_liaison"
    BRANCH_MANAGER = "branch_manager"
    CITY_MANAGER = "city_manager"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDITOR = "auditor"


class AgencyKind(StrEnum):
    """Kinds of 单位."""

    BUREAU = "bureau"
    BRANCH = "branch"
    POLICE_STATION = "police_station"
    COMMITTEE = "committee"


class Duty(StrEnum):
    """What somebody answers for, on a grid or in a team."""

    INSPECTOR = "inspector"
    POLICE_LIAISON = "police_liaison"
    COMMUNITY_LIAISON = "community_liaison"
