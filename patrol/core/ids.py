"""Identifiers of records: UUID version 7, made on a phone or here, sorted by the moment of their making."""

from __future__ import annotations

import re
import uuid
from typing import Protocol

from patrol.core.clock import Clock

_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


class Rng(Protocol):
    """A source of chance: ``random.Random`` in tests and demos, ``secrets.SystemRandom`` in production."""

    def getrandbits(self, k: int, /) -> int:
        """Return ``k`` random bits as an integer."""
        ...


def new_uid(clock: Clock, rng: Rng) -> str:
    """Make a UUIDv7 (RFC 9562 §5.7): 48 bits of Unix milliseconds from ``clock``, 74 bits from ``rng``."""
    milliseconds = int(clock.now().timestamp() * 1000) & (2**48 - 1)
    value = milliseconds << 80 | 0x7 << 76 | rng.getrandbits(12) << 64 | 0b10 << 62 | rng.getrandbits(62)
    return str(uuid.UUID(int=value))


def is_uid(text: object) -> bool:
    """Tell whether ``text`` is a UUID as this program writes it: lower case, hyphens, RFC variant.

    >>> is_uid("01890a5d-ac96-774b-bcce-b302099a8057"), is_uid("01890A5D-AC96-774B-BCCE-B302099A8057")
    (True, False)
    """
    return isinstance(text, str) and _UID.fullmatch(text) is not None
