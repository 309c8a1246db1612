"""A folder in which events wait, durable and in order, until the server has them.

One process owns a folder. What many threads hand over at once becomes one block and one sync, and
only then is any of them told. The size is limited; its last tenth is kept for outcomes, so that
what could begin can end. A failed sync stops the spool for good.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections import deque
from pathlib import Path

from . import format as fmt
from .errors import Damaged, Full, InUse, SpoolError, Stopped
from .format import HEADER_BYTES, ITEM_BYTES, OUTCOME, PAYLOAD_BYTES_MAX, Item

SEGMENT_BYTES_MAX = 8 << 20
SEGMENTS_COUNT_MIN = 8
BODY_BYTES_ENOUGH = 1 << 20
OUTCOMES_PART = 10


class _Segment:
    def __init__(self, path: Path, first: int, chain: bytes, size: int):
        self.path, self.first, self.chain, self.size = path, first, chain, size


class _Order:
    def __init__(self, item: Item, size: int):
        self.item, self.size = item, size
        self.number: int | None = None
        self.error: Exception | None = None


class Spool:
    """Events waiting on disk."""

    def __init__(self, folder: str | os.PathLike, bytes_max: int = 1 << 30):
        self.folder = Path(folder)
        self.bytes_max = bytes_max
        self._segment_bytes = min(SEGMENT_BYTES_MAX, bytes_max // SEGMENTS_COUNT_MIN)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock_file = open(self.folder / "lock", "w")
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InUse(f"{self.folder}: another process uses this spool") from error
        self.bell = threading.Condition()
        self._writing = threading.Lock()
        self._orders: deque[_Order] = deque()
        self._on_the_way = 0
        self._stopped = False
        self._segments: deque[_Segment] = deque()
        # Where reading goes on: segment, offset, number, chain.
        self._read_to: tuple[int, int, int, bytes] = (-1, 0, 0, b"")
        self.sent = self._read_sent()
        self.end, self._chain = self.sent, fmt.FIRST_CHAIN
        paths = sorted(self.folder.glob("*.spool"))
        for path in paths:
            self._take_in(path, path == paths[-1])
        if not self._segments:
            self._segments.append(self._create())
        self.sent = min(max(self.sent, self._segments[0].first), self.end)
        self._file = open(self._segments[-1].path, "r+b", buffering=0)

    def append(self, kind: int, payload: bytes) -> int:
        """Puts an item behind the others; returns its number once it is durable."""
        if len(payload) > PAYLOAD_BYTES_MAX:
            raise SpoolError(f"the event has {len(payload)} bytes; at most {PAYLOAD_BYTES_MAX}")
        order = _Order(Item(kind, payload), len(payload) + ITEM_BYTES)
        free = 0 if kind == OUTCOME else self.bytes_max // OUTCOMES_PART
        with self.bell:
            if self._stopped:
                raise Stopped("the spool has stopped; see what was reported before")
            if self.size + self._on_the_way + order.size > self.bytes_max - free:
                raise Full(f"the spool is full ({self.bytes_max} bytes); is the server reachable?")
            self._on_the_way += order.size
            self._orders.append(order)
        # Whoever comes first writes for all who wait.
        with self._writing:
            while order.number is None and order.error is None:
                self._write()
        if order.error:
            raise order.error
        return order.number

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(segment.size for segment in self._segments)

    @property
    def waiting(self) -> int:
        """Items that are not acknowledged."""
        return self.end - self.sent

    def items(self, number: int) -> list[tuple[int, Item]]:
        """The durable items from `number` on, of one segment."""
        with self.bell:
            below = [segment for segment in self._segments if segment.first <= number]
            if not below or number >= self.end:
                return []
            segment = below[-1]
            size = segment.size
        start, count, chain = HEADER_BYTES, segment.first, segment.chain
        if self._read_to[0] == segment.first and self._read_to[2] <= number:
            _, start, count, chain = self._read_to
        with open(segment.path, "rb") as file:
            file.seek(start)
            data = file.read(size - start)
        found, at = [], 0
        try:
            while block := fmt.next_block(chain, data, at):
                items, at, chain = block
                found += [(count + place, item) for place, item in enumerate(items)]
                count += len(items)
        except (fmt.Torn, fmt.Broken) as error:
            raise Damaged(f"{segment.path}: damaged at byte {start + at}") from error
        self._read_to = (segment.first, start + at, count, chain)
        return [(place, item) for place, item in found if place >= number]

    def acknowledge(self, number: int) -> None:
        """All items below `number` are acknowledged; their files go when they are whole."""
        gone = []
        with self.bell:
            self.sent = max(self.sent, number)
            while len(self._segments) > 1 and self._segments[1].first <= number:
                gone.append(self._segments.popleft())
            self.bell.notify_all()
        fresh = self.folder / "sent.new"
        fresh.write_text(f"{number}\n")
        fresh.replace(self.folder / "sent")
        for segment in gone:
            segment.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Lets another process have the folder."""
        with self.bell:
            self._stopped = True
        with self._writing:
            self._file.close()
        self._lock_file.close()

    def _write(self) -> None:
        orders, body = [], 0
        with self.bell:
            while self._orders and body < BODY_BYTES_ENOUGH:
                orders.append(self._orders.popleft())
                body += orders[-1].size
        error = self._write_block([order.item for order in orders])
        with self.bell:
            for order in orders:
                self._on_the_way -= order.size
                order.error = error
                if not error:
                    order.number = self.end
                    self.end += 1
            self.bell.notify_all()

    def _write_block(self, items: list[Item]) -> Exception | None:
        try:
            if self._segments[-1].size >= self._segment_bytes:
                segment = self._create()
                self._file.close()
                self._file = open(segment.path, "r+b", buffering=0)
                with self.bell:
                    self._segments.append(segment)
            last = self._segments[-1]
            data, chain = fmt.block(self._chain, items)
        except OSError as error:
            return SpoolError(f"{self.folder}: {error}")
        try:
            at = 0
            while at < len(data):
                at += os.pwrite(self._file.fileno(), data[at:], last.size + at)
        except OSError as error:
            try:
                os.ftruncate(self._file.fileno(), last.size)
            except OSError:
                self._stopped = True
            return SpoolError(f"{last.path}: {error}")
        try:
            os.fdatasync(self._file.fileno())
        except OSError as error:
            # Nobody knows what the disk holds now.
            self._stopped = True
            return SpoolError(f"{last.path}: {error}")
        with self.bell:
            last.size += len(data)
        self._chain = chain
        return None

    def _take_in(self, path: Path, is_last: bool) -> None:
        data = path.read_bytes()
        head = fmt.parse_header(data)
        if head is None:
            if is_last and len(data) <= HEADER_BYTES:
                path.unlink()
                return
            raise Damaged(f"{path}: damaged at byte 0")
        if self._segments and head != (self.end, self._chain):
            raise Damaged(f"{path}: does not follow the file before it")
        first, chain = head
        self.end, self._chain, at = first, chain, HEADER_BYTES
        try:
            while block := fmt.next_block(self._chain, data, at):
                items, at, self._chain = block
                self.end += len(items)
        except fmt.Torn:
            if not is_last:
                raise Damaged(f"{path}: damaged at byte {at}") from None
            with open(path, "r+b") as file:
                file.truncate(at)
                os.fsync(file.fileno())
        except fmt.Broken:
            raise Damaged(f"{path}: damaged at byte {at}") from None
        self._segments.append(_Segment(path, first, chain, at))

    def _create(self) -> _Segment:
        path = self.folder / f"{self.end:020}.spool"
        with open(path, "xb") as file:
            file.write(fmt.header(self.end, self._chain))
            file.flush()
            os.fsync(file.fileno())
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return _Segment(path, self.end, self._chain, HEADER_BYTES)

    def _read_sent(self) -> int:
        try:
            return int((self.folder / "sent").read_text().strip())
        except (FileNotFoundError, ValueError):
            return 0
