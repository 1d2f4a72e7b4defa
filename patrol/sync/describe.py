"""Describes what a route takes in without letting the framework judge it.

APIFlask validates pydantic input before the view, and answers for the whole request. A batch is judged entry by
entry, and our refusals are problem documents, so the routes read their input themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from apiflask.schema_adapters import registry
from pydantic import BaseModel

View = TypeVar("View", bound=Callable[..., Any])


def takes(
    *,
    body: type[BaseModel] | None = None,
    headers: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
) -> Callable[[View], View]:
    """Put body, headers and query into the OpenAPI description of a view."""

    def mark(view: View) -> View:
        spec: dict[str, Any] = dict(getattr(view, "_spec", {}))
        if body is not None:
            spec |= {"body": registry.create_adapter(body).schema, "content_type": "application/json",
                     "body_example": None, "body_examples": None}  # fmt: skip
        if headers is not None:
            spec["args"] = [*spec.get("args", []), (registry.create_adapter(headers).schema, "headers")]
        if query is not None:
            spec["args"] = [*spec.get("args", []), (registry.create_adapter(query).schema, "query")]
        view._spec = spec  # type: ignore[attr-defined]
        return view

    return mark
