"""Reading every resource and taking what the cloud says into the state."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from engine.embedded import intents, steps, urns, values
from engine.embedded.context import Context, defect
from engine.embedded.plugins import STACK_REFERENCE
from engine.embedded.snapshot import Row
from engine.providers.port import Diff, ProviderError


def refresh_all(context: Context) -> None:
    """Read all custom resources in one parallel batch; vanished ones leave the state. One checkpoint at the end.

    Providers, components and what another stack owns are not read.
    """
    rows = [row for row in context.journal.remaining if _is_read(row)]
    with ThreadPoolExecutor(max(1, context.options.parallel), thread_name_prefix="refresh") as pool:
        gone = [urn for urn in pool.map(partial(_refresh, context), rows) if urn]
    context.journal.strike(gone)
    context.journal.write()


def _is_read(row: Row) -> bool:
    return (
        row.custom
        and not row.external
        and not row.delete
        and not row.pending_replacement
        and not urns.is_provider(row.type)
        and row.type != STACK_REFERENCE
    )


def _refresh(context: Context, row: Row) -> str:
    """Read one row; its URN where it is gone."""
    if context.halted():
        return ""
    context.started("refresh", row, row, row)
    resource, inputs, outputs = intents.resource(row), values.plain(row.inputs), values.plain(row.outputs)
    try:
        provider = context.configured(row)
        found = provider.read(resource, row.id, inputs, outputs)
        if found is None:
            context.journal.settle(None, was=row, write=False)
            context.count("delete")
            context.ended("delete", row, row, None)
            return row.urn
        # drift is what applying the recorded inputs over the live ones would change: nothing of what it ignores
        wanted = steps.with_ignored(inputs, found.inputs, row.ignore_changes)
        diff = provider.diff(resource, row.id, found.inputs, found.outputs, wanted)
    except ProviderError as error:
        context.broke("refresh", row, row, None)
        context.fail(row.urn, f"{row.type} {row.name}: could not be read: {error}")
        return ""
    except Exception as error:  # noqa: BLE001 - a defect fails its resource and not the batch
        context.fail(row.urn, f"{row.type} {row.name}: could not be read: {defect(error)}")
        return ""
    fresh = intents.observed(row, found)
    op = "update" if diff.changes else "same"
    context.journal.settle(fresh, was=row, write=False)
    context.count(op)
    context.ended(op, row, row, fresh, _seen_from_state(diff))
    return ""


def _seen_from_state(diff: Diff) -> Diff:
    # nothing is replaced by looking
    return Diff(tuple(type(change)(change.path, change.kind) for change in diff.changes))
