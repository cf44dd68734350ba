"""Where a stack is in its life: what a program declares, and how it is protected."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """The four stages, in their order."""

    LIVE = "live"
    RETIRING = "retiring"
    ARCHIVED = "archived"
    PURGING = "purging"


@dataclass(frozen=True, slots=True)
class Phase:
    """A stage, and the run that retires a stack, whose id stands in the final snapshot's name.

    live: everything, protected. retiring: everything, protection lifted. archived: only what the final snapshot needs
    to be read (key, buckets), still protected; all else is not declared, so the engine deletes it. purging: as
    archived, protection lifted; a destroy follows.
    """

    stage: Stage
    run_id: str = ""

    @property
    def serves(self) -> bool:
        """Whether the tenant's services are declared, and not only what keeps its data readable."""
        return self.stage in {Stage.LIVE, Stage.RETIRING}

    @property
    def protects(self) -> bool:
        """Whether what keeps data readable (key, buckets) is protected from deletion."""
        return self.stage is not Stage.PURGING

    @property
    def protects_services(self) -> bool:
        """Whether the database and the secrets are protected from deletion."""
        return self.stage is Stage.LIVE

    @property
    def empties(self) -> bool:
        """Whether buckets may be emptied when they are deleted."""
        return self.stage is Stage.PURGING

    def __str__(self) -> str:
        return f"{self.stage}:{self.run_id}" if self.run_id else str(self.stage)


LIVE = Phase(Stage.LIVE)
ARCHIVED = Phase(Stage.ARCHIVED)
PURGING = Phase(Stage.PURGING)


def retiring(run_id: str) -> Phase:
    """The phase in which a run prepares a stack for its end."""
    return Phase(Stage.RETIRING, run_id)


RETIRING = retiring


def parse(text: str) -> Phase:
    """A phase from its text, e.g. `live` or `retiring:<run id>`. Raises ValueError for another."""
    stage, _, run_id = text.partition(":")
    return Phase(Stage(stage), run_id)
