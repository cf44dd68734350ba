"""What a Pulumi engine does, as programs and the cloud see it: one test a behaviour."""

from __future__ import annotations

import asyncio

import pulumi
import pytest

from engine.runs import Op, Outcome
from tests.contract.engine.conftest import Bench
from tests.world import Group, Thing, WorldProviderResource

Opts = pulumi.ResourceOptions


# ---- order and concurrency


def test_a_resource_is_made_after_everything_it_depends_on(bench: Bench) -> None:
    def program() -> None:
        a = Thing("a", {"sleep": 0.05})
        b = Thing("b", {"x": a.out, "sleep": 0.05})
        Thing("c", {"v": 1}, Opts(depends_on=[b]))

    bench.apply(program)
    assert bench.world.made("create") == ["a", "b", "c"]


@pytest.mark.parametrize("parallel", [1, 3])
def test_independent_resources_run_together_up_to_the_limit_and_so_do_deletes(bench: Bench, parallel: int) -> None:
    def program() -> None:
        for n in range(6):
            Thing(f"t{n}", {"sleep": 0.05})

    bench.apply(program, parallel)
    assert bench.world.most_live == parallel
    bench.world.most_live = 0
    bench.destroy(parallel)
    assert bench.world.most_live == parallel
    assert bench.world.things == {}


def test_deletes_run_in_reverse_and_children_go_before_their_component(bench: Bench) -> None:
    def program() -> None:
        group = Group("g")
        a = Thing("a", {}, Opts(parent=group))
        b, d = Thing("b", {"x": a.out}), Thing("d", {"x": a.out})
        Thing("e", {"x": b.out, "y": d.out})

    bench.apply(program)
    bench.destroy()
    deleted = bench.world.made("delete")
    assert (deleted[0], deleted[-1]) == ("e", "a")
    assert "resources" not in bench.state()


def test_depending_on_a_component_means_its_children(bench: Bench) -> None:
    def program() -> None:
        group = Group("g")
        Thing("child", {"sleep": 0.1}, Opts(parent=group))
        Thing("after", {}, Opts(depends_on=[group]))

    bench.apply(program)
    assert bench.world.made("create") == ["child", "after"]
    assert any(urn.endswith("::child") for urn in bench.row("after")["dependencies"])


# ---- create, update, same


def test_an_unchanged_program_changes_nothing_and_the_state_stays_byte_for_byte(bench: Bench) -> None:
    def program() -> None:
        Thing("a", {"v": 1, "token": pulumi.Output.secret("a-secret-value")})

    bench.apply(program)
    before = bench.state()["resources"]
    run = bench.apply(program)
    assert bench.world.calls == []
    assert run.pending == ()
    assert bench.state()["resources"] == before


def test_dependents_are_updated_only_if_their_own_inputs_change(bench: Bench) -> None:
    value = 1

    def program() -> None:
        a = Thing("a", {"v": value})
        Thing("b", {"x": a.out})

    bench.apply(program)
    value = 2
    bench.apply(program)
    assert bench.world.calls == [("update", "a")]


def test_a_failed_update_keeps_the_old_inputs_in_state(bench: Bench) -> None:
    value = 1

    def program() -> None:
        Thing("a", {"v": value})

    bench.apply(program)
    value = 2
    bench.world.refuse.add(("update", "a"))
    run = bench.apply(program)
    assert (run.outcome, bench.row("a")["inputs"]) == (Outcome.FAILED, {"v": 1})


def test_a_refused_input_is_named_in_preview_and_nothing_is_sent(bench: Bench) -> None:
    def program() -> None:
        Thing("a", {"bad": "p4d.xlarge"})

    assert "bad: p4d.xlarge is not allowed" in bench.preview(program).failures[0].message
    assert "bad: p4d.xlarge is not allowed" in bench.apply(program).failures[0].message
    assert bench.world.calls == []


def test_two_resources_of_one_name_are_refused(bench: Bench) -> None:
    def program() -> None:
        Thing("a", {"v": 1})
        Thing("a", {"v": 2})

    run = bench.apply(program)
    assert "declared twice" in run.failures[0].message
    assert len(bench.world.named("a")) <= 1


def test_a_program_that_raises_keeps_what_was_made_and_deletes_nothing(bench: Bench) -> None:
    def whole() -> None:
        Thing("a", {})
        Thing("b", {})

    def broken() -> None:
        Thing("a", {})
        raise LookupError("no such profile")

    bench.apply(whole)
    run = bench.apply(broken)
    assert run.outcome is Outcome.FAILED
    assert "no such profile" in run.failures[0].message
    assert bench.world.made("delete") == []


def test_what_the_program_no_longer_declares_is_deleted_last(bench: Bench) -> None:
    names = ["old"]

    def program() -> None:
        for name in names:
            Thing(name, {})

    bench.apply(program)
    names[:] = ["new"]
    bench.apply(program)
    assert bench.world.calls == [("create", "new"), ("delete", "old")]
    names.clear()
    bench.apply(program)
    assert bench.world.things == {}
    assert [row["type"] for row in bench.state()["resources"]] == ["pulumi:pulumi:Stack"]


def test_created_is_set_once_and_modified_only_by_a_change(bench: Bench) -> None:
    value = 1

    def program() -> None:
        Thing("a", {"v": value})

    bench.apply(program)
    first = bench.row("a")
    bench.apply(program)
    assert bench.row("a") == first
    value = 2
    bench.apply(program)
    changed = bench.row("a")
    assert changed["created"] == first["created"]
    assert changed["modified"] > first["modified"]


# ---- replacement


def test_a_replacement_makes_the_new_one_updates_dependents_and_deletes_the_old_one_last(bench: Bench) -> None:
    value = 1

    def program() -> None:
        a = Thing("a", {"rep": value})
        Thing("b", {"x": a.out})

    bench.apply(program)
    value = 2
    preview = bench.preview(program)
    assert {change.name: change.op for change in preview.pending} == {"a": Op.REPLACE, "b": Op.UPDATE}
    bench.apply(program)
    assert bench.world.calls == [("create", "a"), ("update", "b"), ("delete", "a")]
    assert len(bench.world.named("a")) == 1


def test_delete_before_replace_sweeps_along_only_what_would_be_replaced(bench: Bench) -> None:
    value = 1

    def program() -> None:
        a = Thing("a", {"rep": value, "dbr": True})
        Thing("mid", {"rep": a.out})
        Thing("leaf", {"x": a.out})

    bench.apply(program)
    value = 2
    bench.apply(program)
    assert bench.world.calls[:3] == [("delete", "mid"), ("delete", "a"), ("create", "a")]
    assert sorted(bench.world.calls[3:]) == [("create", "mid"), ("update", "leaf")]


def test_a_failed_create_after_the_delete_is_owed_and_done_by_the_next_run(bench: Bench) -> None:
    value = 1

    def program() -> None:
        Thing("a", {"rep": value, "dbr": True})

    bench.apply(program)
    value = 2
    bench.world.refuse.add(("create", "a"))
    assert bench.apply(program).outcome is Outcome.FAILED
    assert bench.row("a")["pendingReplacement"] is True
    bench.world.refuse.clear()
    bench.apply(program)
    assert bench.world.calls == [("create", "a")]
    assert len(bench.world.named("a")) == 1


def test_an_old_one_that_could_not_be_deleted_is_deleted_first_by_the_next_run(bench: Bench) -> None:
    value = 1

    def program() -> None:
        Thing("a", {"rep": value})

    bench.apply(program)
    value = 2
    bench.world.refuse.add(("delete", "a"))
    assert bench.apply(program).outcome is Outcome.FAILED
    assert [row.get("delete") for row in bench.state()["resources"] if row["urn"].endswith("::a")].count(True) == 1
    bench.world.refuse.clear()
    bench.apply(program)
    assert bench.world.calls == [("delete", "a")]
    assert len(bench.world.named("a")) == 1


def test_what_holds_data_is_never_replaced_and_preview_says_so(bench: Bench) -> None:
    value = 1

    def program() -> None:
        Thing("a", {"rep": value}, type="Vault")

    bench.apply(program)
    value = 2
    assert "holds data and is never replaced" in bench.preview(program).failures[0].message
    bench.apply(program)
    assert bench.world.calls == []


def test_another_region_replaces_everything_that_the_provider_serves(bench: Bench) -> None:
    region = "one"

    def program() -> None:
        provider = WorldProviderResource("p", region)
        Thing("a", {"v": 1}, Opts(provider=provider))

    bench.apply(program)
    region = "two"
    bench.apply(program)
    assert bench.world.calls == [("create", "a"), ("delete", "a")]
    providers = [row for row in bench.state()["resources"] if row["type"] == "pulumi:providers:w"]
    assert [row["inputs"]["region"] for row in providers] == ["two"]


def test_another_provider_option_changes_the_provider_alone(bench: Bench) -> None:
    option = "x"

    def program() -> None:
        Thing("a", {"v": 1}, Opts(provider=WorldProviderResource("p", "one", opt=option)))

    bench.apply(program)
    option = "y"
    bench.apply(program)
    assert bench.world.calls == []
    assert bench.row("p")["inputs"]["opt"] == "y"


# ---- options


def test_protected_resources_stay_while_the_others_go(bench: Bench) -> None:
    def program() -> None:
        base = Thing("base", {})
        Thing("kept", {"x": base.out}, Opts(protect=True))
        Thing("other", {})

    bench.apply(program)
    run = bench.destroy()
    assert run.outcome is Outcome.FAILED
    assert "kept is protected" in run.failures[0].message
    assert bench.world.made("delete") == ["other"]


def test_protection_is_lifted_by_a_run_that_says_so_and_is_inherited_from_the_parent(bench: Bench) -> None:
    protect = True

    def program() -> None:
        group = Group("g", Opts(protect=protect))
        Thing("a", {}, Opts(parent=group))

    bench.apply(program)
    assert bench.row("a")["protect"] is True
    protect = False
    bench.apply(program)
    assert bench.world.calls == []
    assert bench.destroy().outcome is Outcome.SUCCEEDED


def test_retained_resources_leave_the_state_and_stay_in_the_world(bench: Bench) -> None:
    bench.apply(lambda: _declare("a", Opts(retain_on_delete=True)))
    bench.destroy()
    assert bench.world.made("delete") == []
    assert len(bench.world.named("a")) == 1
    assert "resources" not in bench.state()


def test_what_is_retained_stays_in_the_world_when_it_is_replaced(bench: Bench) -> None:
    value = 1

    def program() -> None:
        Thing("a", {"rep": value, "dbr": True}, Opts(retain_on_delete=True))

    bench.apply(program)
    value = 2
    bench.apply(program)
    assert bench.world.calls == [("create", "a")]
    assert len(bench.world.named("a")) == 2


def test_what_is_deleted_with_another_is_not_deleted_on_its_own(bench: Bench) -> None:
    def program() -> None:
        base = Thing("base", {})
        Thing("part", {}, Opts(deleted_with=base))

    bench.apply(program)
    bench.destroy()
    assert bench.world.made("delete") == ["base"]


def test_ignored_changes_keep_the_old_value_in_what_is_sent_and_stored(bench: Bench) -> None:
    value, tags = 1, {"a": "1", "b": "1"}

    def program() -> None:
        Thing("a", {"v": value, "tags": dict(tags)}, Opts(ignore_changes=["tags.a"]))

    bench.apply(program)
    value, tags["a"], tags["b"] = 2, "2", "2"
    bench.apply(program)
    assert bench.row("a")["inputs"] == {"v": 2, "tags": {"a": "1", "b": "2"}}


def test_timeouts_are_stored_in_seconds_and_option_changes_alone_are_same_but_written(bench: Bench) -> None:
    options = Opts(custom_timeouts=pulumi.CustomTimeouts(create="10m"))
    bench.apply(lambda: _declare("a", options))
    assert bench.row("a")["customTimeouts"] == {"create": 600}
    run = bench.apply(lambda: _declare("a", Opts(retain_on_delete=True)))
    assert (run.pending, bench.row("a")["retainOnDelete"]) == ((), True)


def test_an_alias_that_would_rename_something_is_refused_and_an_idle_one_is_not(bench: Bench) -> None:
    bench.apply(lambda: _declare("old"))
    run = bench.apply(lambda: _declare("new", Opts(aliases=[pulumi.Alias(name="old")])))
    assert "aliases are not supported" in run.failures[0].message
    assert bench.world.things.keys() == {"old-1"}
    assert bench.apply(lambda: _declare("old", Opts(aliases=[pulumi.Alias(name="older")]))).pending == ()


def _declare(name: str, opts: Opts | None = None) -> None:
    Thing(name, {"v": 1}, opts)


def test_what_is_excluded_stays_with_all_it_needs_though_it_is_not_declared(bench: Bench) -> None:
    def whole() -> None:
        group = Group("g")
        a = Thing("a", {"v": 1}, Opts(parent=group))
        Thing("b", {"x": a.out}, Opts(parent=group))
        Thing("gone", {})

    bench.apply(whole)
    before = {name: bench.row(name) for name in ("a", "b", "g")}
    planned = bench.preview(lambda: None, exclude=["b"])
    done = bench.apply(lambda: None, exclude=["b"])
    assert bench.world.calls == [("delete", "gone")]
    assert {name: bench.row(name) for name in before} == before
    assert planned.summary() == done.summary() == {"create": 0, "update": 0, "replace": 0, "delete": 1, "same": 3}
    bench.apply(whole)
    assert bench.world.made("create") == ["gone"]


def test_what_is_excluded_is_not_changed_where_it_is_declared(bench: Bench) -> None:
    def program(v: int) -> None:
        a = Thing("a", {"v": v})
        Thing("b", {"x": a.out, "v": v})

    bench.apply(lambda: program(1))
    bench.apply(lambda: program(2), exclude=["a"])
    assert bench.world.made("update") == ["b"]
    assert (bench.row("a")["inputs"]["v"], bench.row("b")["inputs"]["v"]) == (1, 2)


def test_what_was_excluded_and_needs_no_more_is_left_alone_by_a_run_that_fails(bench: Bench) -> None:
    bench.apply(lambda: _things("a", "b"))
    bench.world.refuse.add(("create", "c"))
    run = bench.apply(lambda: _things("c"), exclude=["b"])
    assert run.outcome is Outcome.FAILED
    assert bench.world.made("delete") == []
    assert bench.row("b")["id"]


# ---- secrets and unknowns


def test_no_secret_is_in_clear_in_state_under_any_name(bench: Bench) -> None:
    def program() -> None:
        a = Thing("a", {"echoIn": pulumi.Output.secret("hunter2-hunter2")}, Opts(additional_secret_outputs=["pw"]))
        Thing("b", {"nested": {"deep": a.echo}})
        pulumi.export("echo", a.echo)
        pulumi.export("pw", a.pw)

    run = bench.apply(program)
    assert "hunter2" not in bench.text()
    assert "s3cr3t-out" not in str(bench.row("a"))
    assert run.outputs["echo"].secret
    assert run.outputs["echo"].value == "you said hunter2-hunter2"
    assert run.outputs["pw"].secret


def test_no_secret_reaches_an_event(bench: Bench) -> None:
    def program() -> None:
        Thing("a", {"echoIn": pulumi.Output.secret("hunter2-hunter2"), "v": len(bench.events)})

    bench.apply(program)
    bench.preview(program)
    assert bench.events
    assert "hunter2" not in repr(bench.events)


def test_a_change_of_secretness_alone_is_same_and_yet_encrypted(bench: Bench) -> None:
    secret = False

    def program() -> None:
        Thing("a", {"token": pulumi.Output.secret("plain-then-secret") if secret else "plain-then-secret"})

    bench.apply(program)
    assert "plain-then-secret" in bench.text()
    secret = True
    assert bench.apply(program).pending == ()
    assert "plain-then-secret" not in bench.text()


def test_a_preview_knows_no_outputs_of_what_is_new_and_all_of_what_is_unchanged(bench: Bench) -> None:
    seen: list[str] = []

    def program() -> None:
        Thing("a", {"v": 1}).out.apply(seen.append)

    bench.preview(program)
    assert (seen, bench.world.calls) == ([], [])
    bench.apply(program)
    seen.clear()
    bench.preview(program)
    assert seen == ["out-a-1"]


# ---- refresh and read


def test_preview_does_not_see_drift_and_drift_and_refresh_do(bench: Bench) -> None:
    program = lambda: _declare("a")  # noqa: E731 - a program is a callable
    bench.apply(program)
    bench.world.things["a-1"]["v"] = 9
    assert bench.preview(program).pending == ()
    (change,) = bench.drift().pending
    assert [(path.path, path.before, path.after) for path in change.paths] == [("v", 1, 9)]
    assert bench.row("a")["inputs"] == {"v": 1}
    bench.refresh()
    assert bench.row("a")["inputs"] == {"v": 9}
    bench.apply(program)
    assert bench.world.things["a-1"]["v"] == 1


def test_what_a_resource_ignores_is_no_drift_of_it_and_is_not_taken_back(bench: Bench) -> None:
    program = lambda: _declare("a", Opts(ignore_changes=["v"]))  # noqa: E731 - a program is a callable
    bench.apply(program)
    bench.world.things["a-1"]["v"] = 9
    assert bench.drift().pending == ()
    workspaces = bench.workspaces()
    assert workspaces.preview("test.one", program, refresh=True).pending == ()
    assert workspaces.apply("test.one", program, refresh=True).pending == ()
    assert bench.world.things["a-1"]["v"] == 9


def test_a_run_that_looks_first_plans_and_takes_drift_back(bench: Bench) -> None:
    program = lambda: _declare("a")  # noqa: E731 - a program is a callable
    bench.apply(program)
    bench.world.things["a-1"]["v"] = 9
    workspaces = bench.workspaces()
    (change,) = workspaces.preview("test.one", program, refresh=True).pending
    assert (change.op, [(path.path, path.before, path.after) for path in change.paths]) == (Op.UPDATE, [("v", 9, 1)])
    assert bench.world.things["a-1"]["v"] == 9
    assert [change.op for change in workspaces.apply("test.one", program, refresh=True).pending] == [Op.UPDATE]
    assert bench.world.things["a-1"]["v"] == 1
    del bench.world.things["a-1"]
    assert [change.op for change in workspaces.apply("test.one", program, refresh=True).pending] == [Op.CREATE]


def test_what_vanished_leaves_the_state_and_is_made_again(bench: Bench) -> None:
    def program() -> None:
        a = Thing("a", {})
        Thing("b", {"x": a.out})

    bench.apply(program)
    del bench.world.things["a-1"]
    assert [(change.name, change.op) for change in bench.drift().pending] == [("a", Op.DELETE)]
    bench.refresh()
    assert "dependencies" not in bench.row("b")
    bench.apply(program)
    assert bench.world.calls == [("create", "a"), ("update", "b")]


def test_what_somebody_else_owns_is_read_and_never_deleted(bench: Bench) -> None:
    bench.world.things["theirs-1"] = {"v": 5, "__name": "theirs", "__urn": "urn:elsewhere"}

    def program() -> None:
        Thing("ref", {}, Opts(id="theirs-1"))

    bench.apply(program)
    assert bench.row("ref")["external"] is True
    bench.destroy()
    assert bench.world.made("delete") == []
    assert "theirs-1" in bench.world.things


def test_another_stacks_outputs_are_read_with_their_secrets(bench: Bench) -> None:
    def shared() -> None:
        pulumi.export("vpc", "vpc-1")
        pulumi.export("token", pulumi.Output.secret("shared-token-value"))

    def tenant() -> None:
        reference = pulumi.StackReference("organization/tenants/test.shared")
        Thing("a", {"vpc": reference.get_output("vpc"), "token": reference.get_output("token")})

    bench.apply(shared, stack="test.shared")
    run = bench.apply(tenant)
    assert run.failures == ()
    assert bench.world.things["a-1"]["token"] == "shared-token-value"
    assert "shared-token-value" not in bench.text()
    assert bench.apply(tenant).pending == ()


def test_a_reference_to_a_stack_that_is_not_there_is_said(bench: Bench) -> None:
    run = bench.apply(
        lambda: Thing("a", {"x": pulumi.StackReference("organization/tenants/no").get_output("x")}) and None
    )
    assert "no stack organization/tenants/no" in run.failures[0].message
    assert bench.world.calls == []


def test_data_sources_are_answered_and_their_refusal_fails_the_run(bench: Bench) -> None:
    def program() -> None:
        answer = pulumi.runtime.invoke("w:index:ask", {"asked": "what"}).value
        pulumi.export("asked", answer["asked"])

    assert bench.apply(program).outputs["asked"].value == "what"
    run = bench.apply(lambda: pulumi.export("x", pulumi.runtime.invoke("w:index:fail", {}).value))
    assert "refused" in run.failures[0].message


def test_what_ends_a_program_s_runtime_is_told_in_its_own_words(bench: Bench) -> None:
    """What is raised while the runtime clears up comes out of its `Run`: no answer then, but the status of a call."""

    async def refused() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            raise RuntimeError("w fail: refused") from None

    def program() -> None:
        known.append(asyncio.ensure_future(refused()))

    known: list[asyncio.Task[None]] = []
    (failure,) = bench.apply(program).failures
    assert failure.message == "The program raised: w fail: refused"


# ---- failures


def test_everything_that_does_not_hang_on_a_failure_is_done(bench: Bench) -> None:
    def program() -> None:
        a = Thing("a", {})
        b = Thing("b", {"x": a.out})
        Thing("c", {"x": b.out})
        Thing("d", {}, Opts(depends_on=[b]))
        Thing("free", {})
        pulumi.export("c", b.out)

    bench.world.refuse.add(("create", "b"))
    run = bench.apply(program)
    assert run.outcome is Outcome.FAILED
    assert [failure.message for failure in run.failures] == ["w:index:Thing b: w create refused: NotToday"]
    assert sorted(bench.world.made("create")) == ["a", "b", "free"]
    bench.world.refuse.clear()
    assert bench.apply(program).outcome is Outcome.SUCCEEDED
    assert sorted(bench.world.made("create")) == ["b", "c", "d"]


def test_a_half_made_resource_is_recorded_and_updated_by_the_next_run(bench: Bench) -> None:
    partial = True

    def program() -> None:
        Thing("half", {"partial": True} if partial else {"v": 1})

    assert bench.apply(program).outcome is Outcome.FAILED
    assert bench.row("half")["initErrors"] == ["half made"]
    partial = False
    bench.apply(program)
    assert bench.world.calls == [("read", "half"), ("update", "half")]
    assert "initErrors" not in bench.row("half")


def test_a_failed_delete_keeps_the_row_and_all_it_depends_on(bench: Bench) -> None:
    def program() -> None:
        a = Thing("a", {})
        b = Thing("b", {"x": a.out})
        Thing("c", {"x": b.out})

    bench.apply(program)
    bench.world.refuse.add(("delete", "b"))
    assert bench.destroy().outcome is Outcome.FAILED
    assert {row["urn"].split("::")[-1] for row in bench.state()["resources"]} >= {"a", "b"}
    assert len(bench.world.things) == 2
    bench.world.refuse.clear()
    assert bench.destroy().outcome is Outcome.SUCCEEDED
    assert bench.world.things == {}


def test_after_a_failure_new_stack_outputs_are_laid_over_the_old_ones(bench: Bench) -> None:
    value = 1

    def program() -> None:
        a = Thing("a", {"v": value})
        pulumi.export("value", value)
        pulumi.export("out", a.out)

    bench.apply(program)
    value = 2
    bench.world.refuse.add(("update", "a"))
    bench.apply(program)
    outputs = bench.workspaces().outputs("test.one")
    assert (outputs["value"].value, outputs["out"].value) == (2, "out-a-1")


def test_a_package_without_a_provider_is_said_with_those_there_are(bench: Bench) -> None:
    run = bench.apply(lambda: pulumi.CustomResource("gcp:index:Thing", "x", {}) and None)
    assert "package gcp has no provider" in run.failures[0].message


def test_a_fingerprint_moves_with_the_state_and_only_with_it(bench: Bench) -> None:
    value = 1
    program = lambda: Thing("a", {"v": value}) and None  # noqa: E731 - a program is a callable
    absent = bench.workspaces().fingerprint("test.one")
    bench.preview(program)
    assert bench.workspaces().fingerprint("test.one") == absent
    bench.apply(program)
    made = bench.workspaces().fingerprint("test.one")
    assert made != absent
    bench.preview(program)
    bench.apply(program)
    assert bench.workspaces().fingerprint("test.one") == made
    value = 2
    bench.apply(program)
    assert bench.workspaces().fingerprint("test.one") != made
    bench.destroy()
    assert bench.workspaces().fingerprint("test.one") == absent


def test_a_create_without_an_answer_moves_the_fingerprint_too(bench: Bench) -> None:
    absent = bench.workspaces().fingerprint("test.one")
    bench.world.lose.add(("create", "a"))
    bench.apply(lambda: _declare("a"))
    assert bench.workspaces().fingerprint("test.one") != absent


def test_history_counts_every_run_that_wrote(bench: Bench) -> None:
    program = lambda: _declare("a")  # noqa: E731 - a program is a callable
    bench.preview(program)
    assert bench.workspaces().serial("test.one") == 0
    bench.apply(program)
    bench.apply(program)
    bench.destroy()
    assert bench.workspaces().serial("test.one") == 3
    bench.workspaces().remove("test.one")
    assert not bench.workspaces().exists("test.one")


def _things(*names: str) -> None:
    for name in names:
        Thing(name, {})
