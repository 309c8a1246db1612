"""What the platform's own functions get wrong, and acts that are over before they are left open."""

import logging

import pytest
from test_web import SECONDS

from annals import Route, Routes, Undeclared


def fails(*_):
    raise KeyError("user")


ROUTES = [
    Route(
        "POST",
        "/clusters",
        "cluster.create",
        ended=lambda call, answer: {"object": {"type": "cluster", "id": answer.data["id"]}},
    ),
    Route("DELETE", "/clusters/{id}", "cluster.delete", object=fails, related=fails, more=fails),
    Route("DELETE", "/users/{id}", "user.delete", guarantee="strict"),
    Route("POST", "/jobs", "cluster.node.add", guarantee="best_effort"),
]


def routes():
    return Routes(ROUTES, operator=lambda call: call.scope["state"]["user"])


def fastapi_app(recorder, called):
    from fastapi import BackgroundTasks, FastAPI, Request
    from fastapi.responses import JSONResponse, PlainTextResponse
    from fastapi.testclient import TestClient

    from annals.asgi import OPERATION, Audit

    app = FastAPI()
    app.add_middleware(Audit, recorder=recorder, routes=routes())

    @app.post("/clusters")
    async def create(status: int):
        if status == 422:
            return JSONResponse({"detail": "nodes"}, 422)
        return PlainTextResponse("broken", 500)

    @app.delete("/clusters/{id}")
    async def delete(id: str):
        return {}

    @app.delete("/users/{id}")
    async def delete_user(id: str):
        called.append(id)

    @app.post("/jobs")
    async def jobs(request: Request, tasks: BackgroundTasks):
        tasks.add_task(recorder.finish, request.scope[OPERATION], "partial", reason="done")
        return JSONResponse({}, 202, background=tasks)

    return TestClient(app)


def flask_app(recorder, called):
    import httpx
    from flask import Flask, request

    from annals.wsgi import OPERATION, Audit

    app = Flask("platform")
    app.wsgi_app = Audit(app.wsgi_app, recorder, routes())

    @app.post("/clusters")
    def create():
        return ({"detail": "nodes"}, 422) if request.args["status"] == "422" else ("broken", 500)

    @app.delete("/clusters/<id>")
    def delete(id):
        return {}

    @app.delete("/users/<id>")
    def delete_user(id):
        called.append(id)
        return {}

    @app.post("/jobs")
    def jobs():
        recorder.finish(request.environ[OPERATION], "partial", reason="done")
        return {}, 202

    return httpx.Client(transport=httpx.WSGITransport(app), base_url="http://test")


BOTH = pytest.mark.parametrize("make", [fastapi_app, flask_app])


@BOTH
def test_an_ending_that_fails_leaves_the_outcome(house, recorder, make, caplog):
    """Protects: `ended` was written for the good answer and meets a bad one: the platform's answer
    passes, the act has the outcome that the status says, and the log says what failed."""
    client = make(recorder, [])
    with caplog.at_level(logging.WARNING, "annals"):
        assert client.post("/clusters?status=422").status_code == 422
        assert client.post("/clusters?status=500").text == "broken"
    assert recorder.flush(SECONDS)
    assert [event["outcome"] for event in house.events()] == ["failure", "failure"]
    assert all("duration_ms" in event for event in house.events())
    assert caplog.text.count("`ended` of POST /clusters failed") == 2


@BOTH
def test_nobody_signed_in(house, recorder, make, caplog):
    """Protects: an `operator` that fails for an anonymous request breaks no request: the operator
    is unknown, and what else failed is left out; a strict act is refused and not begun."""
    called = []
    client = make(recorder, called)
    assert client.delete("/clusters/c-9").status_code == 200
    refused = client.delete("/users/u-1")
    assert (refused.status_code, refused.json()["code"]) == (503, "not_recorded")
    assert called == []
    assert recorder.flush(SECONDS)
    [event] = house.events()
    told = (event["operation"], event["operator"], event["outcome"], "related" in event)
    assert told == ("cluster.delete", "unknown", "success", False)
    assert "`operator` of DELETE /users/{id} failed" in caplog.text


@BOTH
def test_a_fast_task_ends_the_act_before_it_is_left_open(house, recorder, make):
    """Protects: with best effort nothing is told before the answer of 202; a task that is over by
    then loses neither the act nor its outcome."""
    client = make(recorder, [])
    assert client.post("/jobs").status_code == 202
    assert recorder.flush(SECONDS)
    [event] = house.events()
    assert (event["outcome"], event["reason"], event["guarantee"]) == ("partial", "done", "best_effort")
    assert recorder.stats().refused == 0 and "duration_ms" in event


def test_routers_and_mounted_applications_are_served_too():
    """Protects: a mutating route is found however deep its application is mounted."""
    from fastapi import APIRouter, FastAPI
    from starlette.routing import Host, Mount, Router
    from starlette.routing import Route as Path

    from annals.asgi import declared

    def nothing():
        return {}

    app, inner, outer = FastAPI(), FastAPI(), APIRouter(prefix="/old")
    router = APIRouter()
    router.put("/names")(nothing)
    outer.include_router(router, prefix="/deep")
    inner.include_router(outer)
    inner.post("/files/{id}")(nothing)
    app.mount("/v2", inner)
    app.include_router(outer)
    deep = Mount("/b", routes=[Path("/c", nothing, methods=["PATCH"])])
    host = Host("x.example", Router([Path("/d", nothing, methods=["DELETE"])]))
    app.mount("/a", Router([deep, host]))
    app.mount("/other", lambda scope, receive, send: None)
    missing = "DELETE /a/d, PATCH /a/b/c, POST /v2/files/{id}, PUT /old/deep/names, PUT /v2/old/deep/names"
    with pytest.raises(Undeclared) as undeclared:
        routes().check(declared(app))
    assert str(undeclared.value).endswith(": " + missing)
