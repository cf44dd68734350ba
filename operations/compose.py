"""The only place that builds adapters. Reading its `bundle` is reading what the tool is made of.

    settings -> environment file -> registry and leases (one database) -> engine (embedded, or the Pulumi CLI)

What is slow to import (pulumi, boto3, SQLAlchemy) is imported where it is built, so that a command pays only for
what it uses.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from operations import home, keys
from operations.bundle import Bundle
from operations.clock import SystemClock, TimedIds
from operations.leases import process
from operations.leases.holder import Timing
from operations.settings import Settings
from stacks.errors import BadInput
from stacks.inputs import environment
from stacks.inputs.environment import Engine, Environment, Target
from stacks.resources.quotas import DATABASES, QUOTAS

if TYPE_CHECKING:
    from operations.registry.database import Database


def bundle(settings: Settings, stopping: Callable[[], bool]) -> Bundle:
    """Everything, for one environment. Raises BadInput where its file cannot be used or wants what is not built."""
    from operations.adapters import (
        endings,
        engines,
        git,
        leftovers,
        locks,
        official,
        quotas,
        shards,
        snapshots,
        tagging,
    )
    from operations.leases.sql import SqlLeases
    from operations.registry.sql import SqlRegistry
    from operations.registry.uses import SqlUses

    chosen = find_environment(settings)
    engine = _engine(settings, chosen)
    clock, records = SystemClock(), _records(settings.registry_file)
    built = engines.Engines(settings, chosen, engine, stopping)
    return Bundle(
        settings=settings,
        environment=chosen,
        key=keys.key(settings.secrets),
        signing=keys.signing(settings.secrets),
        clock=clock,
        ids=TimedIds(clock),
        registry=SqlRegistry(records),
        leases=SqlLeases(records, clock, process.liveness),
        owner=process.this(),
        liveness=process.liveness,
        timing=Timing(),
        programs=official.OfficialPrograms(),
        snapshots=snapshots.CloudSnapshots(built.access),
        shards=shards.CloudShards(built.access),
        locks=locks.CloudLocks(built.access),
        leftovers=leftovers.CloudLeftovers(built.access, built.reach),
        endings=endings.KeptEndings(settings.secrets / "purged"),
        tagging=tagging.CloudTagging(built.access, f"{chosen.org}-{chosen.name}-"),
        revisions=git.GitRevisions(),
        quotas=quotas.CloudQuotas(built.access, _limits(chosen)),
        uses=SqlUses(records),
        open=built.open,
        records=built.records,
        isolation=built.isolation,
        meter=built.meter,
        stopping=stopping,
    )


def find_environment(settings: Settings) -> Environment:
    """The environment's file, read. Raises BadInput, with the names that there are, where there is none."""
    file = settings.environments / f"{settings.environment}.yaml"
    if not file.is_file():
        known = ", ".join(environment.names(settings.environments))
        raise BadInput(
            f"There is no environment {settings.environment}.",
            where=str(settings.environments),
            next=f"Environments: {known or 'none'}.",
        )
    return environment.load(file)


def _limits(chosen: Environment) -> dict[str, int]:
    """Limits that are not to be asked for: the local cloud has no Service Quotas, and AWS's defaults hold there."""
    if chosen.target is Target.AWS:
        return {}
    said = chosen.quotas
    vcpus = {"ec2.standard_vcpus": said.standard_vcpus, "ec2.g_vcpus": said.g_vcpus, "ec2.p_vcpus": said.p_vcpus}
    return {quota.key: quota.default for quota in QUOTAS.values()} | vcpus | {DATABASES: said.rds_instances}


def _records(file: Path) -> Database:
    """The registry's database. Raises BadInput where its file cannot be written, or is none."""
    from operations.registry import database

    home.prepare(file.parent)
    home.keep_private(file)
    return database.connect(file)


def _engine(settings: Settings, chosen: Environment) -> Engine:
    try:
        engine = Engine(settings.engine) if settings.engine else chosen.engine
    except ValueError as error:
        raise BadInput(f"There is no engine {settings.engine}.", next="Engines: embedded, pulumi.") from error
    if chosen.target is Target.AWS and engine is Engine.EMBEDDED:
        raise BadInput(
            f"The embedded engine does not run on a real account, and {chosen.name} is one.",
            why="Its AWS rows are proven against emulators only.",
            next="Use the Pulumi CLI: `--engine pulumi`.",
        )
    return engine
