"""What most tests of plans begin with; a file that wants another branch or desk says so itself."""

import pytest

from tests.factories.routes import Branch


@pytest.fixture
def branch(session):
    """A branch with two teams and ten venues that are due."""
    return Branch(session)


@pytest.fixture
def desk(app, branch):
    """The branch's manager, signed in."""
    return branch.desk(app)
