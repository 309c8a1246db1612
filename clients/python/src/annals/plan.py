"""What to say next, given what waits: pure.

An intent whose outcome waits as well becomes one whole event, and whole events go together. That
is only right for an intent that was never sent by itself: one that was found in the spool at the
start may have been, and so may one whose request got no answer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from .format import EVENT, OUTCOME, Item

BATCH_EVENTS_MAX = 1_000
BATCH_BYTES_ENOUGH = 4 << 20
LINGER_SECONDS = 0.2


class Waiting:
    """One thing that waits."""

    def __init__(self, number: int, item: Item, seen: float, may_be_told: bool):
        self.number, self.kind, self.seen, self.may_be_told = number, item.kind, seen, may_be_told
        self.is_done = False
        self.value = json.loads(item.payload)
        self.id = self.value.get("id")


@dataclass
class Events:
    """Send these whole events; the numbers of all items in them."""

    events: list[dict]
    numbers: list[int]


@dataclass
class Begin:
    """Tell that the first one begins."""

    event: dict


@dataclass
class End:
    """Tell how the first one ended."""

    id: str
    outcome: dict


@dataclass
class Linger:
    """Wait for the outcome of the first one."""

    seconds: float


def merged(event: dict, outcome: dict) -> dict:
    """An event with how it ended; what the end names stands in the place of what it named."""
    whole = dict(event)
    if "object" in outcome or "objects" in outcome:
        whole.pop("object", None)
        whole.pop("objects", None)
    return whole | outcome


def told(window: list[Waiting], numbers: list[int]) -> int | None:
    """Forgets what is told, from the front; the number of the first that is not."""
    done = set(numbers)
    for waiting in window:
        waiting.is_done = waiting.is_done or waiting.number in done
    count = 0
    while count < len(window) and window[count].is_done:
        count += 1
    following = window[count - 1].number + 1 if count else None
    del window[:count]
    return following


def next_step(window: list[Waiting], now: float) -> Events | Begin | End | Linger | None:
    """The next step; none if nothing waits."""
    if not window:
        return None
    outcomes = {waiting.id: waiting for waiting in window if waiting.kind == OUTCOME}
    events, numbers, size = [], [], 0
    for waiting in window:
        if waiting.is_done or waiting.number in numbers:
            continue
        if len(events) >= BATCH_EVENTS_MAX or size >= BATCH_BYTES_ENOUGH:
            break
        if waiting.kind == EVENT:
            event, covered = waiting.value, [waiting.number]
        else:
            outcome = outcomes.get(waiting.id)
            if waiting.kind == OUTCOME or waiting.may_be_told or not outcome:
                break
            event = merged(waiting.value, outcome.value["outcome"])
            covered = [waiting.number, outcome.number]
        events.append(event)
        numbers += covered
        size += len(json.dumps(event))
    if events:
        return Events(events, numbers)
    first = window[0]
    if first.kind == OUTCOME:
        return End(first.id, first.value["outcome"])
    left = LINGER_SECONDS - (now - first.seen)
    return Begin(first.value) if first.may_be_told or left <= 0 else Linger(left)
