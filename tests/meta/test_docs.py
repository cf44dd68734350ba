"""What the documentation says can be done can be done: commands parse, files load, links lead somewhere."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
import typer
from ruamel.yaml import YAML

from cli import reference, root
from cli.app import app
from stacks.inputs import environment, profile, tier
from tests.unit.stacks import given

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
GENERATED = {
    DOCS / "reference" / name
    for name in (
        *("assertions.md", "audit.md", "cli.md", "permissions.md", "rows.md", "profile.md", "tiers.md", "quotas.md"),
    )
}
WRITTEN = [page for page in PAGES if page not in GENERATED]


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the line that it starts on, its text."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{name_of(self.page)}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield Block(page, text.count("\n", 0, found.start()) + 2, found[1], found[2])


ALL_BLOCKS = [block for page in WRITTEN for block in blocks(page)]


def commands(block: Block) -> Iterator[str]:
    """Command lines of `tenant` in a block: after `$` in a console, whole lines in a shell script."""
    prompt = "$ " if block.language == "console" else ""
    for line in block.text.splitlines():
        typed = line.removeprefix(prompt)
        if line.startswith(prompt):
            yield from (part for part in re.split(r"[|;&]+|\$\(|\)", typed) if re.match(r"\s*tenant\s", part))


TYPED = sorted(
    {
        (name_of(block.page), command.strip())
        for block in ALL_BLOCKS
        if block.language in ("console", "sh")
        for command in commands(block)
    }
)


def parse(command: str) -> None:
    """Parse as the program would, without running anything. Raises a Typer exception."""
    line = root.split(shlex.split(command, comments=True)[1:])
    node = cast("Any", typer.main.get_command(app))
    context = node.make_context("tenant", [*line.options, *line.rest])
    while hasattr(node, "commands"):
        rest = [*context._protected_args, *context.args]
        name, node, rest = node.resolve_command(context, rest)
        context = node.make_context(name, rest, parent=context)


@pytest.mark.parametrize(("page", "command"), TYPED, ids=[f"{page}-{command}" for page, command in TYPED])
def test_every_typed_command_is_one_that_the_program_takes(page: str, command: str) -> None:
    parse(command)


@pytest.mark.parametrize("command", ["tenant crate acme", "tenant create", "tenant plan acme --sve x", "tenant list x"])
def test_a_command_that_the_program_does_not_take_would_be_noticed(command: str) -> None:
    with pytest.raises(typer.TyperException):
        parse(command)


def test_tutorial_and_readme_show_commands() -> None:
    shown = {block.page.name for block in ALL_BLOCKS if any(True for _ in commands(block))}
    assert {"README.md", "first-tenant.md"} <= shown


@pytest.mark.parametrize("page", WRITTEN, ids=name_of)
def test_every_command_named_in_a_sentence_exists(page: Path) -> None:
    tree = reference.tree()
    names = {command.name for command in tree.commands}
    known = names | {name.rpartition(" ")[0] for name in names}
    options = {parameter.name for parameter in tree.options}
    options |= {parameter.name for command in tree.commands for parameter in command.parameters}
    prose = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for said in re.findall(r"`(tenant [a-z][^`]*)`", prose):
        words = said.split()
        starts = {" ".join(words[:count]) for count in range(2, len(words) + 1)}
        assert starts & known, f"`{said}` names no command"
        unknown = {word.partition("=")[0] for word in words if word.startswith("--")} - options
        assert not unknown, f"`{said}` names options that no command has"


def load_profile(path: Path) -> None:
    profile.load(path, tier.names(given.TIERS))


LOADERS: dict[str, Callable[[Path], object]] = {
    "tenant": load_profile,
    "target": environment.load,
    "version": tier.load,
}


@pytest.mark.parametrize("block", [b for b in ALL_BLOCKS if b.language == "yaml"], ids=str)
def test_every_yaml_block_is_the_profile_tier_or_environment_that_it_looks_like(block: Block, tmp_path: Path) -> None:
    data: dict[str, Any] = cast("Any", YAML(typ="safe")).load(block.text)
    kinds = [key for key in LOADERS if key in data]
    assert len(kinds) == 1, f"{block}: neither a profile nor a tier nor an environment: {sorted(data)}"
    # a tier's path says the same tier and version as the file
    path = tmp_path / str(data.get("tier", "x")) / f"{data.get('version', 'x')}.yaml"
    path.parent.mkdir()
    path.write_text(block.text, encoding="utf-8")
    LOADERS[kinds[0]](path)


@pytest.mark.parametrize("block", [b for b in ALL_BLOCKS if b.language == "python"], ids=str)
def test_every_python_block_compiles(block: Block) -> None:
    compile(block.text, str(block), "exec")


def test_the_reference_of_the_command_line_is_fresh() -> None:
    page = (ROOT / reference.PAGE).read_text(encoding="utf-8")
    assert page == reference.page(reference.tree()), "run: python -m cli.reference"


def test_every_option_says_what_it_is_for() -> None:
    tree = reference.tree()
    told = {
        f"{owner} {each.name}": each.help
        for owner, parameters in [("tenant", tree.options), *((c.name, c.parameters) for c in tree.commands)]
        for each in parameters
    }
    assert not [name for name, text in told.items() if not text]
    assert not [command.name for command in tree.commands if not command.help]


def links(page: Path) -> Iterator[tuple[str, str]]:
    """Relative links: file and anchor."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            file, _, anchor = target.partition("#")
            yield file, anchor


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    for file, anchor in links(page):
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), f"{file} is not there"
        assert not anchor or anchor in anchors(target), f"{file} has no heading {anchor}"


def test_every_page_is_reached_from_the_index() -> None:
    reached: set[Path] = set()
    waiting = [DOCS / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.is_file():
            continue
        reached.add(page)
        waiting += [(page.parent / file).resolve() for file, _ in links(page) if file]
    fragments = set((DOCS / "changes").glob("*.md"))
    assert not set(DOCS.rglob("*.md")) - reached - fragments


def test_every_decision_stands_in_the_list_of_decisions() -> None:
    listed = {file for file, _ in links(DOCS / "adr" / "README.md")}
    assert {page.name for page in (DOCS / "adr").glob("0*.md")} == listed
