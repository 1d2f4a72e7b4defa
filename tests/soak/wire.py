"""HTTP as a bad network does it: cut, truncated, doubled, slow, half answered."""

import contextlib
import json
import random
import socket
import struct
import time
from dataclasses import dataclass

FAULTS = ("truncated", "cut", "half", "slow", "twice")


@dataclass
class Answer:
    """A whole answer; ``status`` 0 stands for none."""

    status: int = 0
    body: dict | None = None
    headers: dict | None = None
    reached: bool = True

    @property
    def ours(self):
        """Whether this is a receipt in our own words."""
        return 200 <= self.status < 300 and (self.body or {}).get("receipt_of") == "patrol"


def ask(address, method, path, cookie, body=b"", headers=None, fault="", rng=random, timeout=20):
    """Send one request through one kind of bad luck; return what a phone would have understood."""
    named = {"Host": "localhost", "Cookie": cookie, "X-Patrol": "1", "Connection": "close",
             "Content-Length": str(len(body)), **(headers or {})}  # fmt: skip
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in named.items()) + "\r\n"
    whole = head.encode() + body
    try:
        if fault == "twice":
            with contextlib.suppress(OSError), socket.create_connection(address, timeout=timeout) as other:
                other.sendall(whole)
                answer = _once(address, whole, "", rng, timeout, method)
                other.recv(1)
                return answer
        return _once(address, whole, fault, rng, timeout, method)
    except ConnectionRefusedError:
        return Answer(reached=False)
    except (OSError, ValueError, IndexError):
        return Answer()


def _once(address, whole, fault, rng, timeout, method):
    with socket.create_connection(address, timeout=timeout) as line:
        if fault == "truncated":
            line.sendall(whole[: rng.randrange(1, len(whole))])
            return _slam(line)
        if fault == "slow":
            for start in range(0, len(whole), max(1, len(whole) // 4)):
                line.sendall(whole[start : start + max(1, len(whole) // 4)])
                time.sleep(rng.uniform(0, 0.02))
        else:
            line.sendall(whole)
        if fault == "cut":
            time.sleep(rng.uniform(0, 0.02))
            return _slam(line)
        if fault == "half":
            line.recv(rng.randrange(1, 120))
            return _slam(line)
        return _read(line, method)


def _slam(line):
    """End the connection by a reset, as a phone in a lift does."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return Answer()


def _read(line, method):
    raw = b""
    while b"\r\n\r\n" not in raw:
        piece = line.recv(65536)
        if not piece:
            return Answer()
        raw += piece
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (each.partition(":") for each in rest)
    }
    length = 0 if method == "HEAD" else int(headers.get("content-length", 0))
    while len(body) < length:
        piece = line.recv(65536)
        if not piece:
            return Answer()
        body += piece
    told = json.loads(body) if "json" in headers.get("content-type", "") else None
    return Answer(int(first.split()[1]), told, headers)
