"""What a profile asks for of GPUs, against what its tier, its environment and its own cluster can give. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from stacks.inputs.document import Complaint
from stacks.inputs.environment import Environment
from stacks.inputs.fields import Isolation
from stacks.inputs.profile import Profile
from stacks.inputs.tier import Tier

_ASKED = ("namespace", "gpus")


def check(profile: Profile, tier: Tier, environment: Environment) -> Iterator[Complaint]:
    """A share is had in the cell's cluster, where the environment shares GPUs, and is no more than there can be.

    Own nodes with GPUs and a share may be had together: pods choose by the node's label. Own nodes without GPUs are
    where all pods of the tenant run.
    """
    given = tier.sizes[profile.size].namespace.gpus if profile.size in tier.sizes else 0
    asked = profile.namespace.gpus
    wanted, path = (given, ("size",)) if asked is None else (asked, _ASKED)
    if not wanted:
        return
    pool = environment.shared.gpu
    nothing = "0" if path == _ASKED else "with namespace: {gpus: 0}"
    if tier.of("gpu_share") is Isolation.SILO:
        why = f"tenants of tier `{tier.tier}` share no GPUs; nodes of its own are had with `gpu:`"
        yield Complaint(path, why, nothing)
    elif pool is None:
        why = f"environment `{environment.name}` has no GPUs that tenants share (`shared.gpu`), and {wanted} are wanted"
        yield Complaint(path, why, nothing)
    elif profile.cluster.dedicated:
        yield Complaint(path, "GPUs that tenants share are in the cell's cluster, and this one has its own", nothing)
    elif profile.nodes is not None:
        yield Complaint(path, "pods of a tenant with `nodes` run on those only, and shared GPUs are on others", nothing)
    elif wanted > pool.gpus:
        why = f"{wanted} GPUs are more than the shared nodes of environment `{environment.name}` have"
        yield Complaint(path, why, f"up to {pool.gpus}", str(pool.gpus))
    elif asked is not None and asked > (most := max(given, tier.options.shared_gpus)):
        yield Complaint(path, f"{asked} shared GPUs are more than tier `{tier.tier}` gives", f"up to {most}", str(most))
