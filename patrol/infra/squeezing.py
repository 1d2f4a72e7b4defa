"""Data that is large as text, sent compressed. Only for answers without secrets: pages keep their own length."""

from __future__ import annotations

import gzip

from flask import Response, request

#: shorter answers fit one packet anyway
WORTH_BYTES = 1400
PLAIN = {"application/json", "application/geo+json", "text/javascript", "text/csv"}


def squeezed(response: Response) -> Response:
    """Compress JSON, scripts and tables that are worth it for a reader who can unpack them; nothing else."""
    if response.mimetype not in PLAIN:
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) < WORTH_BYTES or request.accept_encodings["gzip"] <= 0:
        return response
    response.set_data(gzip.compress(body, 6, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    return response
