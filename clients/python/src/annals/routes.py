"""Which routes of a web application are which operations: what both middlewares share.

A route says what its operation is; objects, related and more are functions of the call. What a
route does not declare is not recorded, so a test should hold the table and the application
together (`Routes.check`).

A function of the platform that fails is logged. It costs its own part of the event and never the
platform's answer; but a strict act is refused before it begins, since who acts on what is the
promise.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import re
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Callable, Iterable, Mapping
from urllib.parse import parse_qs

from .errors import Refused

log = logging.getLogger("annals")

MUTATING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
#: Bytes of a body that are looked at; fields behind them are not recorded.
PEEK_BYTES_MAX = 256 << 10
_MASK = "***"


class Undeclared(AssertionError):
    """Mutating routes that are in no table."""


@dataclass
class Call:
    """A request, as far as it was looked at."""

    method: str
    path: str
    params: dict[str, str]
    headers: Mapping[str, str]
    #: The address of the peer.
    client: str | None
    #: JSON, or the fields of a form; of a file only its name.
    data: object = None
    #: What the framework keeps of the request: ASGI scope or WSGI environ.
    scope: dict = field(default_factory=dict)


@dataclass
class Answer:
    """The application's answer, as far as it was looked at."""

    status: int
    #: JSON, if it is that and not large.
    data: object = None


@dataclass
class Route:
    """One route and its operation. `path` may have `{names}`; `object`, `objects`, `related`,
    `more` get the call; `ended` gets call and answer, whatever its status, and says what is known
    only afterwards.
    `mask` lists keys whose values are not recorded, beside those that the server masks."""

    method: str
    path: str
    operation: str
    guarantee: str = "spooled"
    object: Callable[[Call], dict | None] | None = None
    objects: Callable[[Call], list[dict]] | None = None
    related: Callable[[Call], list[dict]] | None = None
    more: Callable[[Call], dict] | None = None
    ended: Callable[[Call, Answer], dict] | None = None
    mask: Iterable[str] = ()

    def __post_init__(self):
        parts = re.split(r"\{(\w+)(?::\w+)?\}", self.path)
        names = parts[1::2]
        texts = [re.escape(text) for text in parts[0::2]]
        pattern = "".join(
            text + (f"(?P<{name}>[^/]+)" if name else "")
            for text, name in zip(texts, [*names, ""])
        )
        self._pattern = re.compile(pattern + r"\Z")

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """The parts of the path, if this is its route."""
        found = self._pattern.match(path) if method == self.method else None
        return found.groupdict() if found else None

    def ending(self, call: Call, answer: Answer) -> dict:
        """How the act ended: what the status says, and what `ended` adds."""
        more = {}
        if self.ended:
            try:
                more = dict(self.ended(call, answer) or {})
            except Exception:
                # The platform has answered: the act is over, whatever else is known of it.
                _log_failed(self, "ended")
        return {"outcome": outcome_of(answer.status)} | more


class Routes:
    """All routes, and how to tell who acts from where. `operator` gets the call and gives the login
    as the application itself has verified it, or none: then it is `unknown`. Forwarded addresses
    count only from `trusted_proxies` (networks). `unrecorded`: mutating routes that are meant not
    to be recorded, as (method, path)."""

    def __init__(
        self,
        routes: Iterable[Route],
        *,
        operator: Callable[[Call], str | None],
        trusted_proxies: Iterable[str] = (),
        unrecorded: Iterable[tuple[str, str]] = (),
    ):
        self.routes = list(routes)
        self._operator = operator
        self._trusted = [ipaddress.ip_network(network) for network in trusted_proxies]
        self._unrecorded = {(method, _shape(path)) for method, path in unrecorded}

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route of a request and the parts of its path."""
        for route in self.routes:
            params = route.match(method, path)
            if params is not None:
                return route, params
        return None

    def event(self, route: Route, call: Call) -> dict:
        """What is known before the act.

        Raises `Refused` where a function of a strict route fails.
        """

        def told(name: str, function: Callable | None):
            if not function:
                return None
            try:
                return function(call)
            except Exception as error:
                _log_failed(route, name)
                if route.guarantee == "strict":
                    raise Refused(f"the event cannot be made: `{name}` failed") from error
                return None

        fields = {
            "operation": route.operation,
            "operator": told("operator", self._operator) or "unknown",
            "guarantee": route.guarantee,
            "source_ip": self.source_ip(call),
            "user_agent": call.headers.get("user-agent"),
            "request_id": call.headers.get("x-request-id"),
            "request_data": _masked(call.data, frozenset(route.mask)),
        }
        for name in ("object", "objects", "related"):
            fields[name] = told(name, getattr(route, name))
        return fields | (told("more", route.more) or {})

    def source_ip(self, call: Call) -> str | None:
        """The nearest address that is no trusted proxy."""
        hops = [hop.strip() for hop in call.headers.get("x-forwarded-for", "").split(",")]
        address = call.client
        for hop in reversed(hops):
            if not self._trusts(address) or not _is_address(hop):
                break
            address = hop
        return address if _is_address(address) else None

    def _trusts(self, address: str | None) -> bool:
        if not _is_address(address):
            return False
        return any(ipaddress.ip_address(address) in network for network in self._trusted)

    def check(self, served: Iterable[tuple[str, str]]) -> None:
        """For a test: raises `Undeclared` if a mutating route of the application, as (method,
        path), is neither declared nor meant not to be."""
        known = {(route.method, _shape(route.path)) for route in self.routes} | self._unrecorded
        missing = sorted(
            f"{method} {path}"
            for method, path in set(served)
            if method in MUTATING and (method, _shape(path)) not in known
        )
        if missing:
            raise Undeclared("not declared as recorded or unrecorded: " + ", ".join(missing))


def outcome_of(status: int) -> str:
    """What a status says of the act."""
    if status < 400:
        return "success"
    return "denied" if status in (401, 403) else "failure"


def read_data(content_type: str, body: bytes, is_whole: bool) -> object:
    """What of a body is recorded: JSON, form fields, multipart fields; of files only their names."""
    kind = content_type.split(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return _multipart(content_type, body, is_whole)
    if not is_whole or not body:
        return None
    try:
        if kind == "application/json" or kind.endswith("+json"):
            return json.loads(body)
        if kind == "application/x-www-form-urlencoded":
            fields = parse_qs(body.decode(), keep_blank_values=True)
            return {name: values if values[1:] else values[0] for name, values in fields.items()}
    except ValueError:
        pass
    return None


def _multipart(content_type: str, body: bytes, is_whole: bool) -> dict:
    head = f"content-type: {content_type}\r\n\r\n".encode()
    parts = list(BytesParser(policy=HTTP).parsebytes(head + body).iter_parts())
    if not is_whole:
        # The last part was cut; of a file the name is known all the same.
        parts = [*parts[:-1], *(part for part in parts[-1:] if part.get_filename())]
    fields: dict[str, object] = {}
    for part in parts:
        name = part.get_param("name", header="content-disposition")
        if name and part.get_filename() is not None:
            fields[name] = {"file": part.get_filename()}
        elif name:
            fields[name] = part.get_payload(decode=True).decode(errors="replace").strip("\r\n")
    return fields


def _masked(value: object, keys: frozenset) -> object:
    if not keys:
        return value
    if isinstance(value, dict):
        return {k: _MASK if k in keys else _masked(v, keys) for k, v in value.items()}
    if isinstance(value, list):
        return [_masked(one, keys) for one in value]
    return value


def _log_failed(route: Route, name: str) -> None:
    log.warning("`%s` of %s %s failed", name, route.method, route.path, exc_info=True)


def _shape(path: str) -> str:
    """A path without the names of its parts, in the spelling of any framework."""
    return re.sub(r"\{[^}]*\}|<[^>]*>", "{}", path)


def _is_address(text: str | None) -> bool:
    try:
        ipaddress.ip_address(text or "")
    except ValueError:
        return False
    return True
