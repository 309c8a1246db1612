"""FastAPI and Flask behind the middlewares, against the real server."""

import pytest

from annals import Route, Routes, Undeclared

SECONDS = 20

ROUTES = [
    Route(
        "POST",
        "/clusters",
        "cluster.create",
        guarantee="strict",
        mask=["licence"],
        ended=lambda call, answer: {"object": {"type": "cluster", "id": answer.data["id"]}},
    ),
    Route(
        "DELETE",
        "/clusters/{id}",
        "cluster.delete",
        object=lambda call: {"type": "cluster", "id": call.params["id"]},
    ),
    Route("POST", "/clusters/{id}/start", "cluster.node.add"),
    Route("POST", "/files", "file.upload", guarantee="best_effort"),
]


def routes():
    return Routes(
        ROUTES,
        operator=lambda call: call.headers.get("x-user"),
        trusted_proxies=["127.0.0.0/8"],
        unrecorded=[("POST", "/search")],
    )


def fastapi_app(recorder):
    from fastapi import FastAPI, Request
    from fastapi.responses import JSONResponse
    from fastapi.testclient import TestClient

    from annals.asgi import OPERATION, Audit, declared

    app = FastAPI()
    app.add_middleware(Audit, recorder=recorder, routes=routes())

    @app.post("/clusters")
    async def create(request: Request):
        return {"id": "c-" + str((await request.json())["nodes"])}

    @app.delete("/clusters/{id}")
    async def delete(id: str):
        return JSONResponse({"error": "no right"}, 403)

    @app.post("/clusters/{id}/start")
    async def start(id: str, request: Request):
        return JSONResponse({"operation": request.scope[OPERATION]}, 202)

    @app.post("/files")
    async def files(request: Request):
        return {"bytes": len(await request.body())}

    @app.post("/search")
    async def search():
        return {}

    return TestClient(app, client=("127.0.0.1", 40_000)), lambda: declared(app)


def flask_app(recorder):
    from flask import Flask, request

    from annals.wsgi import OPERATION, Audit, declared

    app = Flask("platform")
    app.wsgi_app = Audit(app.wsgi_app, recorder, routes())

    @app.post("/clusters")
    def create():
        return {"id": "c-" + str(request.json["nodes"])}

    @app.delete("/clusters/<id>")
    def delete(id):
        return {"error": "no right"}, 403

    @app.post("/clusters/<id>/start")
    def start(id):
        return {"operation": request.environ[OPERATION]}, 202

    @app.post("/files")
    def files():
        return {"bytes": len(request.get_data())}

    @app.post("/search")
    def search():
        return {}

    import httpx

    return httpx.Client(transport=httpx.WSGITransport(app), base_url="http://test"), lambda: declared(app)


@pytest.mark.parametrize("make", [fastapi_app, flask_app])
def test_routes_are_recorded(house, recorder, make):
    """Protects: operation, operator, address, masked request, objects and outcome of a route; the
    application sees the same request; 202 stays open until it is ended; nothing else is recorded."""
    client, _ = make(recorder)
    headers = {"x-user": "zhang3", "x-forwarded-for": "203.0.113.9, 10.2.4.18"}
    body = {"nodes": 4, "licence": "abc", "password": "secret"}
    assert client.post("/clusters", json=body, headers=headers).json() == {"id": "c-4"}
    assert client.delete("/clusters/c-9", headers=headers).status_code == 403
    started = client.post("/clusters/c-4/start", headers=headers)
    content = b"x" * 600_000
    files = {"data": ("run.sh", content, "text/x-sh")}
    upload = client.post("/files", data={"folder": "/home"}, files=files, headers=headers)
    assert started.status_code == 202 and upload.json()["bytes"] > len(content)
    assert client.post("/search", json={}).status_code == 200
    assert recorder.flush(SECONDS)
    events = {event["operation"]: event for event in house.events()}
    assert len(house.events()) == len(events) == 4
    created = events["cluster.create"]
    assert (created["operator"], created["source_ip"]) == ("zhang3", "10.2.4.18")
    assert created["request_data"] == {"nodes": 4, "licence": "***", "password": "***"}
    assert created["object"] == {"type": "cluster", "id": "c-4"}
    assert (created["outcome"], created["guarantee"]) == ("success", "strict")
    assert events["cluster.delete"]["outcome"] == "denied"
    assert events["cluster.delete"]["object"]["id"] == "c-9"
    assert events["cluster.node.add"]["outcome"] == "pending"
    assert events["file.upload"]["request_data"] == {"folder": "/home", "data": {"file": "run.sh"}}
    recorder.finish(started.json()["operation"], "success")
    assert recorder.flush(SECONDS)
    outcomes = {event["operation"]: event["outcome"] for event in house.events()}
    assert outcomes["cluster.node.add"] == "success"


@pytest.mark.parametrize("make", [fastapi_app, flask_app])
def test_a_strict_route_is_refused_without_a_server(house, recorder, make):
    """Protects: where the intent cannot be kept the application is not called; others go on."""
    client, _ = make(recorder)
    house.kill()
    refused = client.post("/clusters", json={"nodes": 1})
    assert (refused.status_code, refused.json()["code"]) == (503, "not_recorded")
    assert client.delete("/clusters/c-9").status_code == 403
    house.serve()
    assert recorder.flush(SECONDS)
    assert [event["operation"] for event in house.events()] == ["cluster.delete"]


@pytest.mark.parametrize("make", [fastapi_app, flask_app])
def test_every_mutating_route_is_declared(recorder, make):
    """Protects: the helper for an application's own tests finds what the table forgot."""
    _, declared = make(recorder)
    routes().check(declared())
    with pytest.raises(Undeclared, match="PATCH /clusters/x"):
        routes().check([*declared(), ("PATCH", "/clusters/x"), ("GET", "/y")])


def test_addresses_come_from_trusted_proxies_alone():
    """Protects: nobody gives himself an address."""
    from annals import Call

    def source_ip(client, forwarded):
        call = Call("POST", "/", {}, {"x-forwarded-for": forwarded}, client)
        return routes().source_ip(call)

    assert source_ip("10.9.9.9", "1.2.3.4") == "10.9.9.9"
    assert source_ip("127.0.0.1", "1.2.3.4, 10.2.0.7") == "10.2.0.7"
    assert source_ip("127.0.0.1", "1.2.3.4, 127.0.0.2") == "1.2.3.4"
    assert source_ip("127.0.0.1", "junk") == "127.0.0.1"
    assert source_ip(None, "1.2.3.4") is None
