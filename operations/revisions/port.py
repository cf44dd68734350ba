"""What is asked of version control."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Edit:
    """A file that differs from a revision. `before` is its text then, None where it was not there; `path` is absolute.

    `there`: whether it is there now. A file that moved is one that went and one that came.
    """

    path: Path
    before: str | None
    there: bool

    @property
    def verb(self) -> str:
        """What happened to it: added, edited or deleted."""
        if not self.there:
            return "deleted"
        return "added" if self.before is None else "edited"


class Revisions(Protocol):
    """The history of a folder."""

    def edits(self, revision: str, home: Path, others: Sequence[Path]) -> tuple[Edit, ...]:
        """Files below `home` and `others` that were edited since this branch left the revision, sorted by path.

        What is not committed counts, and what was never added too. Of `others`, those outside of the repository of
        `home` are passed over. Raises BadInput where `home` is in no repository, or the revision is not known.
        """
        ...
