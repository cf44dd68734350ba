"""What an environment's names are made of: its org and its account stay as they are while anything stands in it.

Fixed names begin with the org, and names that only one in the world may have are made of the account too. Under another
one, engines would replace what holds data, or look for it where it never was.
"""

from __future__ import annotations

from typing import Final

from operations.bundle import Bundle
from operations.registry.model import Record
from stacks.conventions.naming import Names
from stacks.errors import BadInput
from stacks.inputs.document import Complaint

_ROOTS: Final = {
    "org": "the names of all that stands begin with it",
    "account": "all that stands is in it",
}


def check(bundle: Bundle, record: Record) -> None:
    """Raise BadInput where what this record is of was made under another org, or in another account."""
    made, environment = record.applied or record.blueprint, bundle.environment
    changed = [(key, str(made[key]), str(getattr(environment, key))) for key in _ROOTS if key in made]
    faults = tuple(
        environment.fault(Complaint((key,), f"{was} -> {now} refused: {_ROOTS[key]}", was))
        for key, was, now in changed
        if was != now
    )
    if faults:
        raise BadInput(
            f"{record.subject}: environment {environment.name} is not the one it was made in; nothing was touched.",
            faults=faults,
            next="Put the file back. Another org or account is an environment of its own, in a file beside this one.",
        )


def names(bundle: Bundle, record: Record) -> Names:
    """Maker of the names of a tenant's stack, as they were when it was made; by the environment where nobody knows."""
    org = (record.applied or record.blueprint).get("org", bundle.environment.org)
    return Names(org, record.environment, record.slug)
