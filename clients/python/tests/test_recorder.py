"""Recording against the real server: guarantees, ends, and what a crash leaves."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest

from annals import Recorder, Refused, audited

SECONDS = 20


def test_guarantees_stand_on_events(house, recorder):
    """Protects: each guarantee reaches the server, is visible, and says how it ended."""
    with recorder.audited("cluster.create", operator="zhang3", guarantee="strict") as act:
        # The intent is there before the act.
        assert house.events()[0]["outcome"] == "pending"
        act.object("cluster", "c-42", "farm").changes(None, {"nodes": 4})
    with pytest.raises(ValueError):
        with recorder.audited("cluster.delete", operator="zhang3", object={"type": "cluster", "id": "c"}):
            raise ValueError("in use")
    with pytest.raises(PermissionError):
        with recorder.audited("user.delete", operator="li4", guarantee="best_effort"):
            raise PermissionError("no right")
    assert recorder.flush(SECONDS)
    told = [(e["operation"], e["guarantee"], e["outcome"], e.get("reason")) for e in house.events()]
    assert sorted(told) == [
        ("cluster.create", "strict", "success", None),
        ("cluster.delete", "spooled", "failure", "ValueError: in use"),
        ("user.delete", "best_effort", "denied", "no right"),
    ]
    created = house.events()[0]
    assert created["object"] == {"type": "cluster", "id": "c-42", "name": "farm"}
    assert created["changes"]["after"] == {"nodes": 4} and "duration_ms" in created


def test_acts_that_end_later(house, recorder):
    """Protects: an act that goes on after its call is ended by its id, whatever its guarantee."""
    for guarantee in ("strict", "spooled", "best_effort"):
        id = recorder.begin("cluster.create", operator="zhang3", guarantee=guarantee).later()
        recorder.finish(id, "partial", object={"type": "cluster", "id": guarantee})
    assert recorder.flush(SECONDS)
    assert [(e["outcome"], e["object"]["id"]) for e in house.events()] == [
        ("partial", guarantee) for guarantee in ("strict", "spooled", "best_effort")
    ]
    assert all("duration_ms" in event for event in house.events())


def test_acts_that_are_over_before_they_are_left_open(house, recorder):
    """Protects: whoever is handed the id may end the act at once: the first end counts, and an
    outcome never arrives before its intent; how long it took is told, by whoever ends it."""
    for guarantee in ("strict", "spooled", "best_effort"):
        act = recorder.begin("cluster.create", operator="zhang3", guarantee=guarantee)
        recorder.finish(act.id, "partial", object={"type": "cluster", "id": guarantee})
        act.later()
    act = recorder.begin("cluster.delete", operator="zhang3", guarantee="best_effort")
    recorder.finish(act.id, "denied", duration_ms=7)
    act.finish("success")
    assert recorder.flush(SECONDS)
    events = house.events()
    told = [(e["outcome"], e.get("object", {}).get("id")) for e in events]
    kept = [("partial", "strict"), ("partial", "spooled"), ("partial", "best_effort")]
    assert told == [*kept, ("denied", None)]
    assert all("duration_ms" in e for e in events) and events[3]["duration_ms"] == 7
    assert recorder.stats().refused == 0


def test_an_act_ends_once(house, recorder):
    """Protects: ended by its id, an act has nothing more to say; the first word counts."""
    for guarantee in ("strict", "spooled", "best_effort"):
        act = recorder.begin("cluster.create", operator=guarantee, guarantee=guarantee)
        recorder.finish(act.id, "partial")
        act.finish("success")
        assert act.later() == act.id
    assert recorder.flush(SECONDS)
    assert recorder.stats().refused == 0
    outcomes = {event["operator"]: event["outcome"] for event in house.events()}
    assert outcomes == dict.fromkeys(("strict", "spooled", "best_effort"), "partial")


def test_a_server_that_is_away(house, recorder):
    """Protects: strict refuses, spooled goes on and loses nothing, best effort never waits; what was
    refused does not look as if it had begun."""
    house.kill()
    with pytest.raises(Refused):
        recorder.begin("cluster.create", operator="strict", guarantee="strict")
    recorder.record("cluster.create", operator="spooled", guarantee="spooled")
    recorder.record("cluster.create", operator="best", guarantee="best_effort")
    assert recorder.stats().waiting >= 2
    house.serve()
    assert recorder.flush(SECONDS)
    assert sorted(e["operator"] for e in house.events()) == ["best", "spooled"]


def test_faults_are_not_lost_and_hold_up_nothing(house, recorder):
    """Protects: what the server refuses for good is counted, kept in its quarantine, passed over."""
    recorder.record("cluster.craete", operator="zhang3")
    recorder.begin("no.such", operator="zhang3").later()
    recorder.record("cluster.create", operator="zhang3")
    assert recorder.flush(SECONDS)
    assert len(house.events()) == 1
    assert recorder.stats().refused == 2
    with pytest.raises(Refused) as refused:
        recorder.begin("no.such", operator="zhang3", guarantee="strict")
    assert refused.value.code == "no_good_line"


CHILD = """
import os, signal, sys
from annals import Recorder
url, token, spool, effects = sys.argv[1:]
recorder = Recorder(url, token, spool)
for number in range(1000):
    guarantee = "strict" if number % 5 == 0 else "spooled"
    act = recorder.begin("cluster.create", operator="zhang3", guarantee=guarantee)
    with open(effects, "a") as file:
        file.write(act.id + "\\n")
        file.flush()
    if number == 20:
        os.kill(os.getpid(), signal.SIGKILL)
    act.finish("success")
"""


def test_a_killed_process_leaves_no_act_out(house, tmp_path):
    """Protects: every act that took effect is recorded once, as done or still open, though the
    process dies between act and finish, again and again."""
    effects = tmp_path / "effects"
    arguments = [house.url, house.emitter, str(tmp_path / "spool"), str(effects)]
    for _ in range(3):
        child = subprocess.run([sys.executable, "-c", CHILD, *arguments], env=os.environ | path())
        assert child.returncode == -signal.SIGKILL
    recorder = Recorder(house.url, house.emitter, tmp_path / "spool")
    assert recorder.flush(SECONDS)
    recorder.close()
    acted = effects.read_text().split()
    outcomes = {event["id"]: event["outcome"] for event in house.events()}
    assert len(house.events()) == len(outcomes)
    assert [id for id in acted if id not in outcomes] == []
    assert sum(outcomes[id] == "pending" for id in acted) == 3
    assert len(acted) == 63


def path():
    return {"PYTHONPATH": os.pathsep.join(sys.path)}


def test_the_decorator(house, recorder):
    """Protects: plain and async functions are recorded, with fields from their arguments."""
    fields = {
        "operator": lambda user, id: user,
        "object": lambda user, id: {"type": "cluster", "id": id},
    }

    @audited("cluster.delete", recorder=recorder, **fields)
    def delete(user, id):
        return id.upper()

    @audited("cluster.release", recorder=lambda: recorder, guarantee="strict", **fields)
    async def release(user, id):
        raise RuntimeError("busy")

    assert delete("zhang3", "c-1") == "C-1"
    with pytest.raises(RuntimeError):
        asyncio.run(release("li4", "c-2"))
    assert recorder.flush(SECONDS)
    told = [(e["operation"], e["operator"], e["object"]["id"], e["outcome"]) for e in house.events()]
    assert sorted(told) == [
        ("cluster.delete", "zhang3", "c-1", "success"),
        ("cluster.release", "li4", "c-2", "failure"),
    ]
