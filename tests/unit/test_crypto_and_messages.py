"""Sealed fields open only at their place and with their key; messages are handed over or kept."""

import datetime as dt
import http.server
import json
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.core.errors import PatrolError
from patrol.infra.config import read_settings
from patrol.infra.crypto import Keyring, keyring
from patrol.infra.messages import Message, Way, send_message, sms_parts

NOW = dt.datetime(2026, 5, 1, 8, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return Keyring(tmp_path_factory.mktemp("keys"))


@given(text=st.text(max_size=80))
def test_what_is_sealed_opens_again_and_never_looks_the_same(keys, text):
    sealed = [keys.seal(text, "person|id|7") for _ in range(2)]
    assert [keys.unseal(each, "person|id|7") for each in sealed] == [text, text]
    assert sealed[0] != sealed[1]
    assert len(text) < 4 or text not in sealed[0]


@given(place=st.text(max_size=20).filter(lambda p: p != "t|c|1"), flip=st.integers(0, 39))
def test_a_field_moved_or_altered_does_not_open(keys, place, flip):
    sealed = keys.seal("110105194912310021", "t|c|1")
    with pytest.raises(PatrolError, match="does not open"):
        keys.unseal(sealed, place)
    at = 3 + flip
    altered = sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :]
    with pytest.raises(PatrolError, match="does not open"):
        keys.unseal(altered, "t|c|1")


def test_a_rotated_key_seals_anew_and_the_old_one_still_opens(tmp_path):
    keys = Keyring(tmp_path / "keys")
    old = keys.seal("旧", "t|c|1")
    assert keys.rotate() == 2
    new = keys.seal("新", "t|c|1")
    assert (old[:3], new[:3]) == ("k1.", "k2.")
    assert keys.unseal(old, "t|c|1") + keys.unseal(new, "t|c|1") == "旧新"
    (tmp_path / "keys" / "field-1.key").unlink()
    with pytest.raises(PatrolError, match="version 1"):
        keys.unseal(old, "t|c|1")


def test_keys_are_for_their_owner_only_and_an_index_needs_its_own(tmp_path):
    keys = keyring(read_settings({"DATA_DIR": str(tmp_path)}))
    keys.seal("x", "t|c|1")
    assert keys.blind_index("110", "id") == keys.blind_index("110", "id") != keys.blind_index("110", "phone")
    assert {path.stat().st_mode & 0o777 for path in keys.folder.iterdir()} == {0o600}
    assert sorted(path.name for path in keys.folder.iterdir()) == ["field-1.key", "index.key"]


def test_without_a_gateway_messages_are_kept_in_a_file(tmp_path):
    settings = read_settings({"DATA_DIR": str(tmp_path)})
    assert send_message(settings, Message(Way.SMS, "13800000000", "您的举报已受理"), at=NOW) == "file"
    line = json.loads((tmp_path / "messages.jsonl").read_text())
    assert (line["to"], line["text"]) == ("13800000000", "您的举报已受理")


class Gateway(http.server.BaseHTTPRequestHandler):
    """Takes SMS and speaks 企业微信."""

    got = []

    def do_GET(self):
        self._answer({"access_token": "T"})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Gateway.got.append((self.path, body))
        self._answer({"errcode": 40003, "errmsg": "invalid user"} if body.get("touser") == "nobody" else {})

    def _answer(self, body):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_words):
        """Say nothing."""


def test_gateways_get_what_is_sent_and_their_refusals_are_told(tmp_path):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gateway) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        here = f"http://127.0.0.1:{server.server_port}"
        settings = read_settings(
            {"DATA_DIR": str(tmp_path), "SMS_GATEWAY": f"{here}/sms", "WECOM_HOST": here, "WECOM_CORP": "c"}
        )
        assert send_message(settings, Message(Way.SMS, "139", "一"), at=NOW) == "sms"
        assert send_message(settings, Message(Way.WECOM, "zhang", "二"), at=NOW) == "wecom"
        with pytest.raises(PatrolError, match="invalid user"):
            send_message(settings, Message(Way.WECOM, "nobody", "三"), at=NOW)
        server.shutdown()
    assert Gateway.got[0][1]["text"] == "一"
    assert Gateway.got[1][0] == "/cgi-bin/message/send?access_token=T"
    with pytest.raises(PatrolError, match="kept"):
        send_message(settings, Message(Way.SMS, "139", "四"), at=NOW)


def sms_table():
    """Texts and what they cost, shared with the page's own count (tests/js/text.test.js)."""
    return json.loads((Path(__file__).parent / "known_answers" / "sms_parts.json").read_text("utf-8"))


@pytest.mark.parametrize(("piece", "times", "parts"), sms_table())
def test_a_text_costs_what_the_standard_says(piece, times, parts):
    assert sms_parts(piece * times) == parts
