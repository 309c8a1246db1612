"""The bytes of a spool's segment: `docs/formats/spool.md`. Pure.

A block is what one write and one sync put there; each is chained to the one before. Only the last
block of the last segment may be torn: the next is not begun before the last is durable.
"""

from __future__ import annotations

import hashlib
import struct
from typing import NamedTuple

MAGIC = b"annspl1\n"
HEADER_BYTES = 48
FIRST_CHAIN = bytes(32)
PAYLOAD_BYTES_MAX = 1 << 20
ITEM_BYTES = 5 + 8 + 32

EVENT, INTENT, OUTCOME = 1, 2, 3


class Item(NamedTuple):
    """One thing to be told to the server; the payload is JSON text."""

    kind: int
    payload: bytes


class Torn(Exception):
    """The beginning of a block whose write did not come to its end."""


class Broken(Exception):
    """Something that no crash leaves behind."""


def header(first: int, chain: bytes) -> bytes:
    """What a segment begins with: the number of its first item, the chain before it."""
    return MAGIC + struct.pack(">Q", first) + chain


def parse_header(data: bytes) -> tuple[int, bytes] | None:
    """Number of the first item and chain; none if this is no segment."""
    if len(data) < HEADER_BYTES or not data.startswith(MAGIC):
        return None
    return struct.unpack(">Q", data[8:16])[0], data[16:HEADER_BYTES]


def block(chain: bytes, items: list[Item]) -> tuple[bytes, bytes]:
    """A block's bytes, and the chain behind it."""
    body = b"".join(struct.pack(">BI", kind, len(data)) + data for kind, data in items)
    length = struct.pack(">I", len(body))
    link = _link(chain, length, body)
    return length + _check(chain, length) + body + link, link


def next_block(chain: bytes, data: bytes, at: int) -> tuple[list[Item], int, bytes] | None:
    """The block at `at`: its items, where it ends, the chain behind it. None at the end."""
    if at == len(data):
        return None
    head = data[at : at + 8]
    if len(head) < 8 or head == bytes(8):
        raise Torn
    length = head[:4]
    if head[4:] != _check(chain, length):
        raise Broken
    start = at + 8
    stop = start + struct.unpack(">I", length)[0]
    end = stop + 32
    if end > len(data):
        raise Torn
    body, link = data[start:stop], data[stop:end]
    if link != _link(chain, length, body):
        raise Torn if end == len(data) else Broken
    return _items(body), end, link


def _items(body: bytes) -> list[Item]:
    items, at = [], 0
    while at < len(body):
        if at + 5 > len(body):
            raise Broken
        kind, size = struct.unpack(">BI", body[at : at + 5])
        payload = body[at + 5 : at + 5 + size]
        if kind not in (EVENT, INTENT, OUTCOME) or len(payload) != size:
            raise Broken
        items.append(Item(kind, payload))
        at += 5 + size
    return items


def _check(chain: bytes, length: bytes) -> bytes:
    return hashlib.sha256(b"length" + chain + length).digest()[:4]


def _link(chain: bytes, length: bytes, body: bytes) -> bytes:
    return hashlib.sha256(chain + length + body).digest()
