"""A network that misbehaves on request: it stands between the browser and the server and is told what to do.

A plan is asked about every request to the API, before it is passed on, and names what shall become of it:

=========  =====================================================================================
pass       the request and its answer go through
refuse     the connection is cut before the server hears anything
lose       the server does its work, the answer never arrives
error      the server does its work, the phone is told 500
half       the server does its work, half of the answer arrives, then the connection is cut
stall      the server does its work, half of the answer arrives, then silence until ``release``
twice      the request reaches the server twice, the phone hears the second answer
portal     a captive portal answers 200 with a page of its own; the server hears nothing
hold       the request waits before it is passed on, until ``release``
never      strikes and waits for ``release``, then cuts: the server hears nothing
gone       the server does its work, then strikes, waits for ``release`` and cuts
soon       strikes as the last byte of the answer leaves
=========  =====================================================================================

To strike is to tell the test that its moment has come: ``network.struck``.
"""

import http.client
import re
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORTAL = b"<!doctype html><title>Free WLAN</title><h1>Welcome! Please accept the terms.</h1>"
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
PATIENCE_S = 60


@dataclass
class Seen:
    """One request to the API, in the order they came, and when it was passed on and answered."""

    number: int
    method: str
    path: str
    begun: float
    ended: float = 0.0
    body: bytes = b""
    what: str = "pass"

    @property
    def step(self):
        """Say which step of the protocol this is."""
        if self.path.startswith("/api/v1/sync"):
            return "batch"
        if self.path.startswith("/api/v1/blobs/"):
            return "ask" if self.method == "HEAD" else "chunk"
        return re.sub(r"^/api/v1/", "", self.path.split("?")[0])


@dataclass
class Network:
    """What tests hold: the address, the plan, and what went by."""

    url: str
    upstream: tuple[str, int]
    plan: object = None
    seen: list[Seen] = field(default_factory=list)
    worker_version: bytes = b""
    struck: threading.Event = field(default_factory=threading.Event)
    _released: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, plan=None):
        """Forget what went by and follow a new plan (a function of :class:`Seen`, or nothing)."""
        self._released.set()
        with self._lock:
            self._released, self.struck = threading.Event(), threading.Event()
            self.plan, self.seen = plan, []

    def release(self):
        """Let go of every request that is held or stalled."""
        self._released.set()

    def decide(self, method, path, body):
        """Note a request and ask the plan about it."""
        with self._lock:
            seen = Seen(len(self.seen), method, path, time.monotonic(), body=body)
            self.seen.append(seen)
            released, plan = self._released, self.plan
        seen.what = (plan(seen) if plan else None) or "pass"
        return seen, released

    def together(self):
        """Return the pairs of sending requests that were under way at the same time: two flushers at work."""
        sending = [one for one in self.seen if one.step in {"batch", "chunk"} and one.ended]
        return [
            (one.number, other.number)
            for one in sending
            for other in sending
            if one.number < other.number and other.begun < one.ended and one.begun < other.ended
        ]


class Handler(BaseHTTPRequestHandler):
    """Passes requests on, or does what the plan says."""

    protocol_version = "HTTP/1.1"
    network: Network

    def log_message(self, *_words):
        """Say nothing."""

    def do_GET(self):
        self.handle_one()

    do_POST = do_PUT = do_HEAD = do_DELETE = do_GET

    def handle_one(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self.path.startswith("/api/"):
            return self.answer(*self.forward(body))
        seen, released = self.network.decide(self.command, self.path, body)
        try:
            getattr(self, f"do_{seen.what}")(body, released)
        finally:
            seen.ended = time.monotonic()

    def forward(self, body):
        """Ask the server; status, headers and body of its answer."""
        upstream = http.client.HTTPConnection(*self.network.upstream, timeout=PATIENCE_S)
        # The worker gets bytes of its own, so its old copy must not be asked for or compared.
        dropped = HOP | (
            {"accept-encoding", "if-none-match", "if-modified-since"} if self.path == "/sw.js" else set()
        )
        headers = {name: value for name, value in self.headers.items() if name.lower() not in dropped}
        if body or self.command in {"POST", "PUT"}:
            headers["Content-Length"] = str(len(body))
        try:
            upstream.request(self.command, self.path, body or None, headers)
            answer = upstream.getresponse()
            data = answer.read()
            if self.path == "/sw.js":
                data += self.network.worker_version
            return answer.status, answer.getheaders(), data
        finally:
            upstream.close()

    def answer(self, status, headers, data, *, only=None):
        """Write an answer, or only its first bytes."""
        try:
            self.send_response_only(status)
            length = len(data)
            for name, value in headers:
                if name.lower() == "content-length" and self.command == "HEAD":
                    length = int(value)
                elif name.lower() not in HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data if only is None else data[:only])
            self.wfile.flush()
        except OSError:
            self.close_connection = True  # the browser is gone, which is the point of many a test

    def do_pass(self, body, _released):
        self.answer(*self.forward(body))

    def do_refuse(self, _body, _released):
        self.close_connection = True

    def do_lose(self, body, _released):
        self.forward(body)
        self.close_connection = True

    def do_error(self, body, _released):
        self.forward(body)
        self.answer(500, [("Content-Type", "text/html")], b"<h1>Internal Server Error</h1>")

    def do_half(self, body, _released):
        status, headers, data = self.forward(body)
        self.answer(status, headers, data, only=len(data) // 2)
        self.close_connection = True

    def do_stall(self, body, released):
        status, headers, data = self.forward(body)
        self.answer(status, headers, data, only=len(data) // 2)
        released.wait(PATIENCE_S)
        self.close_connection = True

    def do_twice(self, body, _released):
        self.forward(body)
        self.answer(*self.forward(body))

    def do_portal(self, _body, _released):
        self.answer(200, [("Content-Type", "text/html")], PORTAL)

    def do_never(self, _body, released):
        self.network.struck.set()
        released.wait(PATIENCE_S)
        self.close_connection = True

    def do_gone(self, body, released):
        self.forward(body)
        self.do_never(body, released)

    def do_soon(self, body, _released):
        self.answer(*self.forward(body))
        self.network.struck.set()

    def do_hold(self, body, released):
        released.wait(PATIENCE_S)
        self.answer(*self.forward(body))


class Quiet(ThreadingHTTPServer):
    """A server whose peers are killed all the time, which is nothing to write about."""

    daemon_threads = True

    def handle_error(self, request, client_address):
        """Say nothing."""


def open_network(upstream_url):
    """Start a proxy before a server; returns it and its thread's server, which the caller shuts down."""
    host, port = upstream_url.removeprefix("http://").split(":")
    network = Network("", (host, int(port)))
    handler = type("BoundHandler", (Handler,), {"network": network})
    server = Quiet(("127.0.0.1", 0), handler)
    network.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, name="faulty network", daemon=True).start()
    return network, server
