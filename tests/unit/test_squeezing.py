"""Data goes out compressed to readers who can unpack it, and byte for byte the same."""

import gzip

import pytest
from flask import Flask, Response

from patrol.infra.squeezing import squeezed

LONG = b'{"points": [' + b"1234, " * 1000 + b"0]}"


def answer(body, mimetype, accepted):
    with Flask(__name__).test_request_context(headers={"Accept-Encoding": accepted} if accepted else {}):
        return squeezed(Response(body, mimetype=mimetype))


def test_long_data_is_a_fraction_and_unpacks_to_itself():
    made = answer(LONG, "application/json", "gzip, br")
    assert made.content_encoding == "gzip"
    assert "Accept-Encoding" in made.vary
    assert made.content_length == len(made.get_data()) < len(LONG) / 10
    assert gzip.decompress(made.get_data()) == LONG


@pytest.mark.parametrize(
    ("body", "mimetype", "accepted"),
    [
        (LONG, "application/json", ""),
        (LONG, "application/json", "gzip;q=0, br"),
        (b"{}", "application/json", "gzip"),
        (LONG, "image/png", "gzip"),
        (LONG, "text/html", "gzip"),
    ],
)
def test_what_cannot_be_unpacked_or_is_not_worth_it_or_may_hold_secrets_goes_as_it_is(
    body, mimetype, accepted
):
    made = answer(body, mimetype, accepted)
    assert made.content_encoding is None
    assert made.get_data() == body
