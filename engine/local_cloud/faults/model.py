"""What can go wrong with a call, when somebody wants it to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stacks.errors import BadInput

# The calls that make what AWS takes minutes to make
CREATING = frozenset(
    {
        ("rds", "CreateDBInstance"),
        ("rds", "RestoreDBInstanceFromDBSnapshot"),
        ("rds", "RestoreDBInstanceToPointInTime"),
        ("elasticache", "CreateReplicationGroup"),
        ("eks", "CreateCluster"),
    }
)


@dataclass(frozen=True, slots=True)
class ApiFault:
    """A call by botocore's service and operation name, and the one thing that happens to it.

    `error`: refused with this code before it is accepted. `hang`: seconds before it is looked at. `lose_answer`: done,
    but the connection closes without an answer. `creating`: seconds for which what it makes is not available yet.
    `times` is how often, 0 for until cleared.
    """

    service: str
    operation: str
    error: str = ""
    hang: float = 0.0
    lose_answer: bool = False
    creating: float = 0.0
    times: int = 1

    def __post_init__(self) -> None:
        chosen = [name for name in ("error", "hang", "lose_answer", "creating") if getattr(self, name)]
        call = f"{self.service} {self.operation}"
        if len(chosen) != 1:
            raise BadInput(
                f"A fault of {call} does exactly one thing, not {len(chosen)}.",
                next="Give one of --error CODE, --hang SECONDS, --lose-answer, --creating SECONDS.",
            )
        if self.hang < 0 or self.creating < 0 or self.times < 0:
            raise BadInput(f"The fault of {call} has a negative number.", next="Seconds and times are 0 or more.")
        if self.creating and (self.service, self.operation) not in CREATING:
            allowed = ", ".join(sorted(f"{service} {operation}" for service, operation in CREATING))
            raise BadInput(f"{call} makes nothing that can stay in `creating`.", why=f"Possible: {allowed}.")

    def effect(self) -> str:
        """What happens, in words."""
        if self.error:
            return f"fails with {self.error}"
        if self.hang:
            return f"hangs {self.hang:g} s"
        return "loses its answer" if self.lose_answer else f"stays in creating for {self.creating:g} s"

    def sentence(self) -> str:
        """What the caller reads of an error made by this fault."""
        return f"{self.operation} fails because a fault is in force: tenant local fault list"

    def to_json(self) -> dict[str, Any]:
        """The keys of `tenant local fault list --output json`."""
        return {"service": self.service, "operation": self.operation, "effect": self.effect(), "times": self.times}
