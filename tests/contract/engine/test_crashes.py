"""Nothing lost, nothing doubled: lost answers, death between any two writes, a stop, a lost lease."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager

import pulumi
import pytest

from engine.embedded.backend import FileBackend, StackName
from engine.runs import Outcome
from tests.contract.engine.conftest import Bench
from tests.world import Thing


def _chain() -> None:
    a = Thing("a", {"v": 1})
    b = Thing("b", {"x": a.out})
    Thing("c", {"x": b.out})
    pulumi.export("b", b.out)


def _names(bench: Bench) -> list[str]:
    return sorted(thing["__name"] for thing in bench.world.things.values())


def test_an_answer_lost_after_acceptance_is_looked_for_and_not_repeated(bench: Bench) -> None:
    bench.world.lose.add(("create", "b"))
    run = bench.apply(_chain)
    assert run.outcome is Outcome.FAILED
    assert "The next run looks before it repeats." in run.failures[0].message
    assert [item["type"] for item in bench.state()["pending_operations"]] == ["creating"]
    bench.world.lose.clear()
    assert bench.apply(_chain).outcome is Outcome.SUCCEEDED
    assert bench.world.made("create") == ["c"]
    assert _names(bench) == ["a", "b", "c"]
    assert "pending_operations" not in bench.state()


def test_a_preview_after_a_lost_answer_tells_and_writes_nothing(bench: Bench) -> None:
    bench.world.lose.add(("create", "b"))
    bench.apply(_chain)
    before = bench.text()
    preview = bench.preview(_chain)
    assert {change.name for change in preview.pending} == {"c"}
    assert bench.text() == before


def test_a_delete_whose_answer_was_lost_is_settled_by_looking(bench: Bench) -> None:
    bench.apply(_chain)
    bench.world.lose.add(("delete", "c"))
    assert bench.destroy().outcome is Outcome.FAILED
    bench.world.lose.clear()
    assert bench.destroy().outcome is Outcome.SUCCEEDED
    assert bench.world.things == {}


@contextmanager
def _dying_at(bench: Bench, write: int) -> Generator[None]:
    """As kill -9 after write number `write`, of a checkpoint or a line: none after it reaches disk or world."""
    save, append, count = FileBackend.save, FileBackend.append, 0

    def mortal(
        write_it: Callable[[FileBackend, StackName, str], None],
    ) -> Callable[[FileBackend, StackName, str], None]:
        def until(self: FileBackend, name: StackName, text: str) -> None:
            nonlocal count
            count += 1
            if count <= write:
                write_it(self, name, text)

        return until

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FileBackend, "save", mortal(save))
        patch.setattr(FileBackend, "append", mortal(append))
        bench.world.reachable = lambda: count <= write
        yield
    bench.world.reachable = lambda: True


@pytest.mark.parametrize("write", range(12))
def test_death_after_any_write_of_a_create_loses_and_doubles_nothing(bench: Bench, write: int) -> None:
    bench.preview(_chain)  # the stack itself exists
    with _dying_at(bench, write):
        bench.apply(_chain)
    assert bench.apply(_chain).outcome is Outcome.SUCCEEDED
    assert _names(bench) == ["a", "b", "c"]
    assert bench.apply(_chain).pending == ()


@pytest.mark.parametrize("write", range(10))
def test_death_after_any_write_of_a_destroy_leaves_nothing_behind(bench: Bench, write: int) -> None:
    bench.apply(_chain)
    with _dying_at(bench, write):
        bench.destroy()
    assert bench.destroy().outcome is Outcome.SUCCEEDED
    assert bench.world.things == {}


@pytest.mark.parametrize("write", range(8))
def test_death_after_any_write_of_a_replacement_leaves_exactly_one(bench: Bench, write: int) -> None:
    value = 1

    def program() -> None:
        Thing("a", {"rep": value, "named": True})

    bench.apply(program)
    value = 2
    with _dying_at(bench, write):
        bench.apply(program)
    assert bench.apply(program).outcome is Outcome.SUCCEEDED
    assert [bench.world.things[id]["rep"] for id in bench.world.named("a")] == [2]


@pytest.mark.parametrize("write", range(12))
def test_death_after_any_write_of_a_delete_before_replace_leaves_exactly_one_of_each(bench: Bench, write: int) -> None:
    value = 1

    def program() -> None:
        a = Thing("a", {"rep": value, "dbr": True})
        Thing("b", {"rep": a.out})

    bench.apply(program)
    value = 2
    with _dying_at(bench, write):
        bench.apply(program)
    assert bench.apply(program).outcome is Outcome.SUCCEEDED
    assert _names(bench) == ["a", "b"]
    assert bench.world.things[bench.world.named("a")[0]]["rep"] == 2
    assert bench.apply(program).pending == ()


@pytest.mark.parametrize("write", range(8))
def test_death_after_any_write_of_an_update_is_made_good(bench: Bench, write: int) -> None:
    value = 1

    def program() -> None:
        a = Thing("a", {"v": value})
        Thing("b", {"v": value, "x": a.out})

    bench.apply(program)
    value = 2
    with _dying_at(bench, write):
        bench.apply(program)
    assert bench.apply(program).outcome is Outcome.SUCCEEDED
    assert sorted(thing["v"] for thing in bench.world.things.values()) == [2, 2]
    assert bench.apply(program).pending == ()


@pytest.mark.parametrize("how", ["lose", "halve"])
def test_an_update_that_went_through_and_is_taken_back_is_taken_back(bench: Bench, how: str) -> None:
    value = 1

    def program() -> None:
        Thing("a", {"v": value})

    bench.apply(program)
    value = 2
    wrong: set[tuple[str, str]] = getattr(bench.world, how)
    wrong.add(("update", "a"))
    assert bench.apply(program).outcome is Outcome.FAILED
    wrong.clear()
    value = 1
    assert bench.apply(program).outcome is Outcome.SUCCEEDED
    assert bench.world.things["a-1"]["v"] == 1
    assert bench.apply(program).pending == ()


def test_what_was_half_made_and_is_gone_is_made_anew(bench: Bench) -> None:
    partial = True

    def program() -> None:
        Thing("half", {"partial": True} if partial else {"v": 1})

    bench.apply(program)
    bench.world.things.clear()
    partial = False
    assert bench.apply(program).outcome is Outcome.SUCCEEDED
    assert bench.world.made("create") == ["half"]
    assert len(bench.world.named("half")) == 1


def test_a_defect_fails_its_resource_says_where_and_shows_no_value(bench: Bench) -> None:
    value = 1

    def program() -> None:
        Thing("a", {"v": value, "defect": True})
        Thing("b", {"v": value})

    bench.apply(program)
    value = 2
    run = bench.apply(program)
    assert run.outcome is Outcome.FAILED
    assert "unexpected KeyError at world.py" in run.failures[0].message
    assert "a-secret-value" not in run.failures[0].message
    assert bench.world.things[bench.world.named("b")[0]]["v"] == 2


def test_a_killed_run_has_moved_the_stacks_version(bench: Bench) -> None:
    bench.apply(_chain)
    before = bench.workspaces().serial("test.one")
    bench.fence = _raise_once_called(bench)
    with pytest.raises(_LostError):
        bench.apply(lambda: None)
    bench.fence = lambda: None
    assert bench.workspaces().serial("test.one") == before + 1


class _LostError(Exception):
    pass


def _raise_once_called(bench: Bench) -> Callable[[], None]:
    def fence() -> None:
        if bench.world.calls:
            raise _LostError("the lease is lost")

    return fence


def test_a_stop_finishes_what_is_under_way_and_starts_nothing_new(bench: Bench) -> None:
    def program() -> None:
        a = Thing("a", {"sleep": 0.2})
        Thing("b", {"x": a.out})

    bench.stopping = lambda: bool(bench.world.calls)
    run = bench.apply(program)
    assert run.outcome is Outcome.INTERRUPTED
    assert bench.world.calls == [("create", "a")]
    assert "pending_operations" not in bench.state()
    bench.stopping = lambda: False
    assert bench.apply(program).outcome is Outcome.SUCCEEDED
    assert bench.world.made("create") == ["b"]


def test_who_has_lost_the_lease_sends_nothing_more(bench: Bench) -> None:
    class LostError(Exception):
        pass

    def fence() -> None:
        if ("create", "a") in bench.world.calls:
            raise LostError("the lease is lost")

    bench.fence = fence
    with pytest.raises(LostError):
        bench.apply(_chain)
    assert bench.world.calls == [("create", "a")]
    bench.fence = lambda: None
    assert bench.apply(_chain).outcome is Outcome.SUCCEEDED
    assert _names(bench) == ["a", "b", "c"]
