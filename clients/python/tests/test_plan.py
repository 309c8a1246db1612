"""What is said next: pure, so that every order of things can be tested."""

import json

from annals import plan
from annals.format import EVENT, INTENT, OUTCOME, Item


def window(*texts, told=0):
    def waiting(number, kind, id):
        value = {"id": id, "outcome": {"outcome": "success"}} if kind == OUTCOME else {"id": id}
        return plan.Waiting(number, Item(kind, json.dumps(value).encode()), 0.0, number < told)

    return [waiting(number, kind, id) for number, (kind, id) in enumerate(texts)]


def test_pairs_go_together():
    """Protects: pairs become whole events, in the order of their beginnings, up to the first that
    is still open; what is told ahead is not told again."""
    items = window(
        (EVENT, "a"), (INTENT, "b"), (INTENT, "c"), (OUTCOME, "b"), (INTENT, "d"), (OUTCOME, "c")
    )
    step = plan.next_step(items, 0.0)
    assert step.numbers == [0, 1, 3, 2, 5]
    assert step.events[1] == {"id": "b", "outcome": "success"}
    assert plan.told(items, step.numbers) == 4
    assert plan.next_step(items, 0.0) == plan.Linger(plan.LINGER_SECONDS)
    assert plan.next_step(items, plan.LINGER_SECONDS) == plan.Begin({"id": "d"})
    assert plan.told(items, [4]) == 6
    assert plan.next_step(items, 0.0) is None


def test_what_may_be_told_is_told_in_halves():
    """Protects: no double. What may have been sent by itself is sent so again."""
    items = window((INTENT, "a"), (OUTCOME, "a"), told=2)
    assert plan.next_step(items, 0.0) == plan.Begin({"id": "a"})
    assert plan.told(items, [0]) == 1
    assert plan.next_step(items, 0.0) == plan.End("a", {"outcome": "success"})


def test_ends_are_merged_in():
    """Protects: objects of the end replace those of the beginning, one or several."""
    event = {"id": "a", "object": {"type": "x"}, "operator": "z"}
    end = {"outcome": "failure", "objects": [{"type": "y"}]}
    assert plan.merged(event, end) == {"id": "a", "operator": "z"} | end
