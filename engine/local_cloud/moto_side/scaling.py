"""Auto Scaling groups of EKS's node groups, and moto's scheduled actions as AWS keeps them.

The groups have no instances: the nodes are Kubernetes' only. Scheduled actions are kept and never carried out.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any

from engine.local_cloud import hooks

_MARK = "of_nodes"
_CREATED = ("load_balancers", "target_group_arns", "termination_policies")
_NOTHING = (
    "default_cooldown",
    "health_check_period",
    "health_check_type",
    "placement_group",
    "mixed_instances_policy",
)


def install() -> None:
    """Hook moto's Auto Scaling. Raises hooks.MissingHook where a name is gone."""
    models: Any = importlib.import_module("moto.autoscaling.models")
    hooks.around(models.FakeAutoScalingGroup, "set_desired_capacity", _without_instances)
    for name, hook in (
        ("put_scheduled_update_group_action", _put),
        ("delete_scheduled_action", _delete),
        ("create_or_update_tags", _tag),
    ):
        hooks.around(models.AutoScalingBackend, name, hook)
    hooks.find(models, "autoscaling_backends")


def make_so(wanted: list[dict[str, Any]]) -> bool:
    """Let exactly these groups of nodes exist. Whether anything changed."""
    models: Any = importlib.import_module("moto.autoscaling.models")
    changed = False
    for each in wanted:
        backend = models.autoscaling_backends[each["account"]][each["region"]]
        group = backend.autoscaling_groups.get(each["name"])
        if group is None:
            backend.autoscaling_groups[each["name"]] = _make(models, backend, each)
            changed = True
        elif (group.min_size, group.max_size, group.desired_capacity) != _sizes(each):
            group.min_size, group.max_size, group.desired_capacity = _sizes(each)
            changed = True
    names = {(each["account"], each["region"], each["name"]) for each in wanted}
    for backend, name in list(_of_nodes(models)):
        if (backend.account_id, backend.region_name, name) not in names:
            _remove(backend, name)
            changed = True
    return changed


def _make(models: Any, backend: Any, each: dict[str, Any]) -> Any:
    group = models.FakeAutoScalingGroup(
        name=each["name"],
        availability_zones=[] if each["subnets"] else [f"{each['region']}a"],
        desired_capacity=0,
        max_size=each["most"],
        min_size=each["least"],
        launch_config_name="",
        launch_template={},
        vpc_zone_identifier=",".join(each["subnets"]) or None,
        autoscaling_backend=backend,
        ec2_backend=backend.ec2_backend,
        tags=[{"Key": key, "Value": value, "PropagateAtLaunch": True} for key, value in each["tags"].items()],
        capacity_rebalance=False,
        **{name: [] for name in _CREATED},
        **dict.fromkeys(_NOTHING),
    )
    setattr(group, _MARK, True)
    group.desired_capacity = each["wanted"]
    return group


def _sizes(each: dict[str, Any]) -> tuple[int, int, int]:
    return each["least"], each["most"], each["wanted"]


def _of_nodes(models: Any) -> Iterator[tuple[Any, str]]:
    for account in list(models.autoscaling_backends):
        for backend in list(models.autoscaling_backends[account].values()):
            for name, group in list(backend.autoscaling_groups.items()):
                if getattr(group, _MARK, False):
                    yield backend, name


def _remove(backend: Any, name: str) -> None:
    """A group goes with its scheduled actions."""
    backend.autoscaling_groups.pop(name, None)
    for key, action in list(backend.scheduled_actions.items()):
        if action.auto_scaling_group_name == name:
            del backend.scheduled_actions[key]


def _without_instances(original: Callable[..., Any], group: Any, new_capacity: int | None) -> Any:
    if not getattr(group, _MARK, False):
        return original(group, new_capacity)
    group.desired_capacity = group.min_size if new_capacity is None else new_capacity
    return None


def _put(
    original: Callable[..., Any], backend: Any, name: str, *rest: Any, scheduled_action_name: str, **named: Any
) -> Any:
    """moto keeps actions by their names alone: two groups could not both have a `night`."""
    _assert_there(backend, name)
    action = original(backend, name, *rest, scheduled_action_name=scheduled_action_name, **named)
    group = backend.autoscaling_groups[name]
    start = group.arn.replace(":autoScalingGroup:", ":scheduledUpdateGroupAction:")
    action.scheduled_action_arn = f"{start}:scheduledActionName/{scheduled_action_name}"
    backend.scheduled_actions[f"{name}/{scheduled_action_name}"] = backend.scheduled_actions.pop(scheduled_action_name)
    return action


def _delete(
    original: Callable[..., Any], backend: Any, auto_scaling_group_name: str, scheduled_action_name: str
) -> None:
    original(backend, auto_scaling_group_name, scheduled_action_name)
    backend.scheduled_actions.pop(f"{auto_scaling_group_name}/{scheduled_action_name}", None)


def _tag(original: Callable[..., Any], backend: Any, tags: list[dict[str, Any]]) -> Any:
    for tag in tags:
        _assert_there(backend, tag["ResourceId"])
    return original(backend, tags)


def _assert_there(backend: Any, name: str) -> None:
    if name not in backend.autoscaling_groups:
        errors: Any = importlib.import_module("moto.autoscaling.exceptions")
        raise errors.ValidationError(f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found")
