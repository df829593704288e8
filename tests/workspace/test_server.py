"""Starting, stopping, and the ports and files around it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import replace

import pytest
from slack_sdk import WebClient

from bot.workspace import PortInUse, SeedChannel, SeedUserGroup, Workspace
from tests.workspace.driver import SEED, BareApp, People


def test_a_taken_port_is_named_with_a_way_out(workspace: Workspace) -> None:
    port = int(workspace.url.rsplit(":", 1)[1])
    with pytest.raises(PortInUse, match=f"Port {port} .*--port"):
        Workspace(SEED, port=port).start()


def test_what_was_said_and_what_was_kept_outlive_a_restart() -> None:
    workspace = Workspace(SEED, port=0, ack_seconds=5.0)
    workspace.start()
    people, app = People(workspace), BareApp(workspace)
    posting = people.begin("message", channel="help", user="ann", text="before")
    app.next()
    workspace.stop()
    workspace.stop()
    app.close()
    workspace.start()
    assert people.texts("help") == ["Ask here.", "before"]
    again = BareApp(workspace)
    assert again.take()["event"]["text"] == "before"
    again.close()
    workspace.stop()
    assert posting.result()["acked"] is False
    people.threads.shutdown()


def test_stopping_leaves_no_thread_and_no_open_port() -> None:
    workspace = Workspace(SEED, port=0)
    with workspace:
        assert WebClient("xoxb-test", base_url=workspace.api_url).auth_test()["ok"]
        with urllib.request.urlopen(f"{workspace.url}/_control/stream") as stream:
            assert stream.readline() == b": connected\n"
            workspace.stop()
            assert stream.read() == b"\n"
    assert "workspace" not in {t.name for t in threading.enumerate() if not t.daemon}
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(workspace.url)


def test_a_kept_connection_is_answered_at_once(workspace: Workspace) -> None:
    connection = http.client.HTTPConnection(workspace.url.removeprefix("http://"), timeout=5)
    seconds = []
    for _ in range(11):
        began = time.perf_counter()
        connection.request("GET", "/_control/state")
        connection.getresponse().read()
        seconds.append(time.perf_counter() - began)
    connection.close()
    assert statistics.median(seconds) < 0.03


@pytest.mark.parametrize(
    ("path", "header", "status"),
    [
        ("/_control/state", {"Origin": "http://elsewhere.example"}, 403),
        ("/_control/state", {"Host": "elsewhere.example"}, 400),
        ("/api/auth.test", {"Host": "elsewhere.example"}, 400),
    ],
)
def test_a_web_page_elsewhere_cannot_reach_it(
    workspace: Workspace, path: str, header: dict[str, str], status: int
) -> None:
    request = urllib.request.Request(workspace.url + path, headers=header)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    with caught.value as refused:
        assert refused.code == status


def test_its_own_page_reaches_it(workspace: Workspace) -> None:
    for url in (workspace.url, workspace.url.replace("127.0.0.1", "localhost")):
        request = urllib.request.Request(f"{url}/_control/state", headers={"Origin": url})
        with urllib.request.urlopen(request) as response:
            assert json.load(response)["ok"]


def test_a_seed_that_names_a_stranger_is_refused() -> None:
    channel = SeedChannel("help", members=("nobody",))
    with pytest.raises(ValueError, match=r"'help' names \['nobody'\]"):
        Workspace(replace(SEED, channels=(channel,)), port=0)


def test_a_user_group_that_names_a_stranger_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'crew' names \['nobody'\]"):
        Workspace(replace(SEED, usergroups=(SeedUserGroup("crew", "Crew", ("nobody",)),)), port=0)


def test_a_permalink_opens_the_page(workspace: Workspace) -> None:
    pages = []
    for path in ("/", "/archives/C0X/p1700000000000100?thread_ts=1.1&cid=C0X"):
        with urllib.request.urlopen(workspace.url + path) as response:
            pages.append(response.read())
    assert pages[0] == pages[1]


def test_it_runs_alone_for_any_app_and_ends_on_sigterm() -> None:
    command = [sys.executable, "-m", "bot.workspace", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ}) as process:
        assert process.stdout
        said = "".join(process.stdout.readline() for _ in range(4))
        shown = dict(re.findall(r"(\S+): +(\S+)", said))
        url = f"{shown['SLACK_API_URL']}auth.test?token={shown['SLACK_BOT_TOKEN']}"
        with urllib.request.urlopen(url) as response:
            assert json.load(response)["ok"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
