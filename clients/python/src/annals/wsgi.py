"""Recording for WSGI applications such as Flask: `app.wsgi_app = Audit(app.wsgi_app, …)`.

As `annals.asgi`; the id of an operation is `environ["annals.operation"]`.
"""

from __future__ import annotations

import io
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

    def __call__(self, environ, start_response):
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        found = self._routes.find(environ["REQUEST_METHOD"], path)
        if not found:
            return self._app(environ, start_response)
        route, params = found
        body, is_whole = _peek(environ)
        data = read_data(environ.get("CONTENT_TYPE", ""), body, is_whole)
        headers = {k[5:].replace("_", "-").lower(): v for k, v in environ.items() if k[:5] == "HTTP_"}
        client = environ.get("REMOTE_ADDR")
        call = Call(environ["REQUEST_METHOD"], path, params, headers, client, data, environ)
        try:
            act = self._recorder.begin(**self._routes.event(route, call))
        except (Refused, SpoolError) as error:
            text = json.dumps({"code": "not_recorded", "detail": str(error)}).encode()
            kind = ("content-type", "application/problem+json")
            start_response("503 Service Unavailable", [kind, ("retry-after", "1")])
            return [text]
        environ[OPERATION] = act.id
        answer = Answer(500)

        def started(status, response_headers, exc_info=None):
            answer.status = int(status.split(" ")[0])
            kinds = [v for k, v in response_headers if k.lower() == "content-type"]
            answer.data = any("json" in kind for kind in kinds)
            return start_response(status, response_headers, exc_info)

        try:
            chunks = self._app(environ, started)
        except Exception as error:
            act.finish("failure", f"{type(error).__name__}: {error}")
            raise
        return _Watched(chunks, lambda kept: self._end(route, call, act, answer, kept))

    def _end(self, route, call, act, answer, kept: bytes) -> None:
        answer.data = _json(kept) if answer.data and len(kept) <= _ANSWER_BYTES_MAX else None
        if answer.status == 202:
            act.later()
            return
        act.finish(**route.ending(call, answer))


class _Watched:
    """The answer's body; the operation ends when the server closes it."""

    def __init__(self, chunks, end):
        self._chunks, self._end, self._kept = chunks, end, bytearray()

    def __iter__(self):
        for chunk in self._chunks:
            if len(self._kept) <= _ANSWER_BYTES_MAX:
                self._kept += chunk
            yield chunk

    def close(self):
        try:
            if hasattr(self._chunks, "close"):
                self._chunks.close()
        finally:
            self._end(bytes(self._kept))


class _Again(io.RawIOBase):
    """What was looked at, then the rest."""

    def __init__(self, seen: bytes, rest):
        self._seen, self._rest = io.BytesIO(seen), rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        data = self._seen.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def declared(app) -> list[tuple[str, str]]:
    """What a Flask application serves, for `Routes.check`."""
    return [(method, rule.rule) for rule in app.url_map.iter_rules() for method in rule.methods]


def _peek(environ) -> tuple[bytes, bool]:
    """The beginning of the body, and whether that is all of it."""
    source = environ["wsgi.input"]
    length = int(environ.get("CONTENT_LENGTH") or 0)
    seen = source.read(min(length, PEEK_BYTES_MAX)) if length else b""
    environ["wsgi.input"] = io.BufferedReader(_Again(seen, source))
    return seen, len(seen) == length


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None
