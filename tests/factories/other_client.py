"""Another client: it signs in, takes the pack, sends entries and photos, and follows the feed. Knows docs/sync.md only."""

import hashlib
import http.cookiejar
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from datetime import UTC, datetime
from types import SimpleNamespace


class _StaysHere(urllib.request.HTTPRedirectHandler):
    """A redirect is no answer."""

    def redirect_request(self, *_given):
        """Follow none."""
        return None


def now():
    """Say the time with an offset."""
    return datetime.now(UTC).isoformat()


def uuid7():
    """Make a UUIDv7: 48 bits of milliseconds, then chance."""
    chance = uuid.uuid4().int & ((1 << 80) - 1)
    number = (int(time.time() * 1000) << 80) | (0x7 << 76) | (chance & ((1 << 76) - 1))
    return str(uuid.UUID(int=(number & ~(0x3 << 62)) | (0x2 << 62)))


def canonical(value):
    """Write canonical JSON (RFC 8785) of texts, whole numbers, lists and objects; simple decimals as ECMAScript does."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(each) for each in value) + "]"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)


class Client:
    """One person on one device."""

    def __init__(self, url):
        self.url, self.person, self.sequence, self.device = url, None, 0, uuid7()
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar, _StaysHere())

    def ask(self, method, path, body=None, **headers):
        """Ask once; return status, headers and body, whatever the status."""
        named = {name.replace("_", "-"): str(value) for name, value in headers.items()}
        if method not in {"GET", "HEAD"}:
            named.setdefault("X-Patrol", "1")
        named.setdefault("Accept", "application/json")
        asked = urllib.request.Request(self.url + path, data=body, method=method, headers=named)
        try:
            with self.opener.open(asked, timeout=60) as answer:
                return self._told(answer)
        except urllib.error.HTTPError as answer:
            return self._told(answer)

    @staticmethod
    def _told(answer):
        raw = answer.read()
        kind = answer.headers.get_content_type()
        body = json.loads(raw) if raw and kind.endswith("json") else {}
        return SimpleNamespace(status=answer.status, headers=answer.headers, body=body, raw=raw, kind=kind)

    def sign_in(self, username, password):
        """Sign in with the form, and learn who that is."""
        page = self.ask("GET", "/login", Accept="text/html").raw.decode()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
        form = urllib.parse.urlencode({"csrf_token": token, "username": username, "password": password})
        kind = "application/x-www-form-urlencoded"
        assert self.ask("POST", "/login", form.encode(), Content_Type=kind, Accept="text/html").status == 302
        self.person = self.ask("GET", "/api/v1/me").body["person"]
        return self

    def entry(self, kind, body, **other):
        """Wrap a body: named once, numbered, timed, hashed."""
        self.sequence += 1
        sha256 = hashlib.sha256(canonical(body).encode()).hexdigest()
        return {"id": uuid7(), "kind": kind, "schema": 2, "device_seq": self.sequence, "captured_at": now(),
                "sha256": sha256, "body": body} | other  # fmt: skip

    def send(self, *entries, owner=None, **envelope):
        """Send a batch."""
        batch = {"device_uid": self.device, "schema": 2, "sent_at": now(), "unsent": len(entries),
                 "entries": list(entries)} | envelope  # fmt: skip
        return self.ask("POST", "/api/v1/sync", json.dumps(batch).encode(), Content_Type="application/json",
                        X_Patrol_Person=owner or self.person["uid"])  # fmt: skip

    def amend(self, venue_uid, **changes):
        """Correct a venue: each field with what was seen and what is wanted."""
        pairs = {name: {"seen": seen, "wanted": wanted} for name, (seen, wanted) in changes.items()}
        return self.send(self.entry("venue.amend", {"venue_uid": venue_uid, "changes": pairs}))

    def piece(self, sha256, offset, data, whole):
        """Send one piece of a file of ``whole`` bytes."""
        return self.ask("PUT", f"/api/v1/blobs/{sha256}", data, Upload_Offset=offset, Upload_Length=whole,
                        X_Patrol_Person=self.person["uid"], Content_Type="application/octet-stream")  # fmt: skip

    def stands(self, sha256):
        """Ask how far a file has come: status, bytes, whether it is whole."""
        told = self.ask("HEAD", f"/api/v1/blobs/{sha256}", X_Patrol_Person=self.person["uid"])
        return told.status, int(told.headers.get("Upload-Offset", -1)), told.headers.get("Upload-Complete")

    def feed(self, cursor=""):
        """Ask what changed since a cursor; without one, everything."""
        path = "/api/v1/feed" + (f"?cursor={urllib.parse.quote(cursor)}" if cursor else "")
        return self.ask("GET", path, X_Patrol_Person=self.person["uid"])
