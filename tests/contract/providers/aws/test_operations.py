"""What watches over the rest, beyond the suite: what waits for a person, what a put would take over, what is seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.providers.aws import inventory, labels
from engine.providers.aws.labels import Labelled
from engine.providers.aws.rows import ROWS
from engine.providers.port import Call, Created, Props, ProviderError
from tests.contract.providers.aws import cases_operations
from tests.contract.providers.aws.case import Case
from tests.contract.providers.aws.world import TRUST, World, resource

SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
POLICY = "aws:sns/topicPolicy:TopicPolicy"
ALARM, DASHBOARD = "aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/dashboard:Dashboard"
BUDGET = "aws:budgets/budget:Budget"
VAULT, PLAN = "aws:backup/vault:Vault", "aws:backup/plan:Plan"
TAGGED = [case for case in cases_operations.CASES if ROWS[case.type].tags and not case.label]


def by_type(type: str) -> Callable[[World, str], Props]:
    return next(case.inputs for case in cases_operations.CASES if case.type == type)


def subscribe(world: World, topic: str, protocol: str, endpoint: str) -> tuple[Props, Created]:
    inputs = world.checked(SUBSCRIPTION, "s", {"topic": topic, "protocol": protocol, "endpoint": endpoint})
    return inputs, world.provider.create(resource(SUBSCRIPTION, "s"), inputs, Call(timeout=60))


def test_a_subscription_by_mail_is_said_to_be_pending_and_not_waited_for(world: World) -> None:
    inputs, made = subscribe(world, world.topic(), "email", "ops@example.org")
    found = world.provider.read(resource(SUBSCRIPTION, "s"), made.id, inputs, made.outputs)
    assert made.outputs["pendingConfirmation"] is True
    assert found is not None
    assert found.inputs == inputs
    assert not found.reasons


def test_a_pending_subscription_whose_create_was_interrupted_is_met_again_by_the_next_one(world: World) -> None:
    inputs, made = subscribe(world, world.topic(), "email", "ops@example.org")
    assert world.provider.find(resource(SUBSCRIPTION, "s"), inputs) is None
    assert subscribe(world, inputs["topic"], "email", "ops@example.org")[1].id == made.id


def test_a_pending_subscription_is_left_to_go_by_itself(world: World) -> None:
    inputs, made = subscribe(world, world.topic(), "email", "ops@example.org")
    world.provider.delete(resource(SUBSCRIPTION, "s"), made.id, inputs, made.outputs, Call(timeout=60))
    listed = world.client("sns").list_subscriptions_by_topic(TopicArn=inputs["topic"])["Subscriptions"]
    assert [each["SubscriptionArn"] for each in listed] == ["PendingConfirmation"]


def test_a_policy_like_the_one_that_comes_with_a_topic_can_be_wanted(world: World) -> None:
    topic = world.topic()
    policy = world.client("sns").get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
    assert world.provider.find(resource(POLICY, "p"), {"arn": topic, "policy": TRUST}) is None
    made = world.make(POLICY, "p", arn=topic, policy=policy)
    assert world.provider.read(resource(POLICY, "p"), made.id, {"arn": topic, "policy": policy}, made.outputs)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"metricName": None}, "metricName"),
        ({"metricQueries": [{"id": "e", "expresion": "1"}], "metricName": None}, "metricQueries[0].expresion"),
        ({"metricQueries": [{"id": "e", "metric": {"name": "x"}}]}, "metricQueries[0].metric.name"),
        ({"dimensions": ["acme"]}, "dimensions"),
        ({"extendedStatistic": "p99"}, "extendedStatistic"),
    ],
)
def test_an_alarm_on_nothing_or_in_other_words_is_refused_by_its_place(world: World, change: Props, where: str) -> None:
    wanted = {**by_type(ALARM)(world, "a"), **change}
    given = {name: value for name, value in wanted.items() if value is not None}
    checked = world.provider.check(resource(ALARM, "a"), None, given, b"seed")
    assert where in {failure.property for failure in checked.failures}


@pytest.mark.parametrize("type", [ALARM, DASHBOARD])
def test_a_put_does_not_take_over_what_has_the_name_already(world: World, type: str) -> None:
    name = world.unique("taken")
    inputs = world.checked(type, name, by_type(type)(world, name))
    world.provider.create(resource(type, name), inputs, Call(timeout=60))
    with pytest.raises(ProviderError, match=f"{name} exists already"):
        world.provider.create(resource(type, name), inputs, Call(timeout=60))


@pytest.mark.parametrize("case", TAGGED, ids=lambda case: case.type)
def test_the_tagging_api_sees_what_it_carries(world: World, case: Case) -> None:
    name = world.unique("seen")
    inputs = world.checked(case.type, name, case.inputs(world, name))
    made = world.provider.create(resource(case.type, name), inputs, Call(timeout=60))
    arn, tags = made.outputs["arn"], inputs["tags"]
    assert {one.arn: one.tags for one in inventory.tagged(world.access, world.region, {"Name": name})} == {arn: tags}
    world.provider.delete(resource(case.type, name), made.id, inputs, made.outputs, Call(timeout=60))
    assert not inventory.tagged(world.access, world.region, {"Name": name})


def backed_up(world: World, **inputs: object) -> tuple[Props, Created]:
    """A vault with a recovery point in it."""
    name = world.unique("full")
    checked = world.checked(VAULT, name, {"name": name, "tags": world.tags(name), **inputs})
    made = world.provider.create(resource(VAULT, name), checked, Call(timeout=60))
    world.client("backup").start_backup_job(
        BackupVaultName=name, ResourceArn=f"arn:aws:s3:::{name}", IamRoleArn=world.role_arn
    )
    return checked, made


def test_a_vault_that_holds_recovery_points_stays(world: World) -> None:
    inputs, made = backed_up(world)
    with pytest.raises(ProviderError, match="recovery points"):
        world.provider.delete(resource(VAULT, "v"), made.id, inputs, made.outputs, Call(timeout=60))


def test_a_vault_goes_with_what_it_holds_where_the_program_says_so(world: World) -> None:
    inputs, made = backed_up(world, forceDestroy=True)
    world.provider.delete(resource(VAULT, "v"), made.id, inputs, made.outputs, Call(timeout=60))
    assert world.provider.read(resource(VAULT, "v"), made.id, inputs, made.outputs) is None


def test_of_two_plans_with_one_name_the_one_with_our_tags_is_found(world: World) -> None:
    name = world.unique("twin")
    theirs, ours = ({**by_type(PLAN)(world, name), "tags": tags} for tags in ({"stack": "other"}, world.tags(name)))
    world.make(PLAN, name, **theirs)
    assert world.provider.find(resource(PLAN, name), world.checked(PLAN, name, ours)) is None
    made = world.make(PLAN, name, **ours)
    found = world.provider.find(resource(PLAN, name), world.checked(PLAN, name, ours))
    assert found is not None
    assert found.id == made.id


def test_budgets_are_told_in_every_region_by_the_start_of_their_names(world: World) -> None:
    name = world.unique("spend")
    world.make(BUDGET, name, **by_type(BUDGET)(world, name))
    found = {one.arn.rpartition("/")[2]: one.tags for one in inventory.unseen(world.access, world.region, name[:8])}
    assert found[name] == world.tags(name)
    assert name not in str(inventory.unseen(world.access, world.region, "nothing-"))


@pytest.mark.parametrize("case", TAGGED, ids=lambda case: case.type)
def test_what_stands_in_no_state_is_put_right_by_its_arn(world: World, case: Case) -> None:
    name = world.unique("odd")
    made = world.make(case.type, name, **case.inputs(world, name))
    right, odd = world.tags(name), {"Tenant": "acme"}
    labelled = Labelled(case.type, made.id, {}, made.outputs, world.region)
    labels.write_by_arn(world.access, world.region, made.outputs["arn"], right, odd, lambda: None)
    assert labels.read(world.access, labelled) == odd
