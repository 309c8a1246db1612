"""What `docs/guide/integrate.md` shows for Python is run as it stands."""

import pathlib
import re

GUIDE = pathlib.Path(__file__).parents[3] / "docs" / "guide" / "integrate.md"


def test_the_snippet_records_what_it_says(house, tmp_path, monkeypatch):
    """Protects: five minutes from nothing to a recorded operation."""
    [snippet] = re.findall(r"<!-- tried: python -->\n```python\n(.*?)\n```", GUIDE.read_text(), re.S)
    monkeypatch.setenv("ANNALS_SERVER", house.url)
    monkeypatch.setenv("ANNALS_TOKEN", house.emitter)
    monkeypatch.chdir(tmp_path)
    exec(compile(snippet, str(GUIDE), "exec"), {})
    [event] = house.events()
    told = (event["operation"], event["outcome"], event["guarantee"], event["object"]["id"])
    assert told == ("cluster.create", "success", "strict", "c-42")
