"""What git says of a folder, in real repositories."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from operations.adapters.git import GitRevisions
from stacks.errors import BadInput


class Repository:
    """A repository with the folders of templates in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.profiles, self.tiers = root / "templates/profiles", root / "templates/tiers"
        for folder in (self.profiles, self.tiers):
            folder.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch", "main")
        self.write("acme", "tenant: acme\n")
        self.write("globex", "tenant: globex\n")
        (root / "README.md").write_text("one\n")
        self.commit("first")

    def git(self, *words: str) -> str:
        identity = {
            f"GIT_{who}_{what}": "x@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        run = subprocess.run(
            ["git", *words], cwd=self.root, env={**os.environ, **identity, **alone}, check=True, capture_output=True
        )
        return run.stdout.decode().strip()

    def commit(self, message: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def write(self, name: str, text: str) -> Path:
        path = self.profiles / f"{name}.yaml"
        path.write_text(text)
        return path

    def edits(self, revision: str = "main") -> list[tuple[str, str | None, str]]:
        found = GitRevisions().edits(revision, self.profiles, (self.tiers, Path("/nowhere/else")))
        return [(str(one.path.relative_to(self.root / "templates")), one.before, one.verb) for one in found]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    root = tmp_path.resolve() / "with space"
    root.mkdir()
    return Repository(root)


def test_where_nothing_was_edited_there_is_nothing(repository: Repository) -> None:
    assert repository.edits() == []
    assert repository.edits("HEAD") == []


def test_what_is_committed_staged_open_and_never_added_counts_and_the_rest_of_the_repository_does_not(
    repository: Repository,
) -> None:
    repository.git("checkout", "--quiet", "-b", "larger")
    repository.write("acme", "tenant: acme\nsize: large\n")
    repository.commit("larger")
    (repository.tiers / "1.yaml").write_text("v: 1\n")
    repository.git("add", "--all")
    repository.write("grün", "tenant: green\n")
    (repository.profiles / "globex.yaml").unlink()
    (repository.root / "README.md").write_text("two\n")
    assert repository.edits() == [
        ("profiles/acme.yaml", "tenant: acme\n", "edited"),
        ("profiles/globex.yaml", "tenant: globex\n", "deleted"),
        ("profiles/grün.yaml", None, "added"),
        ("tiers/1.yaml", None, "added"),
    ]


def test_a_file_that_moved_went_and_came(repository: Repository) -> None:
    repository.git("mv", "templates/profiles/acme.yaml", "templates/profiles/first.yaml")
    assert [(name, verb) for name, _, verb in repository.edits()] == [
        ("profiles/acme.yaml", "deleted"),
        ("profiles/first.yaml", "added"),
    ]


def test_what_others_did_on_main_since_is_not_ours(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "-b", "mine")
    repository.write("acme", "tenant: acme\nsize: large\n")
    repository.commit("mine")
    repository.git("checkout", "--quiet", "main")
    repository.write("globex", "tenant: globex\nsize: large\n")
    repository.commit("theirs")
    repository.git("checkout", "--quiet", "mine")
    assert [name for name, _, _ in repository.edits()] == ["profiles/acme.yaml"]


def test_a_commit_and_a_tag_are_revisions_too(repository: Repository) -> None:
    first = repository.git("rev-parse", "HEAD")
    repository.git("tag", "-a", "v1", "-m", "one")
    repository.write("acme", "tenant: acme\nsize: large\n")
    repository.commit("larger")
    assert repository.edits(first) == repository.edits("v1") == repository.edits("HEAD~1") != []


@pytest.mark.parametrize("revision", ["nowhere", "-h", "--output=x", "", "main:templates", "a..b", "*"])
def test_an_unknown_revision_is_bad_input(repository: Repository, revision: str) -> None:
    with pytest.raises(BadInput, match="no revision"):
        repository.edits(revision)
    assert not (repository.root / "x").exists()


def test_without_common_history_it_cannot_be_said(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "--orphan", "other")
    repository.commit("from nothing")
    with pytest.raises(BadInput, match="no history in common"):
        repository.edits("main")


def test_a_folder_in_no_repository_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not in a git repository"):
        GitRevisions().edits("main", tmp_path, ())


def test_a_folder_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no folder"):
        GitRevisions().edits("main", tmp_path / "gone", ())


def test_a_hook_of_another_repository_does_not_mislead_it(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Repository(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    repository.write("new", "tenant: new\n")
    assert [name for name, _, _ in repository.edits()] == ["profiles/new.yaml"]


def test_without_git_it_says_so(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shutil.which("git")
    monkeypatch.setenv("PATH", str(repository.root))
    with pytest.raises(BadInput, match="git is not installed"):
        repository.edits()
