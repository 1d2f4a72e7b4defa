"""The API against its own description: schemathesis asks every operation with what is described and what is not."""

import pytest
import schemathesis
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.config._phases import PhasesConfig, StatefulPhaseConfig
from schemathesis.engine import Status, events, from_schema

from patrol.infra.db import db
from patrol.infra.openapi import API
from tests.factories.patrols import create_city, sign_in

METHODS = {"get", "head", "post", "put", "patch", "delete"}


def description(app):
    return app.test_client().get(f"{API}/openapi.json").get_json()


def test_every_operation_of_the_api_is_described_with_all_it_may_answer(app):
    spec = description(app)
    served = {
        (rule.rule.replace("<", "{").replace(">", "}"), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(API) and rule.endpoint != "openapi.spec"
        for method in rule.methods - {"OPTIONS"} - ({"HEAD"} if "GET" in rule.methods else set())
    }
    described = {
        (path, method) for path, item in spec["paths"].items() for method in item if method in METHODS
    }
    assert described == served
    operations = [operation for item in spec["paths"].values() for operation in item.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    for operation in operations:
        assert operation["summary"], operation["operationId"]
        assert {"401", "403", "404", "500", "503"} <= set(operation["responses"])
        assert any(code.startswith("2") for code in operation["responses"])


def test_the_description_is_valid_openapi(app):
    from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

    assert list(OPENAPI_31_VALIDATOR.iter_errors(description(app))) == []


@pytest.mark.parametrize("address", ["me", "pack", "nothing-here", "photos/x", "sync"])
def test_every_refusal_is_a_problem_document(app, address):
    answer = app.test_client().get(f"{API}/{address}")
    assert answer.status_code in {401, 404, 405}
    assert answer.mimetype == "application/problem+json"
    assert {"type", "title", "status", "code", "message_zh", "message_en", "faults"} <= set(answer.get_json())


#: each engine is asked by another role, so that one run stays below a minute on a quiet machine
ASKER = {"spatialite": "inspector", "postgis": "liaison"}


@pytest.mark.timeout(300)
def test_no_operation_breaks_its_promise(app, database):
    """Examples, boundary values and random input for every operation, signed in as two different roles."""
    with app.app_context():
        city = create_city(db.session)
        client = sign_in(app, getattr(city, ASKER[database.kind]))
        db.session.remove()
    cookie = app.config["SESSION_COOKIE_NAME"]
    project = ProjectConfig(
        headers={"Cookie": f"{cookie}={client.get_cookie(cookie).value}", "X-Patrol": "1"},
        generation=GenerationConfig(max_examples=5, deterministic=True, no_shrink=True, database="none"),
        phases=PhasesConfig(stateful=StatefulPhaseConfig(enabled=False)),
        continue_on_failure=True,
    )
    config = SchemathesisConfig(projects=ProjectsConfig(default=project), seed=20261125)
    schema = schemathesis.openapi.from_wsgi(f"{API}/openapi.json", app, config=config)
    failures, asked = faults_of(from_schema(schema).execute())
    assert not failures, "\n\n".join(sorted(failures))
    assert asked > 60


def faults_of(stream):
    """Run the engine; return each distinct failure in words and the number of requests made."""
    failures, asked = set(), 0
    for event in stream:
        if isinstance(event, events.ScenarioFinished):
            asked += len(event.recorder.cases)
            for checks in event.recorder.checks.values():
                failures |= {
                    f"{event.recorder.label}: {check.name}: {check.failure_info.failure}"
                    for check in checks
                    if check.status == Status.FAILURE
                }
        if isinstance(event, events.NonFatalError | events.FatalError):
            failures.add(str(getattr(event, "info", None) or event.exception))
    return failures, asked
