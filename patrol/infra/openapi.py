"""The description of the API: complete, with our own error documents, for programs and for tests that fuzz it.

APIFlask writes what each view says about itself. Here it gets what all answers have in common: who may ask, the
problem document (RFC 9457) of every refusal, the statuses any answer may have, and routes that answer HEAD only.
"""

from __future__ import annotations

from typing import Any

from apiflask import APIFlask

API = "/api/v1"
PROBLEM = {"$ref": "#/components/schemas/Problem"}
#: what any operation may answer, whatever it is about
COMMON = {
    "400": "Not readable",
    "401": "Not signed in",
    "403": "Not included in the role, or not sent by the program itself",
    "404": "Not there, or not yours to see",
    "413": "Too large",
    "429": "Too many requests",
    "500": "A failure on our side; nothing was changed",
    "503": "The database is busy; try again",
}
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457, with every fault of the request at once, in both languages",
    "required": ["type", "title", "status", "code", "message_zh", "message_en", "faults"],
    "additionalProperties": False,
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "message_zh": {"type": "string"},
        "message_en": {"type": "string"},
        "faults": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "where", "message"],
                "properties": {name: {"type": "string"} for name in ("code", "where", "message")},
            },
        },
    },
}
PATTERNS = {"sha256": "^[0-9a-f]{64}$"}


def install_openapi(app: APIFlask) -> None:
    """Have the description completed each time it is made."""

    def complete(spec: Any) -> Any:
        return completed(app, spec)

    app.spec_processor(complete)


def completed(app: APIFlask, spec: dict[str, Any]) -> dict[str, Any]:
    """Return the description with everything that all operations share."""
    spec["paths"] = {path: item for path, item in spec["paths"].items() if path.startswith(API)}
    _add_heads(app, spec["paths"])
    components = spec.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = PROBLEM_SCHEMA
    cookie = app.config["SESSION_COOKIE_NAME"]
    components["securitySchemes"] = {"session": {"type": "apiKey", "in": "cookie", "name": cookie}}
    spec["security"] = [{"session": []}]
    names = sorted(
        {tag for item in spec["paths"].values() for op in item.values() for tag in op.get("tags", [])}
    )
    spec["tags"] = [{"name": name} for name in names]
    for path, item in spec["paths"].items():
        for method, operation in item.items():
            _complete(path, method, operation)
    return spec


def _add_heads(app: APIFlask, paths: dict[str, Any]) -> None:
    """APIFlask leaves out views that answer HEAD alone."""
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(API) or {"HEAD", "GET"} & set(rule.methods or ()) != {"HEAD"}:
            continue
        said = getattr(app.view_functions[rule.endpoint], "_spec", {})
        path = rule.rule.replace("<", "{").replace(">", "}")
        paths.setdefault(path, {})["head"] = {
            "summary": said.get("summary") or "",
            "description": said.get("description") or "",
            "tags": ["Phone"],
            "parameters": [
                {"in": "path", "name": name, "required": True, "schema": {"type": "string"}}
                for name in sorted(rule.arguments)
            ],
            "responses": {
                str(code): {"description": text} for code, text in (said.get("responses") or {}).items()
            },
        }


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    words = [part.strip("{}") for part in path.removeprefix(API).split("/") if part]
    operation["operationId"] = "_".join([method, *words]).replace("-", "_")
    for parameter in operation.get("parameters", []):
        _plain(parameter)
    responses = operation["responses"]
    for code, text in COMMON.items():
        responses.setdefault(code, {"description": text})
    for code, response in responses.items():
        if code.isdigit() and int(code) >= 400:
            response.pop("content", None)
            if method != "head":
                response["content"] = {"application/problem+json": {"schema": PROBLEM}}


def _plain(parameter: dict[str, Any]) -> None:
    """A parameter that may be left out is left out: there is no null in an address or a header."""
    schema = parameter["schema"]
    if "anyOf" in schema:
        kept = [each for each in schema.pop("anyOf") if each.get("type") != "null"]
        schema |= kept[0] if kept else {}
        schema.pop("default", None)
    if parameter["in"] == "path" and parameter["name"] in PATTERNS:
        schema["pattern"] = PATTERNS[parameter["name"]]
    elif parameter["in"] == "path" and parameter["name"].endswith("_uid"):
        schema["format"] = "uuid"
