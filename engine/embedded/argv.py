"""Command lines of the Pulumi CLI, as far as `pulumi.automation` sends them, read into data. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final


class UnsupportedError(Exception):
    """A verb or flag that the embedded engine does not do; the message names it."""


_VALUED: Final = frozenset(
    {
        "--stack",
        "--exec-kind",
        "--exec-agent",
        "--event-log",
        "--parallel",
        "--exclude",
        "--message",
        "--file",
        "--page-size",
        "--page",
        "--config-file",
        "--secrets-provider",
        "--color",
        "--client",
        "--json-config",
        "--plaintext",
        "--secret",
    }
)
_FLAGS: Final = frozenset(
    {
        "--yes",
        "--skip-preview",
        "--preview-only",
        "--continue-on-error",
        "--refresh",
        "--run-program",
        "--json",
        "--show-secrets",
        "--non-interactive",
        "--force",
        "--preserve-config",
        "--no-select",
        "--all",
        "--diff",
        "--debug",
        "--suppress-outputs",
        "--suppress-progress",
        "--path",
        "--logtostderr",
        "--logflow",
    }
)
_GROUPS: Final = frozenset({"stack", "config"})


@dataclass(frozen=True, slots=True)
class Arguments:
    """Words and flags of one command line. A flag may be given more than once."""

    words: tuple[str, ...]
    flags: Mapping[str, tuple[str, ...]]

    @property
    def verb(self) -> str:
        """`up`, `stack init`, `config`: what is to be done."""
        if self.words[:1] and self.words[0] in _GROUPS and len(self.words) > 1:
            return " ".join(self.words[:2])
        return self.words[0] if self.words else ""

    @property
    def stack(self) -> str:
        """The stack that is meant. Raises UnsupportedError where none is named."""
        name = self.value("--stack") or (self.words[2] if len(self.words) > 2 and self.words[0] == "stack" else "")
        if not name:
            raise UnsupportedError(f"`pulumi {' '.join(self.words)}` names no stack")
        return name

    def has(self, flag: str) -> bool:
        """Whether the flag is set; `--flag=false` is not."""
        return flag in self.flags and self.flags[flag][-1] != "false"

    def value(self, flag: str) -> str:
        """The flag's last value, empty where it is not set."""
        return self.flags[flag][-1] if flag in self.flags else ""

    def number(self, flag: str, default: int) -> int:
        """The flag's value as a number."""
        return int(self.value(flag)) if self.value(flag) else default


def parse(args: Sequence[str]) -> Arguments:
    """Words and flags of a command line. Raises UnsupportedError for a flag that is not done."""
    words: list[str] = []
    flags: dict[str, list[str]] = {}
    # `config set` takes its value as a word after `--`; `config set-all` takes pairs as the flags' values
    bare = frozenset({"--plaintext", "--secret"}) if tuple(args[:2]) == ("config", "set") else frozenset[str]()
    rest = iter(args)
    for argument in rest:
        if argument == "--":
            words.extend(rest)
            break
        if not argument.startswith("--"):
            words.append(argument)
            continue
        flag, equals, value = argument.partition("=")
        if flag not in _VALUED and flag not in _FLAGS:
            raise UnsupportedError(f"flag {flag} is not done by the embedded engine")
        if not equals:
            value = next(rest, "") if flag in _VALUED and flag not in bare else ""
        flags.setdefault(flag, []).append(value)
    return Arguments(tuple(words), {flag: tuple(given) for flag, given in flags.items()})


def excluded(arguments: Arguments) -> frozenset[str]:
    """URNs that `--exclude` names. Raises UnsupportedError for patterns of URNs."""
    named = frozenset(arguments.flags.get("--exclude", ()))
    if patterns := sorted(urn for urn in named if "*" in urn):
        raise UnsupportedError(f"`--exclude {patterns[0]}`: patterns are not done by the embedded engine, name URNs")
    return named


def config_pairs(arguments: Arguments) -> Mapping[str, tuple[str, bool]]:
    """What `config set` and `config set-all` set: key -> (value, secret)."""
    pairs: dict[str, tuple[str, bool]] = {}
    if arguments.verb == "config set":
        if len(arguments.words) != 4:
            raise UnsupportedError("`pulumi config set` wants a key and a value")
        return {arguments.words[2]: (arguments.words[3], arguments.has("--secret"))}
    for flag, secret in (("--plaintext", False), ("--secret", True)):
        for pair in arguments.flags.get(flag, ()):
            key, _, value = pair.partition("=")
            pairs[key] = (value, secret)
    return pairs
