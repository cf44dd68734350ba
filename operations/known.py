"""Records that a command names, or why there are none."""

from __future__ import annotations

import difflib

from operations.bundle import Bundle
from operations.registry.model import Kind, Record
from stacks.errors import BadInput


def tenant(bundle: Bundle, tenant_id: str) -> Record:
    """The newest incarnation of a tenant. Raises BadInput, with the nearest id, where there is none."""
    found = bundle.registry.find(bundle.environment.name, tenant_id)
    if found is not None and found.kind is Kind.TENANT:
        return found
    if found is not None:
        where = f"--region {found.region} --cell {found.cell}"
        raise BadInput(
            f"{tenant_id} is shared services and no tenant.", next=f"See them: `tenant shared show {where}`."
        )
    ids = [record.subject for record in bundle.registry.tenants(bundle.environment.name)]
    near = difflib.get_close_matches(tenant_id, ids, n=1)
    hint = f"Did you mean {near[0]}?" if near else "`tenant list` shows the tenants that there are."
    raise BadInput(f"There is no tenant {tenant_id} in environment {bundle.environment.name}.", next=hint)


def stands(bundle: Bundle, tenant_id: str) -> bool:
    """Whether there is a tenant of this id that is not destroyed."""
    found = bundle.registry.find(bundle.environment.name, tenant_id)
    return found is not None and found.live and found.kind is Kind.TENANT


def shared(bundle: Bundle, subject: str) -> Record:
    """The shared services of a cell. Raises BadInput where there are none."""
    found = bundle.registry.find(bundle.environment.name, subject)
    if found is None:
        raise BadInput(
            f"{subject} is not there in environment {bundle.environment.name}.", next="Make it: `tenant shared apply`."
        )
    return found
