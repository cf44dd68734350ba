from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from stacks.blueprint import phase, shared
from stacks.blueprint.phase import Phase
from stacks.inputs import environment
from stacks.inputs.environment import Domain, Nat
from stacks.inputs.shared_services import SharedServices
from stacks.programs import shared_services
from tests.component.declared import Outcome, run
from tests.unit.stacks.given import TEMPLATES, local

_SHARED_BUCKETS = ("objects", "backups", "models")


def declared(one: Phase = phase.LIVE, nat: str = "none") -> Outcome:
    chosen = local().model_copy(update={"nat": Nat(nat)})
    return run(shared_services.program(shared.resolve(chosen, "us-east-1", 1), one))


def adopted(tables: Sequence[str] = ()) -> Outcome:
    real = environment.load(TEMPLATES / "environments" / "aws.example.yaml")
    made = shared.resolve(real, "eu-central-1", 2)
    assert made.network.adopted is not None
    vpc = replace(made.network.adopted, private_route_table_ids=tuple(tables))
    return run(shared_services.program(replace(made, network=replace(made.network, adopted=vpc)), phase.LIVE))


@pytest.fixture(scope="module")
def live() -> Outcome:
    return declared()


def test_a_cell_has_public_private_and_data_subnets_in_three_zones(live: Outcome) -> None:
    subnets = [each.inputs for each in live.of("aws:ec2/subnet:Subnet")]
    roles = sorted(each["tags"]["Name"].rsplit("-", 2)[1] for each in subnets)
    assert roles == ["data"] * 3 + ["private"] * 3 + ["public"] * 3
    assert {each["availabilityZone"] for each in subnets} == {"us-east-1a", "us-east-1b", "us-east-1c"}
    assert not any(each["mapPublicIpOnLaunch"] for each in subnets)


@pytest.mark.parametrize(("nat", "gateways", "routes"), [("none", 0, 0), ("single", 1, 3), ("per_zone", 3, 3)])
def test_nat_is_the_environment_s_choice(nat: str, gateways: int, routes: int) -> None:
    made = declared(nat=nat)
    assert len(made.of("aws:ec2/natGateway:NatGateway")) == len(made.of("aws:ec2/eip:Eip")) == gateways
    private = [each for each in made.of("aws:ec2/route:Route") if each.name.startswith("private")]
    assert len(private) == routes
    assert len({each.inputs["natGatewayId"] for each in private}) == gateways


def test_data_subnets_have_no_way_out(live: Outcome) -> None:
    tables = {each.inputs["routeTableId"] for each in live.of("aws:ec2/route:Route")}
    assert tables == {"public-0-id"}


def test_endpoints_are_the_environment_s_choice(live: Outcome) -> None:
    endpoints = {each.name: each.inputs for each in live.of("aws:ec2/vpcEndpoint:VpcEndpoint")}
    kinds = {name.removeprefix("endpoint-"): each["vpcEndpointType"] for name, each in endpoints.items()}
    assert kinds == {
        **dict.fromkeys(("s3", "dynamodb"), "Gateway"),
        **dict.fromkeys(("kms", "secretsmanager", "logs", "sts"), "Interface"),
    }
    assert endpoints["endpoint-kms"]["privateDnsEnabled"] is True
    assert "aws:PrincipalAccount" in endpoints["endpoint-kms"]["policy"]


def test_audit_records_can_not_be_deleted_before_their_time(live: Outcome) -> None:
    lock = live.one("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration").inputs
    assert lock["rule"]["defaultRetention"] == {"mode": "GOVERNANCE", "days": 30}
    assert live.one("aws:s3/bucket:Bucket", "audit").inputs["objectLockEnabled"] is True
    assert live.one("aws:s3/bucket:Bucket", "audit").protect


def test_access_logs_are_not_logged_into_themselves_and_not_under_a_kms_key(live: Outcome) -> None:
    logged = {each.name for each in live.of("aws:s3/bucketLogging:BucketLogging")}
    assert logged == {"audit", "objects", "backups", "models"}
    encryption = live.one(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "access-logs"
    )
    rule = encryption.inputs["rules"][0]
    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}


def test_flows_are_logged_through_a_role_of_its_own(live: Outcome) -> None:
    flow = live.one("aws:ec2/flowLog:FlowLog").inputs
    assert flow["trafficType"] == "ALL"
    trust = json.loads(live.one("aws:iam/role:Role", "flow-logs").inputs["assumeRolePolicy"])
    assert trust["Statement"][0]["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_an_adopted_vpc_is_used_and_not_made() -> None:
    made = adopted()
    count = made.count()
    for type in ("aws:ec2/vpc:Vpc", "aws:ec2/internetGateway:InternetGateway", "aws:ec2/natGateway:NatGateway"):
        assert type not in count
    assert count["aws:ec2/subnet:Subnet"] == 3
    assert made.outputs["privateSubnetIds"] == ["subnet-0b1", "subnet-0b2", "subnet-0b3"]
    assert made.outputs["vpcId"] == "vpc-0123456789abcdef0"


def test_an_adopted_vpc_s_flows_are_logged_too() -> None:
    flow = adopted().one("aws:ec2/flowLog:FlowLog").inputs
    assert (flow["vpcId"], flow["trafficType"]) == ("vpc-0123456789abcdef0", "ALL")


@pytest.mark.parametrize("given", [[], ["rtb-0c1", "rtb-0c2"]], ids=["no tables", "its private tables"])
def test_gateway_endpoints_of_an_adopted_vpc_serve_the_private_route_tables_that_are_named(given: list[str]) -> None:
    endpoints = {each.name: each.inputs for each in adopted(given).of("aws:ec2/vpcEndpoint:VpcEndpoint")}
    ours = ["data-0-id", "data-1-id", "data-2-id"]
    assert sorted(endpoints["endpoint-s3"]["routeTableIds"]) == sorted([*given, *ours])


def test_through_gateways_other_accounts_principals_read_objects_and_do_nothing_else(live: Outcome) -> None:
    ways = {each.name: each.inputs for each in live.of("aws:ec2/vpcEndpoint:VpcEndpoint")}
    open_to_all = {
        name: [each["Action"] for each in json.loads(ways[name]["policy"])["Statement"] if "Condition" not in each]
        for name in ("endpoint-s3", "endpoint-dynamodb")
    }
    assert open_to_all == {"endpoint-s3": [["s3:GetObject"]], "endpoint-dynamodb": []}


def test_on_a_real_account_keys_are_used_by_the_named_deployer_and_never_by_the_whole_account() -> None:
    policy = json.loads(adopted().one("aws:kms/key:Key", "key").inputs["policy"])
    uses = {"kms:Decrypt", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:*"}
    named = [each for each in policy["Statement"] if "ArnEquals" not in each.get("Condition", {})]
    users = {str(each["Principal"].get("AWS")) for each in named if uses & set(each["Action"])}
    assert users == {"None", "arn:aws:iam::210987654321:role/tenant-deployer"}


def test_audit_records_are_kept_from_everyone_but_the_role_that_the_environment_names(live: Outcome) -> None:
    def statements(made: Outcome) -> dict[str, Any]:
        policy = json.loads(made.one("aws:s3/bucketPolicy:BucketPolicy", "audit").inputs["policy"])
        return {each["Sid"]: each for each in policy["Statement"]}

    assert "Condition" not in statements(live)["KeepRecords"]
    rules = statements(live)["KeepRules"]["Condition"]["ArnNotEquals"]
    assert rules == {"aws:PrincipalArn": ["arn:aws:iam::123456789012:root"]}
    role = "arn:aws:iam::123456789012:role/break-glass"
    chosen = local()
    named = chosen.model_copy(update={"audit": chosen.audit.model_copy(update={"break_glass_role": role})})
    made = run(shared_services.program(shared.resolve(named, "us-east-1", 1), phase.LIVE))
    assert statements(made)["KeepRecords"]["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": [role]}}


@pytest.mark.parametrize("one", [phase.ARCHIVED, phase.PURGING], ids=str)
def test_archived_a_cell_keeps_its_key_and_its_records(one: Phase) -> None:
    made = declared(one)
    assert set(made.count()) & {"aws:ec2/vpc:Vpc", "aws:iam/policy:Policy"} == set()
    kept = {"audit", "access-logs", "objects", "backups", "models"}
    assert {each.name for each in made.of("aws:s3/bucket:Bucket")} == kept
    assert all(each.protect is (one is phase.ARCHIVED) for each in made.of("aws:s3/bucket:Bucket"))
    (vault,) = made.of("aws:backup/vault:Vault")
    assert vault.protect is (one is phase.ARCHIVED)
    kept = {"keyArn", "dataKeyArn", "auditBucket", "accessLogsBucket", "backupVault"}
    assert set(made.outputs) == kept | {"blueprint", "digest", "phase"}


def test_a_cell_s_records_are_kept_a_second_time_in_a_locked_vault(live: Outcome) -> None:
    (selection,) = live.of("aws:backup/selection:Selection")
    assert selection.inputs["resources"] == [
        "arn:aws:aws:s3/bucket:Bucket:audit",
        "arn:aws:aws:rds/instance:Instance:database-1",
        "arn:aws:aws:s3/bucket:Bucket:objects",
    ]
    (lock,) = live.of("aws:backup/vaultLockConfiguration:VaultLockConfiguration")
    assert lock.inputs["maxRetentionDays"] == 35
    assert "changeableForDays" not in lock.inputs


def test_alarms_of_the_cluster_tell_the_topic_and_stand_on_the_dashboard(live: Outcome) -> None:
    alarms = {each.name: each.inputs for each in live.of("aws:cloudwatch/metricAlarm:MetricAlarm")}
    cluster = {"cluster-errors", "cluster-room"}
    assert set(alarms) == cluster | {"database-1-cpu", "database-1-disk", "cache-1-cpu", "cache-1-memory"}
    for role, alarm in alarms.items():
        assert alarm["alarmActions"] == alarm["okActions"] == [live.outputs["alarmTopicArn"]]
        assert ("ClusterName" in alarm["dimensions"]) == (role in cluster)
    (dashboard,) = live.of("aws:cloudwatch/dashboard:Dashboard")
    widgets = json.loads(dashboard.inputs["dashboardBody"])["widgets"]
    assert {widget["properties"]["title"] for widget in widgets} == set(alarms)


def test_a_cell_has_a_budget_where_the_environment_says_what_it_may_cost(live: Outcome) -> None:
    assert live.of("aws:budgets/budget:Budget") == []
    chosen = local().model_copy(update={"shared": SharedServices(budget_usd=900)})
    made = run(shared_services.program(shared.resolve(chosen, "us-east-1", 1), phase.LIVE))
    (budget,) = made.of("aws:budgets/budget:Budget")
    assert budget.inputs["limitAmount"] == "900"
    assert budget.inputs["costFilters"] == [{"name": "TagKeyValue", "values": ["user:stack$local.shared.us-east-1.1"]}]


def test_outputs_are_what_tenants_need(live: Outcome) -> None:
    assert set(live.outputs) >= {
        *("vpcId", "vpcCidr", "availabilityZones", "publicSubnetIds", "privateSubnetIds", "dataRouteTableIds"),
        *("keyArn", "auditBucket", "accessLogsBucket", "boundaryArn", "flowLogGroup", "endpointIds"),
        *("alarmTopicArn", "clusterName", "clusterEndpoint", "clusterAuthority", "clusterSecurityGroup"),
        *("blueprint", "digest", "phase"),
    }
    assert len(live.outputs["dataRouteTableIds"]) == 3
    assert live.outputs["availabilityZones"] == ["us-east-1a", "us-east-1b", "us-east-1c"]


def test_everything_of_a_cell_has_a_name_that_tells_it_from_the_others(live: Outcome) -> None:
    named = [(each.type, each.inputs["tags"]["Name"]) for each in live.resources if "tags" in each.inputs]
    assert len(named) > 20
    assert len(set(named)) == len(named)


def test_an_admin_role_is_for_those_who_are_named_with_a_second_factor_and_changes_nothing(live: Outcome) -> None:
    assert not [each for each in live.of("aws:iam/role:Role") if each.name == "admin"]
    person = "arn:aws:iam::123456789012:user/ann"
    chosen = local().model_copy(update={"admins": [person]})
    made = run(shared_services.program(shared.resolve(chosen, "us-east-1", 1), phase.LIVE))
    (trust,) = json.loads(made.one("aws:iam/role:Role", "admin").inputs["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"AWS": [person]}
    assert trust["Condition"]["Bool"] == {"aws:MultiFactorAuthPresent": "true"}
    attached = made.one("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "admin").inputs["policyArn"]
    assert attached.endswith("/ReadOnlyAccess")


def test_alarms_have_a_topic_under_the_key_and_the_trail_keeps_reads_of_tenants_objects(live: Outcome) -> None:
    assert live.one("aws:sns/topic:Topic").inputs["kmsMasterKeyId"] == live.outputs["keyArn"]
    sends = json.loads(live.one("aws:sns/topicPolicy:TopicPolicy").inputs["policy"])["Statement"]
    assert [each["Condition"] for each in sends] == [{"StringEquals": {"aws:SourceAccount": "123456789012"}}]
    trail = live.one("aws:cloudtrail/trail:Trail").inputs
    assert trail["s3BucketName"] == live.outputs["auditBucket"]
    fields = [each["fieldSelectors"] for each in trail["advancedEventSelectors"]]
    (begin,) = (each["startsWiths"] for each in fields[1] if each["field"] == "resources.ARN")
    shared = [f"arn:aws:s3:::{live.one('aws:s3/bucket:Bucket', name).inputs['bucket']}/" for name in _SHARED_BUCKETS]
    assert begin == ["arn:aws:s3:::demo-local-t", *shared]


def test_the_cell_s_cluster_is_encrypted_logged_and_lets_in_who_has_an_entry(live: Outcome) -> None:
    cluster = live.one("aws:eks/cluster:Cluster")
    assert cluster.protect
    assert cluster.inputs["encryptionConfig"]["provider"]["keyArn"] == live.outputs["keyArn"]
    assert len(cluster.inputs["enabledClusterLogTypes"]) == 5
    assert cluster.inputs["accessConfig"]["authenticationMode"] == "API"
    assert {each.inputs["addonName"] for each in live.of("aws:eks/addon:Addon")} >= {
        *("vpc-cni", "aws-ebs-csi-driver", "aws-mountpoint-s3-csi-driver", "eks-pod-identity-agent"),
    }
    (network,) = [each for each in live.of("aws:eks/addon:Addon") if each.name == "vpc-cni"]
    assert json.loads(network.inputs["configurationValues"])["enableNetworkPolicy"] == "true"


def test_on_a_real_account_the_deployer_administers_the_cluster_and_nobody_by_having_made_it() -> None:
    real = environment.load(TEMPLATES / "environments" / "aws.example.yaml")
    made = run(shared_services.program(shared.resolve(real, "eu-central-1", 1), phase.LIVE))
    access = made.one("aws:eks/cluster:Cluster").inputs["accessConfig"]
    assert access["bootstrapClusterCreatorAdminPermissions"] is False
    (entry,) = made.of("aws:eks/accessEntry:AccessEntry")
    assert entry.inputs["principalArn"] == "arn:aws:iam::210987654321:role/tenant-deployer"


def test_an_adopted_cluster_is_only_guarded() -> None:
    chosen = local()
    node = "arn:aws:iam::123456789012:role/their-nodes"
    there = (
        chosen.regions[0]
        .cells[0]
        .model_copy(update={"adopt_cluster": environment.AdoptCluster(name="research", node_role=node)})
    )
    region = chosen.regions[0].model_copy(update={"cells": [there]})
    changed = chosen.model_copy(update={"regions": [region, *chosen.regions[1:]]})
    made = run(shared_services.program(shared.resolve(changed, "us-east-1", 1), phase.LIVE))
    assert [each.name for each in made.resources if each.type.startswith("aws:eks/")] == ["gpu-shared"]
    assert len(made.of("kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy")) == 2
    assert made.outputs["clusterEndpoint"] == "https://adopted.eks.amazonaws.com"


def web(domain: Domain | None, region: str = "us-east-1") -> Outcome:
    chosen = local().model_copy(update={"domain": domain})
    return run(shared_services.program(shared.resolve(chosen, region, 1), phase.LIVE))


def test_without_a_domain_nothing_of_a_cell_is_reached_from_the_internet() -> None:
    closed = web(None)
    assert not {
        type for type in closed.count() if type.startswith(("aws:lb/", "aws:wafv2/", "aws:acm/", "aws:route53/"))
    }
    assert "listenerArn" not in closed.outputs


def test_the_load_balancer_speaks_tls_and_answers_no_name_that_nobody_has(live: Outcome) -> None:
    clear, secure = (live.one("aws:lb/listener:Listener", name).inputs for name in ("http", "https"))
    assert clear["defaultActions"][0]["redirect"]["protocol"] == "HTTPS"
    assert secure["defaultActions"][0]["fixedResponse"]["statusCode"] == "404"
    assert secure["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-PQ-2025-09"
    assert live.one("aws:acm/certificate:Certificate").inputs["domainName"] == "cell-1.us-east-1.apps.example.com"
    balancer = live.one("aws:lb/loadBalancer:LoadBalancer").inputs
    assert balancer["accessLogs"]["enabled"] is balancer["dropInvalidHeaderFields"] is True
    assert balancer["enableDeletionProtection"] is True
    assert set(live.outputs) >= {"zoneId", "balancerName", "balancerZone", "balancerGroup", "listenerArn"}


@pytest.mark.parametrize(("waf", "rules"), [(True, 4), (False, 0)])
def test_a_web_acl_stands_before_it_where_the_environment_wants_one(waf: bool, rules: int) -> None:
    made = web(Domain(name="apps.example.com", waf=waf, requests=500))
    acls = [each.inputs["rules"] for each in made.of("aws:wafv2/webAcl:WebAcl")]
    assert sum(len(each) for each in acls) == rules
    assert len(made.of("aws:wafv2/webAclAssociation:WebAclAssociation")) == len(acls) == int(waf)
    limits = [rule["statement"].get("rateBasedStatement", {}).get("limit") for each in acls for rule in each]
    assert limits == [None, None, None, 500][:rules]


@pytest.mark.parametrize(
    ("domain", "region", "zone", "made"),
    [
        (Domain(name="apps.example.com"), "us-east-1", "Z0MADE", 1),
        (Domain(name="apps.example.com"), "eu-central-1", "Z0CELL", 0),
        (Domain(name="apps.example.com", zone_id="Z0NAMED"), "us-east-1", "Z0NAMED", 0),
    ],
)
def test_the_domain_s_zone_is_made_once_or_is_the_one_that_is_named(
    domain: Domain, region: str, zone: str, made: int
) -> None:
    cell = web(domain, region)
    assert (cell.outputs["zoneId"], len(cell.of("aws:route53/zone:Zone"))) == (zone, made)


def test_the_domain_s_zone_is_protected_while_names_are_in_it(live: Outcome) -> None:
    assert live.one("aws:route53/zone:Zone").protect
    assert not declared(phase.retiring("r")).one("aws:route53/zone:Zone").protect


@pytest.mark.parametrize(("region", "every"), [("us-east-1", True), ("eu-central-1", False)])
def test_one_cell_s_trail_is_of_every_region_and_of_iam(region: str, every: bool) -> None:
    trail = run(shared_services.program(shared.resolve(local(), region, 1), phase.LIVE)).one(
        "aws:cloudtrail/trail:Trail"
    )
    assert trail.inputs["isMultiRegionTrail"] is trail.inputs["includeGlobalServiceEvents"] is every


def test_the_key_goes_after_the_records(live: Outcome) -> None:
    needs = live.one("aws:s3/bucket:Bucket", "audit").needs
    assert any(urn.endswith("aws:kms/key:Key::key") for urn in needs)


def test_a_queue_has_one_for_dead_messages_and_both_have_rules(live: Outcome) -> None:
    queues = {each.name: each.inputs for each in live.of("aws:sqs/queue:Queue")}
    assert set(queues) == {"queue-jobs", "dead-jobs"}
    assert all(each["sqsManagedSseEnabled"] for each in queues.values())
    assert json.loads(queues["queue-jobs"]["redrivePolicy"])["maxReceiveCount"] == 5
    allowed = json.loads(queues["dead-jobs"]["redriveAllowPolicy"])
    assert [each.rpartition(":")[2] for each in allowed["sourceQueueArns"]] == [queues["queue-jobs"]["name"]]
    assert {each.name for each in live.of("aws:sqs/queuePolicy:QueuePolicy")} == set(queues)
