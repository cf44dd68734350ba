"""The progress of a run: plain lines, and the board behind the live tree."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from cli import progress
from engine.runs import Op, Said, StepEnded, StepStarted

URN = "urn:pulumi:local.t1::tenants::tenant:stack:Tenant$tenant:database:Database$aws:rds/instance:Instance::database"


def drawn(board: progress.Board) -> str:
    console = Console(file=io.StringIO(), width=100, markup=False)
    console.print(board.tree("create acme"))
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def test_a_step_is_shown_below_its_component_with_its_time() -> None:
    now = [10.0]
    board = progress.Board(clock=lambda: now[0], began=10.0)
    board.take(StepStarted(URN, "aws:rds/instance:Instance", "database", Op.CREATE))
    now[0] = 75.5
    assert "Database  0/1" in drawn(board)
    assert "creating database (aws:rds/instance:Instance)  65.5 s" in drawn(board)
    board.take(StepEnded(URN, Op.CREATE, True, 70.0))
    assert "created database (aws:rds/instance:Instance)  70.0 s" in drawn(board)
    assert "1 of 1 steps" in drawn(board)


def test_a_failed_step_stays_in_sight_and_is_marked_in_words() -> None:
    board = progress.Board()
    board.take(StepStarted(URN, "aws:rds/instance:Instance", "database", Op.CREATE))
    board.take(StepEnded(URN, Op.CREATE, False, 1.0))
    for number in range(20):
        other = URN.replace("::database", f"::other{number}")
        board.take(StepStarted(other, "aws:rds/instance:Instance", f"other{number}", Op.CREATE))
        board.take(StepEnded(other, Op.CREATE, True, 1.0))
    shown = drawn(board)
    assert "FAILED creating database" in shown
    assert "other19" in shown
    assert "other0 " not in shown


def test_what_stays_the_same_is_not_shown() -> None:
    board = progress.Board()
    board.take(StepStarted(URN, "aws:rds/instance:Instance", "database", Op.SAME))
    assert "database (" not in drawn(board)


ADOPTED = "key (aws:kms/key:Key): an interrupted create had been accepted; adopted as 1234"


def test_warnings_and_what_was_adopted_are_shown() -> None:
    board = progress.Board()
    board.take(Said("warning", "no path to the endpoint"))
    board.take(Said("info", ADOPTED))
    assert "no path to the endpoint" in drawn(board)
    assert "adopted as 1234" in drawn(board)


def test_without_a_terminal_progress_is_a_line_an_event(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.following("create acme") as listen:
        listen(StepStarted(URN, "aws:rds/instance:Instance", "database", Op.CREATE))
        listen(StepEnded(URN, Op.CREATE, False, 2.0))
        listen(Said("error", "no capacity"))
        listen(Said("info", ADOPTED))
        listen(StepStarted(URN, "aws:rds/instance:Instance", "database", Op.SAME))
    written = capsys.readouterr()
    assert written.out == ""
    lines = [line.partition(" ")[2] for line in written.err.splitlines()]
    assert lines == [
        "creating database (aws:rds/instance:Instance)",
        "FAILED creating database (aws:rds/instance:Instance) after 2.0 s",
        "error: no capacity",
        ADOPTED,
    ]


def test_what_is_only_looked_at_is_counted_and_what_could_not_be_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.following("apply acme") as listen:
        for number in range(3):
            listen(StepStarted(f"{URN}{number}", "aws:rds/instance:Instance", "database", Op.REFRESH))
            listen(StepEnded(f"{URN}{number}", Op.REFRESH, number < 2, 0.1))
        listen(StepStarted(URN, "aws:rds/instance:Instance", "database", Op.UPDATE))
        listen(StepEnded(URN, Op.READ, True, 0.1))
    lines = [line.partition(" ")[2] for line in capsys.readouterr().err.splitlines()]
    assert lines == [
        "looked at 2 resources",
        "FAILED refreshing database2 (aws:rds/instance:Instance) after 0.1 s",
        "updating database (aws:rds/instance:Instance)",
        "looked at 1 resource",
    ]
