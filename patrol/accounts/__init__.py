"""People, agencies, roles, and who answers for which grid."""

from patrol.accounts.domain import AgencyKind, Duty, RoleName
from patrol.accounts.founding import ensure_roles
from patrol.accounts.labels import agency_kinds, role_names
from patrol.accounts.models import Agency, GridDuty, Person, Role
from patrol.accounts.permissions import GRANTS, every_permission, permissions_of
from patrol.accounts.queries import agencies, names_of_people, people, people_of_grid, people_of_grids
from patrol.accounts.second_factor import begin as begin_second_factor
from patrol.accounts.second_factor import code_now, factor_of
from patrol.accounts.second_factor import confirm as confirm_second_factor
from patrol.accounts.second_factor import require as require_second_factor
from patrol.accounts.security import (
    install_security,
    principal_of_id,
    principal_of_person,
    principal_of_signed_in,
)
from patrol.accounts.services import assign_duty, end_duty, inherit_duties

__all__ = [
    "GRANTS",
    "Agency",
    "AgencyKind",
    "Duty",
    "GridDuty",
    "Person",
    "Role",
    "RoleName",
    "agencies",
    "agency_kinds",
    "assign_duty",
    "begin_second_factor",
    "code_now",
    "confirm_second_factor",
    "end_duty",
    "ensure_roles",
    "every_permission",
    "factor_of",
    "inherit_duties",
    "install_security",
    "names_of_people",
    "people",
    "people_of_grid",
    "people_of_grids",
    "permissions_of",
    "principal_of_id",
    "principal_of_person",
    "principal_of_signed_in",
    "require_second_factor",
    "role_names",
]
