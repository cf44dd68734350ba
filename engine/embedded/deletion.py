"""Deleting rows in reverse order of what they need, in parallel up to the limit."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter

from engine.embedded import intents, steps, urns, values
from engine.embedded.context import Context, HalfwayError, StoppedError, defect
from engine.embedded.snapshot import Row
from engine.providers.port import AnswerLost, ProviderError


def delete_all(context: Context, doomed: Sequence[Row]) -> None:
    """Delete the rows, dependents first. A row that stays keeps all that it needs; the others go on."""
    order = TopologicalSorter(steps.deletion_waits(doomed))
    order.prepare()
    together = frozenset(row.urn for row in doomed)
    ready, running = deque[int](), dict[Future[bool], int]()
    limit = max(1, context.options.parallel)
    with ThreadPoolExecutor(limit, thread_name_prefix="delete") as pool:
        while True:
            ready.extend(order.get_ready())
            while ready and len(running) < limit and not context.halted():
                position = ready.popleft()
                running[pool.submit(_delete, context, doomed[position], together)] = position
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                position = running.pop(future)
                if future.result():
                    order.done(position)


def _delete(context: Context, row: Row, together: frozenset[str]) -> bool:
    """Delete one row; whether it is gone."""
    op = "delete-replaced" if row.delete or row.pending_replacement else "delete"
    if row.protect and not row.delete:
        context.fail(
            row.urn,
            f"{row.type} {row.name} is protected and is not deleted. Lift `protect` first, with a run that sets it to "
            "false.",
        )
        return False
    context.started(op, row, row, None)
    if not context.options.dry_run and not delete_one(context, row, op, together):
        return False
    context.count(op)
    context.ended(op, row, row, None)
    if context.options.dry_run:
        context.journal.settle(None, was=row)
    return True


def delete_one(context: Context, row: Row, op: str, together: frozenset[str] = frozenset()) -> bool:
    """Send the delete if there is something to send, and record it. False where it failed (and was said)."""
    if needs_no_call(row, together):
        context.journal.settle(None, was=row)
        return True
    try:
        provider = context.configured(row)
        inputs, outputs = values.plain(row.inputs), values.plain(row.outputs)
        pending, _ = context.mutate(
            "deleting",
            row,
            lambda call: provider.delete(intents.resource(row), row.id, inputs, outputs, call),
            row.custom_timeouts.get("delete"),
        )
    except (ProviderError, HalfwayError) as error:
        context.broke(op, row, row, None)
        lost = " It may be gone: the next run looks." if isinstance(error, AnswerLost) else ""
        context.fail(row.urn, f"{row.type} {row.name}: not deleted: {error}{lost}")
        return False
    except StoppedError:
        return False
    except Exception as error:  # noqa: BLE001 - a defect fails its resource; the intent stays open
        context.fail(row.urn, f"{row.type} {row.name}: not deleted: {defect(error)}")
        return False
    context.journal.settle(None, was=row, pending=pending)
    return True


def needs_no_call(row: Row, together: frozenset[str]) -> bool:
    """Whether the row leaves the state without a call: nothing of its own is there, or it is to stay."""
    return (
        not row.custom
        or row.external
        or row.pending_replacement
        or row.retain_on_delete
        or urns.is_provider(row.type)
        or (bool(row.deleted_with) and row.deleted_with in together)
    )
