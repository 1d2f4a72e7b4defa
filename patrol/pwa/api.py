"""The shell's side of the API: the key for which phones seal their rescue files."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import current_app
from pydantic import BaseModel

from patrol.infra.policy import allow
from patrol.sync import public_key

blueprint = APIBlueprint("pwa_api", __name__, url_prefix="/api/v1", tag="Phone")
blueprints = (blueprint,)


class RescueKeyOut(BaseModel):
    """A public key: its name, and its DER form in base64."""

    id: str
    spki: str


@blueprint.get("/rescue-key")
@blueprint.output(RescueKeyOut)
@blueprint.doc(
    summary="The bureau's key for rescue files",
    description="RSA-OAEP with SHA-256. A phone wraps its data key for it once; docs/sync.md describes the file.",
    responses={401: "Signed out", 403: "Not allowed"},
)
@allow("phone.use")
def rescue_key() -> Any:
    """Give the public half of the bureau's key."""
    return public_key(current_app.config["SETTINGS"])
