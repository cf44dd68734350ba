"""The side effects of the life cycle, in memory: stacks that behave, a clock that is told, programs that are data.

A fake stack keeps rows, serials and outputs as a real one does: it computes changes from the program's blueprint,
goes on after a failure with what does not depend on it, and will not delete what is protected.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from engine.runs import (
    Change,
    Failure,
    LastRun,
    Listener,
    Op,
    Outcome,
    Output,
    PathChange,
    Run,
    StepEnded,
    StepStarted,
    ignore,
)
from operations import compose
from operations.bundle import Bundle, Folder, KeysOf, Rights, RowsOf, Shard
from operations.leases.holder import Timing
from operations.leases.memory import MemoryLeases
from operations.leases.model import Liveness, Owner
from operations.quotas import Standing
from operations.registry.memory import MemoryRegistry
from operations.registry.model import Destruction, Record, Status, Step
from operations.revisions.port import Edit
from operations.settings import PACKAGED, Settings
from operations.usage.memory import MemoryUses
from stacks.blueprint import canonical
from stacks.blueprint.model import Blueprint
from stacks.blueprint.phase import Phase, Stage
from stacks.blueprint.settled import NOBODY, Settled
from stacks.blueprint.shared import SharedBlueprint
from stacks.errors import BadInput, CloudUnreachable
from stacks.resources.members.spec import MemberPlan, MembersSpec
from stacks.resources.quotas import QUOTAS, VCPUS
from tests.fake_isolation import FakeApart
from tests.fake_meter import FakeMeter
from tests.fake_tags import FakeTagging

OWNER = Owner("anna", "laptop", "boot-1", "pid:[1]", 100, "5000")

_TYPES = {
    "encryption": "aws:kms/key:Key",
    "object_store": "aws:s3/bucket:Bucket",
    "database": "aws:rds/instance:Instance",
    "cache": "aws:elasticache/replicationGroup:ReplicationGroup",
    "audit": "aws:s3/bucket:Bucket",
    "access": "aws:kms/key:Key",
}
_DATA = ("encryption", "object_store", "audit", "access")
_GUARDED = (*_DATA, "database")


@dataclass(frozen=True)
class FakeProgram:
    """A program that can be read instead of run."""

    blueprint: Blueprint | SharedBlueprint
    phase: Phase
    settled: Settled = NOBODY

    def __call__(self) -> None:
        raise AssertionError("a fake program is read, not run")

    def goal(self) -> dict[str, dict[str, Any]]:
        """Name -> inputs of what shall be there."""
        data = self.blueprint.to_json()
        kinds = data["resources"] if "resources" in data else {k: data[k] for k in ("network", "audit", "access")}
        own = {name: _members(spec) for name, spec in kinds.items() if self.phase.serves or name in _DATA}
        return own | {code: {"of": "members"} | asdict(each) for code, each in self._members().items()}

    def _members(self) -> dict[str, MemberPlan]:
        """Those that it declares."""
        blueprint = self.blueprint
        if not isinstance(blueprint, Blueprint) or not self.phase.serves:
            return {}
        found = {each.code: each for each in blueprint.of(MembersSpec).members}
        return {code: each for code, each in found.items() if code not in self.settled.codes}

    def protects(self, name: str) -> bool:
        """Whether the resource is declared with `protect`."""
        if name in _DATA:
            return self.phase.protects
        return name in _GUARDED and self.phase.protects_services

    def snapshot(self, name: str) -> str:
        """What the resource leaves when it is deleted."""
        retiring = name == "database" and self.phase.stage is Stage.RETIRING
        return self.blueprint.names.final_snapshot(self.phase.run_id) if retiring else ""

    def outputs(self) -> dict[str, Output]:
        """What the stack tells."""
        blueprint = self.blueprint
        told: dict[str, Any] = {
            "tenant": blueprint.tenant_id,
            "incarnation": blueprint.incarnation,
            "tier": blueprint.tier,
            "tierVersion": blueprint.tier_version,
            "blueprint": json.dumps(blueprint.to_json()),
            "digest": blueprint.digest,
            "phase": str(self.phase),
            "keyArn": f"arn:aws:kms:{blueprint.region}:123456789012:key/{blueprint.slug}",
            "dataBucket": f"demo-local-{blueprint.slug}-data",
        }
        if isinstance(blueprint, SharedBlueprint):
            told |= {"vpcId": "vpc-1", "boundaryArn": "arn:aws:iam::123456789012:policy/boundary"}
            told |= {"listenerArn": "arn:listener", "zoneId": "Z1"} if blueprint.ingress else {}
        if isinstance(blueprint, Blueprint):
            told["facts"] = json.dumps(blueprint.facts.to_json())
            if self.phase.stage is Stage.LIVE:
                told["roleArn"] = f"arn:aws:iam::123456789012:role/demo-local-{blueprint.slug}-workload"
                told |= {"cluster": "demo-cluster", "namespace": blueprint.slug}
                told |= {"databaseEndpoint": "127.1.2.3", "databasePort": 5432, "cacheEndpoint": "127.1.2.4"}
                told |= {
                    f"{each}SecretArn": _secret(f"{blueprint.slug}-{each}-login") for each in ("database", "cache")
                }
                told |= {"backupBucket": f"demo-local-{blueprint.slug}-backups"}
                told |= {"logGroup": f"/demo/local/{blueprint.slug}/workload"}
                told["members"] = {each.id: {"name": code} for code, each in self._members().items() if each.active}
                told["members"] |= self.settled.told
                told["securityGroups"] = {n: f"sg-{blueprint.slug}-{n}" for n in ("workloads", "data")}
        return {name: Output(value) for name, value in told.items()} | {"token": Output("hunter2", secret=True)}


def _secret(name: str) -> str:
    return f"arn:aws:secretsmanager:us-east-1:123456789012:secret:demo-local-{name}-a1b2c3"


@dataclass(frozen=True)
class FakePrograms:
    """Makes programs that can be read."""

    version: str = "1"

    def tenant(self, blueprint: Blueprint, phase: Phase, settled: Settled = NOBODY) -> FakeProgram:
        return FakeProgram(blueprint, phase, settled)

    def shared(self, blueprint: SharedBlueprint, phase: Phase) -> FakeProgram:
        return FakeProgram(blueprint, phase)


@dataclass
class FakeStack:
    """What the backend keeps of one stack: rows by URN."""

    serial: int = 0
    succeeded: bool = True
    rows: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    outputs: dict[str, Output] = field(default_factory=dict[str, Output])


@dataclass
class FakeCloud:
    """The world behind the workspaces, and what is to go wrong in it.

    `refusals`: why a resource of this name cannot be made, changed or deleted. `before`: called before each run with
    its verb and stack; it may raise, as a crash would. `drifted`: names that differ from their state. `skipped`: names
    that are not reached, because what they need failed.
    """

    stacks: dict[str, FakeStack] = field(default_factory=dict[str, FakeStack])
    snapshots: set[str] = field(default_factory=set[str])
    lost: set[str] = field(default_factory=set[str])
    locks: dict[str, datetime] = field(default_factory=dict[str, datetime])
    erased: list[str] = field(default_factory=list[str])
    refusals: dict[str, str] = field(default_factory=dict[str, str])
    drifted: set[str] = field(default_factory=set[str])
    skipped: set[str] = field(default_factory=set[str])
    log: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    before: Callable[[str, str], None] = lambda verb, stack: None
    running: bool = True
    interrupted: bool = False

    def verbs(self) -> list[str]:
        """What was run, in order: `apply live`, `destroy purging`."""
        return [f"{verb} {phase}" for verb, _, phase in self.log]

    def names(self, stack: str) -> list[str]:
        """What is there of a stack."""
        return sorted(urn.rpartition("::")[2] for urn in self.stacks[stack].rows)


_CONSTANT = ("tenant", "slug", "incarnation", "tier", "tierVersion", "facts", "blueprint", "digest", "phase")
"""Outputs that a program knows by itself: a failed run leaves them all the same."""


class FakeWorkspaces:
    """`engine.workspaces.Workspaces` over a fake cloud."""

    def __init__(self, cloud: FakeCloud, rights: Rights) -> None:
        self._cloud, self._rights = cloud, rights

    def preview(
        self,
        stack: str,
        program: Any,
        listen: Listener = ignore,
        *,
        refresh: bool = False,
        exclude: Sequence[str] = (),
    ) -> Run:
        drift = self.drift(stack, program).changes if refresh else ()
        self._begin("preview", stack, program)
        changes = tuple(_changes(stack, self._of(stack), program, exclude))
        return Run(stack, Outcome.SUCCEEDED, (*changes, *drift))

    def apply(
        self,
        stack: str,
        program: Any,
        listen: Listener = ignore,
        *,
        refresh: bool = False,
        exclude: Sequence[str] = (),
    ) -> Run:
        self._begin("apply", stack, program)
        if refresh:
            self._cloud.drifted.clear()
        kept = self._cloud.stacks.setdefault(stack, FakeStack())
        changes = _changes(stack, kept, program, exclude)
        done, failures = self._do(stack, kept, [c for c in changes if c.op is not Op.DELETE], program, listen)
        if not failures:
            # after a failure an engine deletes nothing that is no longer declared
            gone, failures = self._do(stack, kept, [c for c in changes if c.op is Op.DELETE], program, listen)
            done += gone
        kept.serial, kept.succeeded = kept.serial + 1, not failures
        if failures:
            kept.outputs = {**kept.outputs, **{n: o for n, o in program.outputs().items() if n in _CONSTANT}}
            return Run(stack, Outcome.FAILED, tuple(done), tuple(failures))
        kept.outputs = program.outputs()
        if self._cloud.interrupted:
            kept.succeeded = False
            return Run(stack, Outcome.INTERRUPTED, tuple(done))
        return Run(stack, Outcome.SUCCEEDED, tuple(done), (), kept.outputs, 1.5)

    def destroy(self, stack: str, program: Any, listen: Listener = ignore) -> Run:
        self._begin("destroy", stack, program)
        kept = self._of(stack)
        changes = [_change(urn, row["type"], Op.DELETE) for urn, row in kept.rows.items()]
        done, failures = self._do(stack, kept, changes, program, listen)
        return Run(stack, Outcome.FAILED if failures else Outcome.SUCCEEDED, tuple(done), tuple(failures))

    def drift(self, stack: str, program: Any, listen: Listener = ignore) -> Run:
        self._begin("drift", stack, program)
        rows = self._of(stack).rows.items()
        differing = [(u, r) for u, r in rows if u.rpartition("::")[2] in self._cloud.drifted]
        paths = (PathChange("tags.owner", "a", "b"),)
        return Run(stack, Outcome.SUCCEEDED, tuple(_change(u, r["type"], Op.UPDATE, paths) for u, r in differing))

    def refresh(self, stack: str, program: Any, listen: Listener = ignore) -> Run:
        self._begin("refresh", stack, program)
        return Run(stack, Outcome.SUCCEEDED)

    def serial(self, stack: str) -> int:
        return self._of(stack).serial

    def last(self, stack: str) -> LastRun | None:
        kept = self._of(stack)
        return LastRun(kept.serial, kept.succeeded) if kept.serial else None

    def exists(self, stack: str) -> bool:
        return stack in self._cloud.stacks

    def stacks(self) -> tuple[str, ...]:
        return tuple(sorted(self._cloud.stacks))

    def outputs(self, stack: str) -> Mapping[str, Output]:
        return self._of(stack).outputs

    def fingerprint(self, stack: str) -> str:
        return canonical.digest({"rows": self._of(stack).rows})

    def resources(self, stack: str) -> tuple[Mapping[str, Any], ...]:
        return tuple(self._of(stack).rows.values())

    def remove(self, stack: str) -> None:
        assert not self._cloud.stacks[stack].rows, "only an empty stack is forgotten"
        del self._cloud.stacks[stack]

    def _of(self, stack: str) -> FakeStack:
        return self._cloud.stacks.get(stack, FakeStack())

    def _begin(self, verb: str, stack: str, program: FakeProgram) -> None:
        self._cloud.before(verb, f"{stack} {program.phase.stage}")
        self._cloud.log.append((verb, stack, program.phase.stage.value))

    def _do(
        self, stack: str, kept: FakeStack, changes: Any, program: FakeProgram, listen: Listener
    ) -> tuple[list[Change], list[Failure]]:
        done: list[Change] = []
        failures: list[Failure] = []
        for change in changes:
            if change.name in self._cloud.skipped:
                continue
            self._rights.fence()
            listen(StepStarted(change.urn, change.type, change.name, change.op))
            why = self._why_not(kept, change)
            listen(StepEnded(change.urn, change.op, not why, 0.1))
            if why:
                failures.append(Failure(change.urn, why))
                continue
            self._take(stack, kept, change, program)
            done.append(change)
        return done, failures

    def _why_not(self, kept: FakeStack, change: Change) -> str:
        if change.op is Op.SAME:
            return ""
        if change.op is Op.DELETE and kept.rows[change.urn]["protect"]:
            return f"{change.name} is protected"
        return self._cloud.refusals.get(change.name, "")

    def _take(self, stack: str, kept: FakeStack, change: Change, program: FakeProgram) -> None:
        if change.op is Op.DELETE:
            gone = kept.rows.pop(change.urn)
            if gone["snapshot"]:
                self._cloud.snapshots.add(gone["snapshot"])
            return
        if change.name not in (goal := program.goal()):
            return  # it was excluded
        kept.rows[change.urn] = {
            "urn": change.urn,
            "type": change.type,
            "id": f"id-{change.name}",
            "custom": True,
            "protect": program.protects(change.name),
            "snapshot": program.snapshot(change.name),
            "inputs": {**goal[change.name], "tags": dict(program.blueprint.tags)},
        }


def _changes(stack: str, kept: FakeStack, program: FakeProgram, exclude: Sequence[str]) -> list[Change]:
    goal = program.goal()
    urns = {_urn(stack, name): name for name in goal}
    changes: list[Change] = []
    for urn, name in sorted(urns.items()):
        if urn not in kept.rows:
            changes.append(_change(urn, _type(name), Op.CREATE))
            continue
        old = {key: value for key, value in kept.rows[urn]["inputs"].items() if key != "tags"}
        paths = tuple(PathChange(k, old.get(k), v) for k, v in goal[name].items() if old.get(k) != v)
        changes.append(_change(urn, _type(name), Op.UPDATE if paths else Op.SAME, paths))
    changes += [_change(urn, kept.rows[urn]["type"], Op.SAME) for urn in exclude]
    gone = [urn for urn in kept.rows if urn not in urns and urn not in exclude]
    return changes + [_change(urn, kept.rows[urn]["type"], Op.DELETE) for urn in gone]


def _members(spec: dict[str, Any]) -> dict[str, Any]:
    """A spec's members, those of its own plan beside them, as a resource has them."""
    return {key: value for key, value in spec.items() if key != "plan"} | dict(spec.get("plan") or {})


def _change(urn: str, kind: str, op: Op, paths: tuple[PathChange, ...] = ()) -> Change:
    return Change(urn, kind, urn.rpartition("::")[2], op, paths)


def _type(name: str) -> str:
    return _TYPES.get(name, f"aws:fake/{name}:Thing")


def _urn(stack: str, name: str) -> str:
    return f"urn:pulumi:{stack}::tenants::tenant:stack:Tenant${_type(name)}::{name}"


@dataclass
class FakeClock:
    """A clock that goes on by a second each time it is read."""

    time: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time


@dataclass
class CountedIds:
    """Run names that count."""

    count: int = 0

    def run(self) -> str:
        self.count += 1
        return f"r20260301-120000-{self.count:04}"


@dataclass(frozen=True)
class FakeLocks:
    """Locks of the fake cloud, by bucket."""

    cloud: FakeCloud

    def until(self, bucket: str, region: str) -> datetime | None:
        return self.cloud.locks.get(bucket)


@dataclass(frozen=True)
class FakeSnapshots:
    """Snapshots of the fake cloud."""

    cloud: FakeCloud

    def final(self, prefix: str, region: str) -> tuple[str, ...]:
        return tuple(sorted(name for name in self.cloud.snapshots if name.startswith(prefix)))

    def delete(self, names: tuple[str, ...], region: str) -> None:
        self.cloud.snapshots -= set(names)


@dataclass(frozen=True)
class FakeShards:
    """What tenants share in the fake cloud: all of it is there, but for what was lost."""

    cloud: FakeCloud

    def gone(self, shards: Sequence[Shard], region: str) -> tuple[Shard, ...]:
        return tuple(each for each in shards if each.name in self.cloud.lost)

    def snapshot(self, shard: Shard, region: str) -> str:
        return max((name for name in self.cloud.snapshots if name.startswith(f"rds:{shard.name}-")), default="")


@dataclass(frozen=True)
class FakeLeftovers:
    """Folders and rows of the fake cloud that were deleted."""

    cloud: FakeCloud

    def empty(self, folder: Folder, region: str, fence: Callable[[], None]) -> None:
        self.cloud.erased.append(f"{folder.bucket}/{folder.name}")

    def sweep(self, keys: KeysOf, region: str, fence: Callable[[], None]) -> None:
        self.cloud.erased.append(f"keys {keys.prefix}* of database {keys.database} by {keys.deployer_secret}")

    def erase(self, rows: RowsOf, region: str, fence: Callable[[], None]) -> None:
        self.cloud.erased.append(f"{rows.database}.{rows.schema} of {rows.login} by {rows.deployer_secret}")


@dataclass(frozen=True)
class FakeEndings:
    """What was purged, in memory."""

    noted: dict[str, Record] = field(default_factory=dict[str, Record])

    def note(self, record: Record) -> None:
        gone = Destruction("", Step.PURGED)
        self.noted[record.stack] = replace(record, status=Status.DESTROYED, destruction=gone, cidrs=(), outputs={})

    def all(self) -> tuple[Record, ...]:
        return tuple(self.noted[stack] for stack in sorted(self.noted))


@dataclass
class FakeRevisions:
    """One revision, `main`: the text that files had then, None where they were not there."""

    then: dict[Path, str | None] = field(default_factory=dict[Path, "str | None"])

    def edits(self, revision: str, home: Path, others: Sequence[Path]) -> tuple[Edit, ...]:
        if revision != "main":
            raise BadInput(f"There is no revision {revision!r}.")
        return tuple(Edit(path, before, path.is_file()) for path, before in sorted(self.then.items()))


@dataclass
class FakeQuotas:
    """AWS's defaults, and room for nodes; in use is only what `used` says. `asked` are the keys of each question."""

    used: dict[str, int] = field(default_factory=dict[str, int])
    asked: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])

    def standing(self, region: str, keys: Sequence[str]) -> Mapping[str, Standing]:
        self.asked.append(tuple(keys))
        return {key: Standing(1000 if key in VCPUS else QUOTAS[key].default, self.used.get(key, 0)) for key in keys}


@dataclass
class World:
    """A bundle over fakes, and hold of each fake."""

    bundle: Bundle
    cloud: FakeCloud
    registry: MemoryRegistry
    leases: MemoryLeases
    profiles: Path
    dead: set[Owner]
    tagging: FakeTagging
    revisions: FakeRevisions
    quotas: FakeQuotas
    apart: FakeApart
    meter: FakeMeter

    def write(self, tenant: str, file: str = "", **changes: Any) -> Path:
        """Write a profile; `database={"storage_gb": 300}` and the like override the plain one."""
        profile = PLAIN | {"tenant": tenant} | changes
        path = self.profiles / (file or f"{tenant}.yaml")
        path.write_text(json.dumps(profile), encoding="utf-8")
        return path

    def with_stopping(self, stopping: Callable[[], bool]) -> Bundle:
        """The bundle with another Ctrl-C."""
        return replace(self.bundle, stopping=stopping)


PLAIN: dict[str, Any] = {
    "apiVersion": "tenant/v1",
    "tier": "enterprise",
    "size": "medium",
    "region": "us-east-1",
    "owner": "owner@example.com",
    "cost_center": "CC-1",
    "data_classification": "confidential",
    "database": {"storage_gb": 200},
}


def world(folder: Path) -> World:
    """An environment `local` in memory; profiles are in `folder`, tiers and environment those that come with it."""
    profiles = folder / "profiles"
    profiles.mkdir(parents=True, exist_ok=True)
    settings = Settings(folder / "home", "local", profiles)
    cloud, clock, dead = FakeCloud(), FakeClock(), set[Owner]()
    tagging, revisions, quotas, apart = FakeTagging(), FakeRevisions(), FakeQuotas(), FakeApart()
    meter = FakeMeter()

    def liveness(owner: Owner) -> Liveness:
        return Liveness.DEAD if owner in dead else Liveness.UNKNOWN

    registry, leases = MemoryRegistry(), MemoryLeases(clock, liveness)

    def opened(rights: Rights) -> Any:
        if not cloud.running:
            raise CloudUnreachable("The local cloud is not running.", next="Start it: `tenant local start`.")
        return FakeWorkspaces(cloud, rights)

    bundle = Bundle(
        settings=settings,
        environment=compose.find_environment(settings),
        key=b"k" * 32,
        signing=b"s" * 32,
        clock=clock,
        ids=CountedIds(),
        registry=registry,
        leases=leases,
        owner=OWNER,
        liveness=liveness,
        timing=Timing(3600, 3600),
        programs=FakePrograms(),
        snapshots=FakeSnapshots(cloud),
        shards=FakeShards(cloud),
        locks=FakeLocks(cloud),
        leftovers=FakeLeftovers(cloud),
        endings=FakeEndings(),
        tagging=tagging,
        revisions=revisions,
        quotas=quotas,
        uses=MemoryUses(),
        open=opened,
        records=lambda: FakeWorkspaces(cloud, Rights()),  # pyright: ignore[reportArgumentType] -- behaves like one
        isolation=apart.world,
        meter=lambda: meter,
        stopping=lambda: cloud.interrupted,
    )
    assert PACKAGED.is_dir()
    return World(bundle, cloud, registry, leases, profiles, dead, tagging, revisions, quotas, apart, meter)
