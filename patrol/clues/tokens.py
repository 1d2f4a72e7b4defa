"""The hidden token of the resident's form: it stands for a cookie, names the report once, and expires."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeTimedSerializer

from patrol.clues.domain import STALE_FORM
from patrol.core.errors import PatrolError
from patrol.core.ids import is_uid

DAY_S = 24 * 3600


def _signer(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt="patrol.clues.report")


def make_token(secret: str, uid: str) -> str:
    """Sign the number that the report will have."""
    return _signer(secret).dumps(uid)


def read_token(secret: str, token: str) -> str:
    """Return the number in a token; raises :class:`PatrolError` for one that is forged or a day old."""
    try:
        uid = _signer(secret).loads(token, max_age=DAY_S)
    except BadSignature as error:
        raise PatrolError(STALE_FORM) from error
    if not is_uid(uid):
        raise PatrolError(STALE_FORM)
    return str(uid)
