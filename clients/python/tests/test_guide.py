"""What `docs/guide/integrate.md` shows for Python is run as it stands."""

import pathlib
import re

import httpx
import pytest

GUIDE = pathlib.Path(__file__).parents[3] / "docs" / "guide" / "integrate.md"
SECONDS = 20


@pytest.fixture
def shown(house, tmp_path, monkeypatch):
    """Runs the snippet under a mark; gives its names."""
    monkeypatch.setenv("ANNALS_SERVER", house.url)
    monkeypatch.setenv("ANNALS_TOKEN", house.emitter)
    monkeypatch.chdir(tmp_path)
    names = {}

    def run(mark):
        mark = re.escape(f"<!-- tried: {mark} -->")
        [snippet] = re.findall(mark + r"\n```python\n(.*?)\n```", GUIDE.read_text(), re.S)
        exec(compile(snippet, str(GUIDE), "exec"), names)
        return names

    yield run
    if "recorder" in names:
        names["recorder"].close()


def told(house):
    """Of each event, oldest first, what matters here."""
    return [
        (e["operation"], e["operator"], e["outcome"], e["guarantee"], e.get("object", {}).get("id"))
        for e in house.events()
    ]


def test_the_snippet_records_what_it_says(house, shown):
    """Protects: five minutes from nothing to a recorded operation."""
    shown("python")
    assert told(house) == [("cluster.create", "zhang3", "success", "strict", "c-42")]


def test_the_fastapi_snippet_records(house, shown):
    """Protects: the order of the middlewares, anonymous requests, and answers that are no success."""
    from fastapi.testclient import TestClient

    names = shown("fastapi")
    names["test_every_mutating_route_is_declared"]()
    anonymous, signed_in = TestClient(names["app"]), TestClient(names["app"], cookies={"session": "s-1"})
    assert signed_in.post("/clusters?nodes=4").json() == {"id": "c-42"}
    assert signed_in.post("/clusters").status_code == 422
    assert anonymous.delete("/clusters/c-7").status_code == 200
    assert names["recorder"].flush(SECONDS)
    assert told(house) == [
        ("cluster.create", "zhang3", "success", "strict", "c-42"),
        ("cluster.create", "zhang3", "failure", "strict", None),
        ("cluster.delete", "unknown", "success", "spooled", "c-7"),
    ]


def test_the_flask_snippet_records(house, shown):
    """Protects: who the server says acts, and nobody."""
    names = shown("flask")
    names["test_every_mutating_route_is_declared"]()
    for login in ({"REMOTE_USER": "zhang3"}, {}):

        def server(environ, start, login=login):
            return names["app"].wsgi_app(environ | login, start)

        with httpx.Client(transport=httpx.WSGITransport(server), base_url="http://test") as client:
            assert client.delete("/clusters/c-7").status_code == 200
    assert names["recorder"].flush(SECONDS)
    assert told(house) == [
        ("cluster.delete", "zhang3", "success", "strict", "c-7"),
        ("cluster.delete", "unknown", "success", "strict", "c-7"),
    ]
