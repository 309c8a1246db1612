"""Recording for ASGI applications such as FastAPI: `app.add_middleware(Audit, recorder=…,
routes=…)`.

The intent of a declared route is kept before the application sees the request; where that cannot
be promised the answer is 503 and the application is not called. An answer of 202 leaves the
operation open: its id is `scope["annals.operation"]`, to be ended by `Recorder.finish`.
"""

from __future__ import annotations

import asyncio
import json

from .errors import Refused, SpoolError
from .recorder import Recorder
from .routes import PEEK_BYTES_MAX, Answer, Call, Routes, read_data

OPERATION = "annals.operation"
_ANSWER_BYTES_MAX = 64 << 10


class Audit:
    """The middleware."""

    def __init__(self, app, recorder: Recorder, routes: Routes):
        self._app, self._recorder, self._routes = app, recorder, routes

    async def __call__(self, scope, receive, send):
        found = scope["type"] == "http" and self._routes.find(scope["method"], scope["path"])
        if not found:
            return await self._app(scope, receive, send)
        route, params = found
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        body, messages, is_whole = await _peek(receive)
        data = read_data(headers.get("content-type", ""), body, is_whole)
        client = (scope.get("client") or [None])[0]
        call = Call(scope["method"], scope["path"], params, headers, client, data, scope)
        try:
            event = self._routes.event(route, call)
            act = await asyncio.to_thread(self._recorder.begin, **event)
        except (Refused, SpoolError) as error:
            return await _refuse(send, error)
        scope[OPERATION] = act.id
        answer = Answer(500)
        kept = bytearray()

        async def again():
            return messages.pop(0) if messages else await receive()

        async def watched(message):
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                kind = dict(message.get("headers", [])).get(b"content-type", b"")
                answer.data = b"json" in kind
            elif answer.data and len(kept) <= _ANSWER_BYTES_MAX:
                kept.extend(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, again, watched)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            await asyncio.to_thread(act.finish, "failure", reason)
            raise
        answer.data = _json(kept) if answer.data and len(kept) <= _ANSWER_BYTES_MAX else None
        if answer.status == 202:
            act.later()
            return None
        ending = route.ending(call, answer)
        return await asyncio.to_thread(lambda: act.finish(**ending))


def declared(app) -> list[tuple[str, str]]:
    """What a Starlette or FastAPI application serves, with its routers and what is mounted, for
    `Routes.check`. Of a mounted application of another kind nothing is known."""
    return _served(app.routes, "")


def _served(routes, prefix: str) -> list[tuple[str, str]]:
    found = []
    for route in _with_included(routes):
        path = prefix + (getattr(route, "path", None) or "")
        found += [(method, path) for method in getattr(route, "methods", None) or ()]
        found += _served(getattr(route, "routes", None) or (), path)
    return found


def _with_included(routes):
    try:
        from fastapi.routing import iter_route_contexts
    except ImportError:
        # Starlette, or a FastAPI that copies the routes of the routers it includes.
        return routes
    return iter_route_contexts(routes)


async def _peek(receive) -> tuple[bytes, list, bool]:
    """The beginning of the body, the messages to give again, and whether that is all of it."""
    body, messages = bytearray(), []
    while len(body) < PEEK_BYTES_MAX:
        message = await receive()
        messages.append(message)
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body), messages, True
    return bytes(body), messages, False


async def _refuse(send, error: Exception) -> None:
    text = json.dumps({"code": "not_recorded", "detail": str(error)}).encode()
    headers = [(b"content-type", b"application/problem+json"), (b"retry-after", b"1")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None
