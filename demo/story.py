"""The main job, scene by scene."""

from __future__ import annotations

import time
from typing import Any

from demo import deployer, pods, proofs, tables
from demo.clients import Cloud, Workload
from demo.desk import Desk
from demo.stage import Stage

_FIRST, _SECOND, _THIRD = _TENANTS = ("acme", "initech", "hooli")


def tell(stage: Stage, desk: Desk) -> None:
    """Everything, from an empty machine to one tenant destroyed and the others untouched. Raises CommandFailed."""
    begun = time.monotonic()
    for tenant in (_SECOND, _THIRD):
        desk.put(tenant)
    stage.scene("A cloud on this machine")
    stage.run("local", "start")
    stage.run("local", "status")
    _a_deployer(stage, desk)
    stage.scene("What tenants share: network, cluster, audit trail; a database, a cache and buckets for smaller tiers")
    stage.caption("The first time on a machine, the cluster's control plane is compiled: some minutes.")
    stage.run("shared", "apply", "--yes")
    _three_tenants(stage, desk)
    first, second, third = (_workload(stage, tenant) for tenant in _TENANTS)
    _tables(stage, (first, second, third))
    stage.scene("It is real: ordinary clients, with each tenant's own credentials")
    stage.proofs("Each works with its own", [proof for one in (first, second, third) for proof in proofs.own(one)])
    stage.proofs("What is locked stays", list(proofs.locked(first)))
    pairs = ((second, first), (third, second), (second, third))
    stage.proofs("And is refused by its neighbour", [proof for pair in pairs for proof in proofs.refused(*pair)])
    stage.proofs("Kubernetes holds them to their quotas and nodes", list(pods.held(first, second)))
    _a_verification(stage)
    _a_change(stage, desk)
    _a_drift(stage, first)
    _an_end(stage, second)
    _farewell(stage, desk, time.monotonic() - begun)


def take_down(stage: Stage, desk: Desk) -> None:
    """End every process of the demo's local cloud; remove its folder where it is the demo's own."""
    if desk.home.exists():
        stage.run("local", "stop")
        desk.clear()
    stage.caption(f"{desk.home} is yours and stays." if desk.borrowed else "No process is left, and .demo/ is removed.")


def _a_deployer(stage: Stage, desk: Desk) -> None:
    stage.scene("Who applies: a role with the rights that the tool reads off its own code, and no more")
    cloud = _cloud(stage)
    desk.bind(deployer.arn(cloud))
    stage.run("env", "policy", "--into", desk.policies)
    deployer.make(cloud, desk.policies)
    stage.caption(
        f"The account's administrator gives them to the role {deployer.ROLE}. From here on all is done as it."
    )


def _three_tenants(stage: Stage, desk: Desk) -> None:
    stage.scene(f"Three tenants, one a tier: {_FIRST} has everything of its own, {_SECOND} slices, {_THIRD} rows")
    if _status(stage, _FIRST) in ("", "destroyed"):
        desk.put(_FIRST)
        stage.caption("What it will cost, from the profile alone:")
        stage.run("cost", "estimate", desk.profile(_FIRST), "--by", "kind")
        stage.run("create", desk.profile(_FIRST))
    else:
        stage.caption(f"{_FIRST} is there from an earlier run; its profile is taken as it is now.")
        stage.run("apply", _FIRST, "--yes")
    for tenant in (_SECOND, _THIRD):
        stage.run("create", desk.profile(tenant))
    stage.run("list")
    stage.run("show", _SECOND)


def _tables(stage: Stage, tenants: tuple[Workload, ...]) -> None:
    stage.scene("A table for each, made by whoever makes tables in its tier")
    for tenant in tenants:
        stage.caption(f"{tenant.tenant}: by {tables.migrate(_cloud(stage), tenant)}")
    stage.caption("A table that tenants share is closed until its policy keeps their rows apart:")
    stage.run("data", "policies", "apply", _THIRD, "--yes")


def _a_verification(stage: Stage) -> None:
    stage.scene("Isolation proven: every assertion with its positive control, then a hole that it sees")
    stage.run("verify", _SECOND, "--against", _THIRD)
    stage.caption("Somebody is in a hurry:")
    with tables.opened(_cloud(stage)) as said:
        stage.caption(f"  {said}")
        stage.run("verify", _THIRD, "--level", "config", expected=7)
    stage.caption("And puts it back.")


def _a_change(stage: Stage, desk: Desk) -> None:
    stage.scene(f"A change: {_FIRST} needs a bigger disk and another cache")
    stage.edit(desk.profile(_FIRST), desk.grow(_FIRST))
    approved = desk.home / f"{_FIRST}.plan"
    stage.caption("The plan is kept in a signed file. Who approves it reads it; just that is applied, or nothing.")
    stage.run("plan", _FIRST, "--save", approved)
    stage.run("apply", "--plan", approved, "--yes")
    stage.caption("\nNothing more was edited, so there is nothing more to change:")
    stage.run("plan", _FIRST)


def _a_drift(stage: Stage, first: Workload) -> None:
    stage.scene(f"Somebody opens {_FIRST}'s network; the tool sees it and puts it back")
    stage.caption("kubectl delete networkpolicy deny-all")
    pods.open_network(first)
    stage.run("drift", _FIRST)
    stage.run("apply", _FIRST, "--refresh", "--yes")


def _an_end(stage: Stage, second: Workload) -> None:
    stage.scene(f"An end: {_FIRST} goes, {_SECOND} stays")
    stage.caption("A final snapshot, the buckets, the vault and the key that reads them are kept until --purge.")
    stage.run("destroy", _FIRST, "--yes", "--confirm", _FIRST)
    stage.run("list")
    stage.proofs(f"{_SECOND} is untouched", [proofs.untouched(second), *proofs.own(second)])


def _farewell(stage: Stage, desk: Desk, seconds: float) -> None:
    stage.scene(f"Done in {seconds:.0f} s")
    stage.caption(f"The local cloud, {_SECOND} and {_THIRD} are up. To play with them:")
    stage.caption(f"  export TENANT_HOME={desk.home} TENANT_PROFILES={desk.profiles}")
    stage.caption(f"  .venv/bin/tenant show {_SECOND}")
    stage.caption(f"Clusters let in the role {deployer.ROLE}, and not the account's root.")
    stage.caption("`make demo-down` stops everything.")


def _status(stage: Stage, tenant: str) -> str:
    """The tenant's status in the registry, empty where it is not known."""
    listed: list[dict[str, Any]] = stage.ask("list", "--output", "json")["tenants"]
    return next((each["status"] for each in listed if each["id"] == tenant), "")


def _workload(stage: Stage, tenant: str) -> Workload:
    return Workload.of(tenant, _cloud(stage), stage.ask("outputs", tenant, "--output", "json")["outputs"])


def _cloud(stage: Stage) -> Cloud:
    return Cloud.from_json(stage.ask("local", "env", "--format", "json"))
