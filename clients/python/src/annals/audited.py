"""An operation between its beginning and its end, and the decorator that makes one of a call.

Left without an end, as by the death of the process, its outcome stays open and becomes `unknown`:
nobody knows whether the act took effect, and nothing else is claimed.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import time
from typing import TYPE_CHECKING, Callable

if TYPE_CHECKING:
    from .recorder import Recorder


class Audited:
    """An operation that has begun. As a context manager it ends with the block: an exception is a
    failure, `PermissionError` is denied; what ends the process leaves it open."""

    def __init__(self, recorder: Recorder, event: dict):
        self._recorder = recorder
        self._begun = time.monotonic()
        self.id: str = event["id"]
        # A best-effort operation is told as a whole; the others' intent is kept already.
        self._event = event if event["guarantee"] == "best_effort" else None
        #: Nobody has said yet how it ended, or that it ends later.
        self.is_open = True
        self._more: dict = {}

    @property
    def is_untold(self) -> bool:
        """Its beginning is not recorded yet: it is told as a whole, or once it is left for later."""
        return self._event is not None

    def object(self, type: str, id: str | None = None, name: str | None = None) -> Audited:
        """Names a target, in the place of those named at the beginning; more make it several."""
        thing = {k: v for k, v in {"type": type, "id": id, "name": name}.items() if v is not None}
        before = self._more.pop("objects", [self._more.pop("object", None)])
        things = [other for other in before if other] + [thing]
        self._more["object" if len(things) == 1 else "objects"] = things if things[1:] else thing
        return self

    def changes(self, before: object, after: object) -> Audited:
        """Says what it changed."""
        self._more["changes"] = {"before": before, "after": after}
        return self

    def finish(self, outcome: str, reason: str | None = None, **fields) -> None:
        """Tells how it ended, and how long it took."""
        with self._recorder.bell:
            if not self.is_open:
                return
            self.is_open = False
        took = round((time.monotonic() - self._begun) * 1000)
        ending = {"duration_ms": took, **self._more, **fields}
        if reason:
            ending["reason"] = reason
        if self._event:
            self._recorder._tell_whole(self._event, {"outcome": outcome, **ending})
        else:
            self._recorder.finish(self.id, outcome, **ending)

    def later(self) -> str:
        """It ends later, by `Recorder.finish` with this id."""
        # In one step: `Recorder.finish` finds this act or its intent, never neither.
        with self._recorder.bell:
            if self.is_open and self._event:
                self._recorder._tell_intent(self._event)
            self.is_open = False
        return self.id

    def __enter__(self) -> Audited:
        return self

    def __exit__(self, kind, error, _traceback) -> None:
        if kind is None:
            self.finish("success")
        elif issubclass(kind, PermissionError):
            self.finish("denied", str(error))
        elif issubclass(kind, Exception):
            self.finish("failure", f"{kind.__name__}: {error}")
        elif self._event:
            self.finish("unknown")


def audited(operation: str, *, recorder: Recorder | Callable[[], Recorder], guarantee="spooled", **fields):
    """Records each call of a function, plain or async. Fields of the event are values, or functions
    of the call's arguments: `@audited("cluster.delete", recorder=r, operator=lambda user, id:
    user.login, object=lambda user, id: {"type": "cluster", "id": id})`. The call does not happen
    where its intent cannot be kept."""

    def begin(args: tuple, kwargs: dict) -> Audited:
        values = {k: v(*args, **kwargs) if callable(v) else v for k, v in fields.items()}
        one = recorder() if callable(recorder) else recorder
        return one.begin(operation, guarantee=guarantee, **values)

    def wrap(function):
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def called(*args, **kwargs):
                act = await asyncio.to_thread(begin, args, kwargs)
                try:
                    result = await function(*args, **kwargs)
                except Exception as error:
                    await asyncio.to_thread(act.__exit__, type(error), error, None)
                    raise
                await asyncio.to_thread(act.finish, "success")
                return result
        else:

            @functools.wraps(function)
            def called(*args, **kwargs):
                with begin(args, kwargs):
                    return function(*args, **kwargs)

        return called

    return wrap
