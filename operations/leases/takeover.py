"""When a lease may be taken from its owner: pure rules, shared by all adapters."""

from __future__ import annotations

from datetime import datetime

from operations.leases.model import Lease, Liveness, Owner
from stacks.errors import LeaseHeld


class LeaseLost(LeaseHeld):
    """This process held the lease and does so no more."""


def observe(seen: Owner, me: Owner, start_of_pid: str | None) -> Liveness:
    """Whether `seen` still runs, as far as `me` can know.

    `start_of_pid` is when the process that has the owner's pid *here* was started, None when there is none. It says
    something only on the same host, since the same boot, in the same process-id namespace.
    """
    if not me.boot or (seen.host, seen.boot, seen.space) != (me.host, me.boot, me.space):
        return Liveness.UNKNOWN
    if start_of_pid is None:
        return Liveness.DEAD
    if not seen.started:
        return Liveness.UNKNOWN
    return Liveness.ALIVE if start_of_pid == seen.started else Liveness.DEAD


def check(held: Lease | None, now: datetime, liveness: Liveness) -> None:
    """Raise LeaseHeld unless nobody holds it, its time ran out, or its owner is provably dead."""
    if held is None or now >= held.until or liveness is Liveness.DEAD:
        return
    raise LeaseHeld(
        f"{held.name}: {held.owner} is at work on it.",
        why=f"Its lease began at {held.since:%Y-%m-%d %H:%M:%S} UTC "
        f"and holds until {held.until:%Y-%m-%d %H:%M:%S} UTC unless it is renewed.",
        next="Run the same command again when that run has ended.",
    )


def lost(lease: Lease, now_held: Lease | None) -> LeaseLost:
    """The error for a holder whose lease is gone."""
    taker = f"{now_held.owner} holds it now." if now_held else "It was released."
    return LeaseLost(
        f"{lease.name}: this run lost its lease (token {lease.token}) and stopped writing.",
        why=taker,
        next=f"See what the other run did: `tenant status {lease.name.rpartition('/')[2]}`.",
    )
