"""People, agencies, roles, and who answers for which grid."""

from patrol.accounts.domain import AgencyKind, Duty, RoleName
from patrol.accounts.models import Agency, GridDuty, Person, Role
from patrol.accounts.permissions import GRANTS, every_permission, permissions_of
from patrol.accounts.security import install_security, principal_of_id, principal_of_person

__all__ = [
    "GRANTS", "Agency", "AgencyKind", "Duty", "GridDuty", "Person", "Role", "RoleName", "every_permission",
    "install_security", "permissions_of", "principal_of_id", "principal_of_person",
]
