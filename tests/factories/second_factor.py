"""A second factor for a person of a test, and the codes that their phone would show."""

import datetime as dt

from flask import current_app

from patrol.accounts import begin_second_factor, code_now, confirm_second_factor, principal_of_person
from patrol.core.clock import FixedClock
from patrol.infra.crypto import keyring


class Authenticator:
    """A phone that knows the secret, and the recovery codes that lie beside it."""

    def __init__(self, secret, recovery):
        self.secret, self.recovery = secret, list(recovery)

    def code(self):
        """Return the six digits of now."""
        return code_now(self.secret, dt.datetime.now(dt.UTC))

    def spare(self):
        """Use up a recovery code: many acts within one half minute need more than the one code it has."""
        return self.recovery.pop()


def enrol(session, person):
    """Give ``person`` a second factor that is in force since two minutes ago, and return their phone."""
    clock = FixedClock(dt.datetime.now(dt.UTC) - dt.timedelta(minutes=2))
    actor, ring = principal_of_person(person), keyring(current_app.config["SETTINGS"])
    secret = begin_second_factor(session, actor, ring, clock=clock)
    recovery = confirm_second_factor(session, actor, code_now(secret, clock.now()), ring, clock=clock)
    return Authenticator(secret, recovery)
