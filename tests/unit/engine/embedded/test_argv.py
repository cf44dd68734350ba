from __future__ import annotations

import pytest

from engine.embedded import argv


def test_words_and_flags_are_told_apart() -> None:
    parsed = argv.parse(
        ["up", "--yes", "--skip-preview", "--parallel", "4", "--client=127.0.0.1:1", "--stack", "organization/p/s"]
    )
    assert (parsed.verb, parsed.stack, parsed.number("--parallel", 8)) == ("up", "organization/p/s", 4)
    assert parsed.value("--client") == "127.0.0.1:1"
    assert parsed.has("--yes")


def test_a_flag_set_to_false_is_not_set() -> None:
    assert not argv.parse(["destroy", "--run-program=false"]).has("--run-program")


@pytest.mark.parametrize("flag", ["--target", "--replace", "--policy-pack", "--clear-pending-creates", "--plan"])
def test_what_is_not_done_is_refused_by_name(flag: str) -> None:
    with pytest.raises(argv.UnsupportedError, match=flag):
        argv.parse(["up", flag, "x"])


def test_what_is_excluded_is_told_by_urn_and_never_by_a_pattern() -> None:
    urns = ["urn:pulumi:s::p::w:i:T::a", "urn:pulumi:s::p::w:i:T::b"]
    assert argv.excluded(argv.parse(["up", "--exclude", urns[0], "--exclude", urns[1]])) == frozenset(urns)
    with pytest.raises(argv.UnsupportedError, match="name URNs"):
        argv.excluded(argv.parse(["up", "--exclude", "**::a"]))


def test_config_set_takes_its_value_after_the_dashes() -> None:
    parsed = argv.parse(["config", "set", "a:b", "--secret", "--stack", "s", "--non-interactive", "--", "--odd value"])
    assert argv.config_pairs(parsed) == {"a:b": ("--odd value", True)}


def test_config_set_all_takes_pairs() -> None:
    parsed = argv.parse(["config", "set-all", "--stack", "s", "--plaintext", "a=1", "--secret", "b=x=y"])
    assert argv.config_pairs(parsed) == {"a": ("1", False), "b": ("x=y", True)}
