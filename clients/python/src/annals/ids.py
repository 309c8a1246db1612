"""The ids of operations, and how long ago one began by its id: pure but for the clock.

An act that goes on after its request was answered may end in another process, and nothing but its
id is handed on. Ids that are made here hold the millisecond they were made in (RFC 9562, UUIDv7);
of others nothing is known, and nothing is claimed.
"""

from __future__ import annotations

import secrets
import time
import uuid

_RANDOM_BITS = 80
_VERSION_AT, _VARIANT_AT = 76, 62


def new_id() -> str:
    """A new id, unlike any other."""
    if hasattr(uuid, "uuid7"):
        return str(uuid.uuid7())
    return str(version_7(now_ms(), secrets.randbits(_RANDOM_BITS)))


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def version_7(ms: int, random: int) -> uuid.UUID:
    """48 bits of time, then 80 random ones, of which version and variant take six."""
    value = (ms << _RANDOM_BITS) | random
    value &= ~((0xF << _VERSION_AT) | (0b11 << _VARIANT_AT))
    return uuid.UUID(int=value | (7 << _VERSION_AT) | (0b10 << _VARIANT_AT))


def since_ms(id: str, now: int) -> int | None:
    """Milliseconds since this id was made; none of other ids than UUIDv7, nor of one from the
    future."""
    try:
        known = uuid.UUID(id)
    except ValueError:
        return None
    took = now - (known.int >> _RANDOM_BITS)
    return took if known.version == 7 and took >= 0 else None
