"""Every route declares who may use it; one that does not keeps the program from starting.

Write ``@allow("venues.read")`` under the route decorator, or ``@allow_anyone("why")`` for a page that needs
no account. ``writes=True`` marks a GET that leaves a trace (a look at a secret, for instance); all other GET
requests work on a reading session that never waits for a writer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, g, redirect, request, url_for
from flask_login import current_user

from patrol.core.errors import PatrolError, problem
from patrol.infra.csrf import check
from patrol.infra.db import Principal, bind_principal, db

SIGNED_OUT = problem("http.signed_out", en="Please sign in.", zh="请先登录。", status=401)
SESSION_OVER = problem(
    "http.session_over",
    en="Your sign-in ended while you were writing. Nothing was saved. Sign in, open the page again and enter it once "
    "more; what you wrote stands below, to be copied.",
    zh="您在填写过程中登录已失效，内容尚未保存。请重新登录后打开该页面再次填写；您写的内容列在下方，可以复制。",
    status=401,
)
FORBIDDEN = problem(
    "http.forbidden", en="Your role does not include this.", zh="您的岗位无此权限。", status=403
)

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Policy:
    """What a route demands. ``permission`` is empty for "any signed-in person"; ``anyone`` needs no account.

    ``reads_first`` marks an unsafe route that begins to write by itself (:func:`begin_writing`): who asks is found out
    without waiting for a writer.
    """

    permission: str = ""
    anyone: bool = False
    reason: str = ""
    writes: bool = False
    own_token: bool = False
    reads_first: bool = False


def allow(permission: str, *, writes: bool = False, reads_first: bool = False) -> Callable[[View], View]:
    """Let signed-in people whose role carries ``permission`` use this view."""
    return _declare(Policy(permission=permission, writes=writes, reads_first=reads_first))


def begin_writing(session: Any) -> None:
    """End the reading that came first: the next statement begins a transaction that may write.

    It ends by a commit of nothing: after a rollback psycopg forgets every statement it has prepared.
    """
    session.commit()
    session.info["readonly"] = False


def allow_signed_in(*, writes: bool = False) -> Callable[[View], View]:
    """Let every signed-in person use this view."""
    return _declare(Policy(writes=writes))


def allow_anyone(reason: str, *, writes: bool = False, own_token: bool = False) -> Callable[[View], View]:
    """Let everybody use this view; the reason is for the reader of the policy map.

    ``own_token`` marks a form that carries a signed token of its own, because it must not need a cookie.
    """
    if not reason.strip():
        raise ValueError("a public route needs a reason")
    return _declare(Policy(anyone=True, reason=reason, writes=writes, own_token=own_token))


def _declare(policy: Policy) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.patrol_policy = policy  # type: ignore[attr-defined]
        return view

    return mark


def policy_of(app: Flask, endpoint: str) -> Policy | None:
    """Return the declared policy of an endpoint, looking through decorators and class views."""
    declared: dict[str, Policy] = app.extensions.setdefault("patrol.policies", {})
    if endpoint in declared:
        return declared[endpoint]
    view: Any = app.view_functions.get(endpoint)
    while view is not None:
        policy: Policy | None = getattr(view, "patrol_policy", None)
        if policy is not None:
            return policy
        view = getattr(view, "__wrapped__", None)
    return None


def declare_endpoint(app: Flask, endpoint: str, policy: Policy) -> None:
    """Declare the policy of a route that a library registered."""
    app.extensions.setdefault("patrol.policies", {})[endpoint] = policy


def install_policy(
    app: Flask, principal_of_user: Callable[[Any], Principal | None], known: frozenset[str]
) -> None:
    """Check every route of ``app`` and guard it. ``known`` is the set of permissions that some role carries."""
    for endpoint in sorted({rule.endpoint for rule in app.url_map.iter_rules()}):
        policy = policy_of(app, endpoint)
        if policy is None:
            raise RuntimeError(f"route {endpoint} does not declare who may use it")
        if policy.permission and policy.permission not in known:
            raise RuntimeError(f"route {endpoint} asks for {policy.permission}, which no role carries")

    @app.before_request
    def guard() -> Any:
        return _guard(app, principal_of_user)


def _guard(app: Flask, principal_of_user: Callable[[Any], Principal | None]) -> Any:
    if request.endpoint is None:
        return None
    policy = policy_of(app, request.endpoint) or Policy()
    safe = request.method in {"GET", "HEAD", "OPTIONS"}
    reading = policy.reads_first or (safe and not policy.writes)
    db.session.info["readonly"] = reading
    principal = principal_of_user(current_user) if current_user.is_authenticated else None
    g.principal = principal
    bind_principal(db.session, principal)
    if principal is None and not (safe or policy.anyone or wants_json()):
        raise PatrolError(SESSION_OVER)
    if not policy.own_token and (principal is not None or not request.path.startswith("/api/")):
        check()
    if policy.anyone:
        return None
    if principal is None:
        return _ask_to_sign_in()
    if policy.permission and not principal.may(policy.permission):
        raise PatrolError(FORBIDDEN)
    return None


def wants_json() -> bool:
    """Say whether the asker is a program rather than a person with a page."""
    return request.path.startswith("/api/") or request.path.endswith(".json") or "X-Patrol" in request.headers


def _ask_to_sign_in() -> Any:
    if wants_json():
        raise PatrolError(SIGNED_OUT)
    here = request.full_path if request.query_string else request.path
    return redirect(url_for("security.login", next=here if request.method == "GET" else None))
