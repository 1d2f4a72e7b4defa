"""People, agencies, roles, and who answers for which grid."""

from patrol.accounts.domain import AgencyKind, Duty, RoleName
from patrol.accounts.founding import ensure_roles
from patrol.accounts.labels import agency_kinds, role_names
from patrol.accounts.models import Agency, GridDuty, Person, Role
from patrol.accounts.permissions import GRANTS, every_permission, permissions_of
from patrol.accounts.queries import agencies, names_of_people, people, people_of_grid, people_of_grids
from patrol.accounts.security import (
    install_security,
    principal_of_id,
    principal_of_person,
    principal_of_signed_in,
)
from patrol.accounts.services import assign_duty, end_duty, inherit_duties
from patrol.accounts.sign_in import check_password_again

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
    "check_password_again",
    "end_duty",
    "ensure_roles",
    "every_permission",
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
    "role_names",
]
