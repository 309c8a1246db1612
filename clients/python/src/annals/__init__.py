"""Record what users of a platform do, without ever losing an act.

    from annals import Recorder

    recorder = Recorder("http://127.0.0.1:7200", token, spool="/var/lib/platform/audit")

    with recorder.audited("cluster.create", operator="zhang3", guarantee="strict") as act:
        cluster = create()                    # reached only if the intent is durable
        act.object("cluster", cluster.id)

Each operation has a guarantee, which stands in its event: `strict` (the server has the intent
before the act, or the act is refused), `spooled` (this machine's disk has it), `best_effort`
(memory only). A process that dies between begin and finish leaves an operation whose outcome is
`unknown`: that is true, and nothing else would be.

`annals.asgi` and `annals.wsgi` do this for the routes of a web application.
"""

from .audited import Audited, audited
from .errors import Damaged, Full, InUse, Refused, SpoolError, Stopped
from .recorder import Recorder, Stats
from .routes import Call, Route, Routes, Undeclared

__all__ = [
    "Audited",
    "Call",
    "Damaged",
    "Full",
    "InUse",
    "Recorder",
    "Refused",
    "Route",
    "Routes",
    "SpoolError",
    "Stats",
    "Stopped",
    "Undeclared",
    "audited",
]
