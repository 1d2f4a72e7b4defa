"""Routes are decisions: who may is written down, and every address can be tested (docs/permissions.md)."""

import pytest

from patrol import create_app
from patrol.accounts import GRANTS, RoleName
from patrol.infra.policy import policy_of
from tests.factories.matrix import EXAMPLES, PUBLIC, READERS_WRITE, SIGNED_IN


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The program without a migrated database: only its routes are looked at."""
    return create_app(
        {"DATA_DIR": str(tmp_path_factory.mktemp("routes")), "DATABASE_URL": "", "TESTING": True}
    )


def test_every_address_has_an_example_for_the_permission_matrix(app):
    missing = {
        f"{name} ({rule})"
        for rule in app.url_map.iter_rules()
        for name in rule.arguments
        if name not in EXAMPLES and f"{rule.endpoint}:{name}" not in EXAMPLES
    }
    assert not missing, (
        f"say in EXAMPLES of tests/factories/matrix.py how such an object is made: {sorted(missing)}"
    )


def test_public_and_unbounded_routes_are_decisions_written_down(app):
    policies = {rule.endpoint: policy_of(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    assert {name for name, policy in policies.items() if policy.anyone} == PUBLIC
    assert {name for name, p in policies.items() if not p.anyone and not p.permission} == SIGNED_IN


def test_who_may_only_read_cannot_write(app):
    """A route that takes POST, PUT, PATCH or DELETE asks for more than a permission to read."""
    weak = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if (rule.methods - {"GET", "HEAD", "OPTIONS"})
        and policy_of(app, rule.endpoint).permission.rpartition(".")[2].startswith("read")
    }
    assert weak <= READERS_WRITE, f"these change something but ask only for a permission to read: {weak}"


def test_the_three_administrators_stay_apart():
    """等保: who keeps accounts, who watches over security and who audits are three people with disjoint powers."""
    of = {role: {name for name, roles in GRANTS.items() if role in roles} for role in RoleName}
    system, security, auditor = (
        of[RoleName.SYSTEM_ADMINISTRATOR],
        of[RoleName.SECURITY_ADMINISTRATOR],
        of[RoleName.AUDITOR],
    )
    assert auditor == {"audit.read"}
    assert "audit.read" not in system
    assert not {name for name in security if name.rpartition(".")[2].startswith(("edit", "import"))}
    for records in (
        "findings.read",
        "sightings.read",
        "sightings.see_reporter",
        "patrols.read",
        "venues.read",
    ):
        assert records not in system | security | auditor


def test_a_liaison_reports_and_walks_along_but_reads_no_register():
    carried = {name for name, roles in GRANTS.items() if RoleName.COMMUNITY_LIAISON in roles}
    # Sums of the own grids, counts below 5 withheld: no record can be read from them.
    aggregates = {"hotspots.read_own"}
    assert carried - aggregates == {"phone.use", "phone.patrol", "sightings.report", "patrols.read_own"}


def test_every_view_has_a_name_that_the_limiter_can_call_it_by(app):
    from flask_limiter.util import get_qualified_name

    for endpoint, view in app.view_functions.items():
        assert get_qualified_name(view), endpoint
