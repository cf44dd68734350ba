"""Colour: there at a terminal, and nowhere where NO_COLOR is set (https://no-color.org)."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from typing import Final

import pytest
from rich.text import Text

from cli import render

COLOUR: Final = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]")


def at_a_terminal(*args: str, **variables: str) -> str:
    """What `tenant ARGS` writes where a person sits."""
    leader, follower = pty.openpty()
    plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    known = plain | {"TERM": "xterm-256color"} | variables
    with os.fdopen(leader, "rb", buffering=0) as screen:
        with os.fdopen(follower, "wb") as end:
            running = subprocess.Popen(
                [sys.executable, "-m", "cli", *args], stdin=end, stdout=end, stderr=end, env=known
            )
        shown = b""
        try:
            while part := screen.read(65536):
                shown += part
        except OSError:  # Linux says so when the last writer has gone
            pass
    assert running.wait() == 0
    return shown.decode()


def test_no_colour_is_written_where_no_color_is_set() -> None:
    assert COLOUR.search(at_a_terminal("--help"))
    assert not COLOUR.search(at_a_terminal("--help", NO_COLOR="1"))


@pytest.mark.parametrize("stderr", [False, True])
def test_results_and_progress_have_no_colour_where_no_color_is_set(
    stderr: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("FORCE_COLOR", "1")

    def shown() -> str:
        console = render.console(stderr=stderr)
        with console.capture() as written:
            console.print(Text("refused", style="red"))
        return written.get()

    monkeypatch.delenv("NO_COLOR", raising=False)
    assert COLOUR.search(shown())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not COLOUR.search(shown())
