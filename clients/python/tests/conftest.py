"""A running Annals: the real binary, named by ANNALS_BINARY, on a folder of its own."""

import json
import os
import subprocess
import urllib.request

import pytest


class House:
    def __init__(self, folder):
        self.folder = folder
        self.binary = os.environ["ANNALS_BINARY"]
        self.address = "127.0.0.1:0"
        self.server = None
        self.serve()
        self.emitter = self.token("emitter")
        self.auditor = self.token("auditor")

    def serve(self):
        command = [self.binary, "serve", "--data", self.folder / "data", "--listen", self.address]
        self.server = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        line = self.server.stdout.readline()
        self.url = line.strip().removeprefix("listening on ")
        self.address = self.url.removeprefix("http://")

    def kill(self):
        self.server.kill()
        self.server.wait()
        self.server.stdout.close()

    def token(self, role):
        command = [self.binary, "token", "create", "--data", self.folder / "data"]
        command += ["--role", role, "--name", role, "--stack-id", "stk-01", "--region", "r-1"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def events(self):
        """The platform's events, oldest first."""
        url = f"{self.url}/v1/events?order=time&limit=1000&q=-service:audit-log"
        request = urllib.request.Request(url, headers={"authorization": f"Bearer {self.auditor}"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["events"]


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path)
    yield house
    house.kill()


@pytest.fixture
def recorder(house, tmp_path):
    from annals import Recorder

    recorder = Recorder(house.url, house.emitter, tmp_path / "spool", strict_seconds=1)
    yield recorder
    recorder.close()
