"""Takes acts from the platform's code and brings them to the server.

A strict intent goes to the server at once. Everything else waits, on disk or, with best effort, in
memory, for the one thread that sends, in order, until it is acknowledged. What the server refuses
for good is counted and logged, and never holds up what comes behind it.
"""

from __future__ import annotations

import json
import logging
import os
import ssl
import threading
import time
import weakref
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timezone

import httpx

from . import ids, plan
from .audited import Audited
from .errors import Refused, SpoolError
from .format import EVENT, INTENT, OUTCOME, Item
from .plan import Waiting
from .spool import Spool

log = logging.getLogger("annals")

GUARANTEES = ("strict", "spooled", "best_effort")
WINDOW_ITEMS_ENOUGH = 5_000
IDLE_SECONDS_MAX = 5.0
PAUSE_SECONDS_MIN = 0.1
PAUSE_SECONDS_MAX = 15.0
SEND_SECONDS_MAX = 60.0
# What a repetition cannot help.
_NEVER = {400, 404, 409, 413, 415, 422}


@dataclass(frozen=True)
class Stats:
    """What has become of the acts so far."""

    waiting: int
    spool_bytes: int
    sent: int
    refused: int
    dropped: int


class Recorder:
    """Records what the users of a platform do. To be made in the process that uses it: after a
    fork, and with a spool folder of its own."""

    def __init__(
        self,
        server: str,
        token: str,
        spool: str | os.PathLike,
        *,
        spool_bytes_max: int = 1 << 30,
        strict_seconds: float = 5.0,
        memory_items_max: int = 10_000,
        ca: str | os.PathLike | None = None,
    ):
        # ca: the certificates that vouch for the server, in PEM; a server's own is
        # DIR/keys/tls.pem. Otherwise those that the system's Python trusts.
        self._spool = Spool(spool, spool_bytes_max)
        #: Held while it is decided who ends an act; rung when there is something to send.
        self.bell = self._spool.bell
        self._strict_seconds = strict_seconds
        self._http = httpx.Client(
            base_url=server,
            headers={"authorization": f"Bearer {token}"},
            timeout=SEND_SECONDS_MAX,
            trust_env=False,
            verify=ssl.create_default_context(cafile=ca) if ca else True,
        )
        self._memory: deque[tuple[int, Item]] = deque()
        self._memory_items_max = memory_items_max
        self._memory_end = 0
        # Ids of operations whose intent waits in memory.
        self._memory_intents: set[str] = set()
        # Acts of which nobody has said yet how they ended, by id.
        self._open: weakref.WeakValueDictionary[str, Audited] = weakref.WeakValueDictionary()
        self._counts = {"sent": 0, "refused": 0, "dropped": 0}
        self._old_end = self._spool.end
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="annals-sender", daemon=True)
        self._thread.start()

    def begin(self, operation: str, *, operator: str, guarantee: str = "spooled", **fields) -> Audited:
        """Before an act: records that it is about to begin. On an error the act must not happen.

        `fields` are those of an event (`object`, `source_ip`, `request_data`, …).
        """
        if guarantee not in GUARANTEES:
            raise ValueError(f"guarantee must be one of {', '.join(GUARANTEES)}")
        event = {
            "id": ids.new_id(),
            "time": datetime.now(timezone.utc).isoformat(),
            "operation": operation,
            "operator": operator,
            "guarantee": guarantee,
            **{key: value for key, value in fields.items() if value is not None},
        }
        if guarantee == "strict":
            self._begin_strictly(event)
        elif guarantee == "spooled":
            self._spool.append(INTENT, _dump(event))
        act = Audited(self, event)
        with self.bell:
            self._open[act.id] = act
        return act

    #: For `with`: an exception is a failure, `PermissionError` is denied.
    audited = begin

    def finish(self, id: str, outcome: str, **fields) -> None:
        """After an act whose beginning was recorded: how it ended and, where its id is one of ours,
        how long it took. For `Audited.later`, also where the act is over before that is called."""
        fields = {name: value for name, value in fields.items() if value is not None}
        took = ids.since_ms(id, ids.now_ms())
        if took is not None:
            fields.setdefault("duration_ms", took)
        ending = {"outcome": outcome, **fields}
        with self.bell:
            act = self._open.pop(id, None)
            if act and act.is_open and act.is_untold:
                # Nothing is told of it yet: then all at once.
                act.finish(outcome, **fields)
                return
            if act:
                # Whoever holds it has nothing to say any more.
                act.is_open = False
            if id in self._memory_intents:
                # Behind its intent, wherever that waits.
                self._push(OUTCOME, {"id": id, "outcome": ending})
                return
        self._spool.append(OUTCOME, _dump({"id": id, "outcome": ending}))

    def record(self, operation: str, *, operator: str, outcome: str = "success", **fields) -> None:
        """Records an act that is over."""
        self.begin(operation, operator=operator, **fields).finish(outcome)

    def flush(self, seconds: float) -> bool:
        """Waits until everything is acknowledged that was recorded; false once the time is over."""
        with self.bell:
            return self.bell.wait_for(lambda: not self._spool.waiting and not self._memory, seconds)

    def stats(self) -> Stats:
        """What has become of the acts so far."""
        return Stats(self._spool.waiting, self._spool.size, **self._counts)

    def close(self) -> None:
        """Stops; what waits on disk waits for the next start."""
        self._is_stopping = True
        with self.bell:
            self.bell.notify_all()
        self._thread.join()
        self._http.close()
        self._spool.close()

    def _remember(self, kind: int, value: dict) -> None:
        with self.bell:
            if len(self._memory) >= self._memory_items_max:
                self._counts["dropped"] += 1
                return
            if kind == INTENT:
                self._memory_intents.add(value["id"])
            self._push(kind, value)

    def _push(self, kind: int, value: dict) -> None:
        self._memory.append((self._memory_end, Item(kind, _dump(value))))
        self._memory_end += 1
        self.bell.notify_all()

    def _tell_whole(self, event: dict, ending: dict) -> None:
        self._remember(EVENT, plan.merged(event, ending))

    def _tell_intent(self, event: dict) -> None:
        self._remember(INTENT, event)

    def _begin_strictly(self, event: dict) -> None:
        end = time.monotonic() + self._strict_seconds
        pause = PAUSE_SECONDS_MIN
        while True:
            left = max(end - time.monotonic(), PAUSE_SECONDS_MIN)
            try:
                self._post("/v1/operations", event, left)
                return
            except Refused as error:
                if error.status != 503 or time.monotonic() + pause > end:
                    raise
            except httpx.HTTPError as error:
                if time.monotonic() + pause > end:
                    self._take_back(event["id"])
                    raise Refused("the server did not record the intent; do not act") from error
            time.sleep(pause)
            pause *= 2

    def _take_back(self, id: str) -> None:
        """It may be kept although no answer came: then it must not look as if it had begun."""
        reason = "not begun: the intent was not acknowledged in time"
        try:
            self.finish(id, "failure", reason=reason, duration_ms=0)
        except SpoolError as error:
            log.warning("an act that was refused stays open: %s", error)

    def _post(self, path: str, value: object, seconds: float = SEND_SECONDS_MAX) -> dict:
        content = value if isinstance(value, bytes) else _dump(value)
        kind = "application/x-ndjson" if isinstance(value, bytes) else "application/json"
        answer = self._http.post(
            path, content=content, headers={"content-type": kind}, timeout=seconds
        )
        if answer.is_success:
            return answer.json()
        try:
            problem = answer.json()
        except ValueError:
            problem = {}
        faults = [f"{f['code']} {f['field']}: {f['message']}" for f in problem.get("rejected", [])]
        detail = "; ".join(faults) or problem.get("detail", answer.reason_phrase)
        raise Refused(detail, problem.get("code"), answer.status_code)

    def _run(self) -> None:
        disk: list[Waiting] = []
        memory: list[Waiting] = []
        pause = PAUSE_SECONDS_MIN
        while not self._is_stopping:
            marks = (self._spool.end, self._memory_end)
            idle = IDLE_SECONDS_MAX
            try:
                for window, fill, passed in (
                    (disk, self._fill_disk, self._pass_disk),
                    (memory, self._fill_memory, self._pass_memory),
                ):
                    fill(window)
                    idle = min(idle, self._round(window, passed))
            except Exception as error:  # Later: nothing may end this thread but `close`.
                log.warning("events wait for the server: %s", error)
                self._wait(pause, lambda: False)
                pause = min(pause * 2, PAUSE_SECONDS_MAX)
                continue
            pause = PAUSE_SECONDS_MIN
            if idle:
                self._wait(idle, lambda: marks != (self._spool.end, self._memory_end))

    def _wait(self, seconds: float, is_over) -> None:
        with self.bell:
            self.bell.wait_for(lambda: self._is_stopping or is_over(), seconds)

    def _fill_disk(self, window: list[Waiting]) -> None:
        while len(window) < WINDOW_ITEMS_ENOUGH:
            following = window[-1].number + 1 if window else self._spool.sent
            items = self._spool.items(following)
            if not items:
                return
            now = time.monotonic()
            window += [Waiting(number, item, now, number < self._old_end) for number, item in items]

    def _pass_disk(self, window: list[Waiting], numbers: list[int]) -> None:
        following = plan.told(window, numbers)
        if following is not None:
            self._spool.acknowledge(following)

    def _fill_memory(self, window: list[Waiting]) -> None:
        # They stay in the queue until they are told, so that its limit holds.
        with self.bell:
            fresh = list(self._memory)[len(window) :]
        now = time.monotonic()
        window += [Waiting(number, item, now, False) for number, item in fresh]

    def _pass_memory(self, window: list[Waiting], numbers: list[int]) -> None:
        before = len(window)
        plan.told(window, numbers)
        with self.bell:
            for _ in range(before - len(window)):
                _, item = self._memory.popleft()
                if item.kind == INTENT:
                    self._memory_intents.discard(json.loads(item.payload)["id"])
            self.bell.notify_all()

    def _round(self, window: list[Waiting], passed) -> float:
        """One request; how long to wait for the next, if there is nothing to do now."""
        step = plan.next_step(window, time.monotonic())
        if step is None:
            return IDLE_SECONDS_MAX
        if isinstance(step, plan.Linger):
            return step.seconds
        first = window[0]
        if isinstance(step, plan.Events):
            self._send_events(step.events)
            numbers = step.numbers
        else:
            numbers = [first.number]
            if isinstance(step, plan.Begin):
                # Whether it arrives or not: from now on it is told in two halves.
                first.may_be_told = True
                self._send_begin(step.event)
            else:
                self._send_end(step, first.may_be_told)
        self._counts["sent"] += len(numbers)
        passed(window, numbers)
        return 0

    def _send_events(self, events: list[dict]) -> None:
        lines = b"\n".join(_dump(event) for event in events)
        try:
            rejected = self._post("/v1/events", lines)["rejected"]
        except Refused as error:
            # Bad lines are in the server's quarantine now.
            if error.code != "no_good_line":
                raise
            self._refuse(error)
            return
        for line in {fault["line"]: fault for fault in rejected}.values():
            self._refuse(f"{line['code']} {line['field']}: {line['message']}")

    def _send_begin(self, event: dict) -> None:
        try:
            self._post("/v1/operations", event)
        except Refused as error:
            if error.code == "id_conflict":
                return  # Its own id: it was sent as a whole event before the start.
            if error.code == "no_good_line":
                self._send_events([event])  # Whole events are kept in the quarantine.
            else:
                self._or_refuse(error)

    def _send_end(self, end: plan.End, may_be_told: bool) -> None:
        try:
            self._post(f"/v1/operations/{end.id}/outcome", end.outcome)
        except Refused as error:
            if not (error.status == 404 and may_be_told):
                self._or_refuse(error)

    def _or_refuse(self, error: Refused) -> None:
        if error.status not in _NEVER:
            raise error
        self._refuse(error)

    def _refuse(self, error: object) -> None:
        self._counts["refused"] += 1
        log.error("the server refused an event for good: %s", error)


def _dump(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str).encode()
