from __future__ import annotations

import json
import re
from typing import Any

import pytest

from stacks.blueprint import phase, resolve
from stacks.blueprint.model import Blueprint
from stacks.blueprint.phase import Phase
from stacks.inputs.environment import Nat
from stacks.programs import tenant
from stacks.resources.network.spec import KIND, NetworkSpec
from tests.component.declared import LOGIN_PASSWORD, MASTER_PASSWORD, Outcome, Secret, run
from tests.unit.stacks.given import asked, blueprint, facts_of, local, silo

HOLDS_DATA = {
    "aws:rds/instance:Instance",
    "aws:s3/bucket:Bucket",
    "aws:backup/vault:Vault",
    "aws:kms/key:Key",
    "aws:secretsmanager/secret:Secret",
}
OUTLIVES = {"aws:backup/vault:Vault", "aws:kms/key:Key", "aws:s3/bucket:Bucket"}
UNTAGGED = (
    "aws:autoscaling/schedule",
    "aws:backup/selection",
    "aws:backup/vaultLockConfiguration",
    "aws:cloudwatch/dashboard",
    "aws:iam/rolePolicyAttachment:",
    "aws:ec2/routeTableAssociation",
    "aws:ec2/vpcSecurityGroupRulesExclusive",
    "aws:kms/alias",
    "aws:iam/rolePolic",
    "aws:secretsmanager/secretPolicy",
    "aws:secretsmanager/secretVersion",
    "aws:s3/bucketPublic",
    "aws:s3/bucketOwnership",
    "aws:s3/bucketServerSide",
    "aws:s3/bucketVersioning",
    "aws:s3/bucketLifecycle",
    "aws:s3/bucketLogging",
    "aws:s3/bucketPolicy",
)

SETTINGS_OF_A_BUCKET = {
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": 2,
    "aws:s3/bucketLogging:BucketLogging": 2,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": 2,
    "aws:s3/bucketPolicy:BucketPolicy": 2,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": 2,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": 2,
    "aws:s3/bucketVersioning:BucketVersioning": 2,
}
KEPT = {
    "aws:backup/vault:Vault": 1,
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": 1,
    "aws:kms/alias:Alias": 1,
    "aws:kms/key:Key": 1,
    "aws:s3/bucket:Bucket": 2,
    **SETTINGS_OF_A_BUCKET,
}
SERVING = {
    "aws:backup/plan:Plan": 2,
    "aws:backup/selection:Selection": 2,
    "aws:budgets/budget:Budget": 1,
    "aws:cloudwatch/dashboard:Dashboard": 1,
    "aws:cloudwatch/metricAlarm:MetricAlarm": 5,
    "aws:cloudwatch/logGroup:LogGroup": 1,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": 3,
    "aws:ec2/securityGroup:SecurityGroup": 2,
    "aws:ec2/subnet:Subnet": 3,
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": 1,
    "aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive": 2,
    "aws:elasticache/parameterGroup:ParameterGroup": 1,
    "aws:elasticache/replicationGroup:ReplicationGroup": 1,
    "aws:elasticache/subnetGroup:SubnetGroup": 1,
    "aws:elasticache/user:User": 1,
    "aws:elasticache/userGroup:UserGroup": 1,
    "aws:iam/role:Role": 2,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 4,
    "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive": 1,
    "aws:iam/rolePolicy:RolePolicy": 1,
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": 1,
    "aws:rds/instance:Instance": 1,
    "aws:rds/parameterGroup:ParameterGroup": 1,
    "aws:rds/subnetGroup:SubnetGroup": 1,
    "aws:secretsmanager/secret:Secret": 2,
    "aws:secretsmanager/secretPolicy:SecretPolicy": 2,
    "aws:secretsmanager/secretVersion:SecretVersion": 2,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 3,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 2,
    "kubernetes:core/v1:ConfigMap": 1,
    "kubernetes:core/v1:LimitRange": 1,
    "kubernetes:core/v1:Namespace": 1,
    "kubernetes:core/v1:ResourceQuota": 1,
    "kubernetes:core/v1:ServiceAccount": 1,
    "kubernetes:networking.k8s.io/v1:NetworkPolicy": 6,
    "kubernetes:rbac.authorization.k8s.io/v1:Role": 1,
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": 1,
    "kubernetes:scheduling.k8s.io/v1:PriorityClass": 1,
    "kubernetes:storage.k8s.io/v1:StorageClass": 1,
    "kubernetes:vpcresources.k8s.aws/v1beta1:SecurityGroupPolicy": 1,
    "postgresql:index/database:Database": 1,
    "postgresql:index/grant:Grant": 3,
    "postgresql:index/role:Role": 1,
    "postgresql:index/schema:Schema": 1,
    "random:index/randomPassword:RandomPassword": 2,
}


def dedicated(nat: Nat) -> Blueprint:
    wanted = asked(network={"dedicated": True}, cluster={"dedicated": True})
    return resolve.tenant(wanted, silo(), local().model_copy(update={"nat": nat}), facts_of(wanted))


def declared(one: Phase = phase.LIVE, **changes: Any) -> Outcome:
    return run(tenant.program(blueprint(asked(**changes)), one))


@pytest.fixture(scope="module")
def live() -> Outcome:
    return declared()


@pytest.mark.parametrize("one", [phase.LIVE, phase.retiring("run-1")], ids=str)
def test_while_it_serves_a_tenant_has_everything(one: Phase) -> None:
    assert declared(one).count() == dict(sorted({**KEPT, **SERVING}.items()))


def test_nothing_is_added_to_the_role_or_the_groups_unseen(live: Outcome) -> None:
    inline = live.one("aws:iam/rolePoliciesExclusive:RolePoliciesExclusive").inputs
    attached = live.one("aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive").inputs
    role = live.one("aws:iam/role:Role", "workload").inputs["name"]
    assert inline == {"roleName": role, "policyNames": ["workload"]}
    assert attached == {"roleName": role, "policyArns": []}


def test_every_rule_of_a_group_is_claimed_and_no_other(live: Outcome) -> None:
    claims = live.of("aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive")
    assert {claim.inputs["securityGroupId"] for claim in claims} == {"data-id", "workloads-id"}
    for direction, prop in (("Ingress", "ingressRuleIds"), ("Egress", "egressRuleIds")):
        rules = live.of(f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule")
        claimed = {(claim.inputs["securityGroupId"], id) for claim in claims for id in claim.inputs[prop]}
        assert claimed == {(rule.inputs["securityGroupId"], f"{rule.name}-id") for rule in rules}


@pytest.mark.parametrize("one", [phase.ARCHIVED, phase.PURGING], ids=str)
def test_archived_only_what_the_final_snapshot_needs_to_be_read_is_left(one: Phase) -> None:
    lock = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"  # what is to be emptied can't be locked
    kept = {type: many for type, many in KEPT.items() if type != lock or one is phase.ARCHIVED}
    assert declared(one).count() == dict(sorted(kept.items()))


def test_what_holds_data_is_protected_from_the_first_create(live: Outcome) -> None:
    assert {each.type for each in live.resources if each.protect} == HOLDS_DATA
    assert all(each.protect for each in live.resources if each.type in HOLDS_DATA)
    assert live.one("aws:rds/instance:Instance").inputs["deletionProtection"] is True


def test_retiring_lifts_protection_from_services_and_names_the_snapshot_for_the_run() -> None:
    retiring = declared(phase.retiring("run-7"))
    assert {each.type for each in retiring.resources if each.protect} == OUTLIVES
    instance = retiring.one("aws:rds/instance:Instance").inputs
    assert (instance["deletionProtection"], instance["skipFinalSnapshot"]) == (False, False)
    assert instance["finalSnapshotIdentifier"].endswith("-final-run-7")


def test_a_destroy_keeps_the_cache_s_content_as_it_keeps_the_database_s(live: Outcome) -> None:
    group = "aws:elasticache/replicationGroup:ReplicationGroup"
    assert declared(phase.retiring("run-7")).one(group).inputs["finalSnapshotIdentifier"].endswith("-final-run-7")
    assert "finalSnapshotIdentifier" not in live.one(group).inputs


def test_a_cache_s_daily_snapshots_are_kept_as_long_as_its_size_says() -> None:
    group = "aws:elasticache/replicationGroup:ReplicationGroup"
    kept = {size: declared(size=size).one(group).inputs["snapshotRetentionLimit"] for size in ("small", "enterprise")}
    assert kept == {"small": 3, "enterprise": 14}


def test_backups_that_nobody_purges_stay_only_of_an_instance_that_was_not_retired(live: Outcome) -> None:
    instance = "aws:rds/instance:Instance"
    assert live.one(instance).inputs["deleteAutomatedBackups"] is False
    assert declared(phase.retiring("run-7")).one(instance).inputs["deleteAutomatedBackups"] is True


def test_key_and_buckets_stay_protected_until_the_purge() -> None:
    archived, purging = declared(phase.ARCHIVED), declared(phase.PURGING)
    assert {each.type for each in archived.resources if each.protect} == OUTLIVES
    assert not any(each.protect for each in purging.resources)
    assert [each.inputs["forceDestroy"] for each in archived.of("aws:s3/bucket:Bucket")] == [False, False]
    assert [each.inputs["forceDestroy"] for each in purging.of("aws:s3/bucket:Bucket")] == [True, True]


def test_what_is_inside_the_database_goes_with_it_and_is_never_dropped(live: Outcome) -> None:
    inside = [each for each in live.resources if each.type.startswith("postgresql:")]
    assert len(inside) == 6
    assert all(each.retain for each in inside)


def test_everything_that_can_be_tagged_says_whose_it_is(live: Outcome) -> None:
    made = [each for each in live.resources if each.type.startswith("aws:") and not each.type.startswith(UNTAGGED)]
    for each in made:
        tags = each.inputs["tags"]
        assert {"tenant", "stack", "isolation", "cost-center", "owner", "managed-by", "Name"} <= set(tags), each.type
    named = [(each.type, each.inputs["tags"]["Name"]) for each in made]
    assert len(set(named)) == len(named)


def test_every_aws_resource_uses_the_program_s_own_provider(live: Outcome) -> None:
    (provider,) = live.of("pulumi:providers:aws")
    assert provider.inputs["region"] == "us-east-1"
    assert not {"accessKey", "secretKey", "endpoints"} & set(provider.inputs)
    assert all("::aws::aws-id" in each.provider for each in live.resources if each.type.startswith("aws:"))


def test_the_database_is_private_encrypted_and_forces_tls(live: Outcome) -> None:
    instance = live.one("aws:rds/instance:Instance").inputs
    assert instance["publiclyAccessible"] is False
    assert instance["storageEncrypted"] is True
    assert instance["kmsKeyId"] == instance["masterUserSecretKmsKeyId"] == "arn:aws:aws:kms/key:Key:key"
    assert instance["manageMasterUserPassword"] is True
    assert instance["backupRetentionPeriod"] >= 7
    assert (instance["storageType"], instance["engine"], instance["engineVersion"]) == ("gp3", "postgres", "16")
    parameters = live.one("aws:rds/parameterGroup:ParameterGroup").inputs["parameters"]
    assert {(each["name"], each["value"]) for each in parameters} == {("rds.force_ssl", "1")}


def test_nobody_connects_by_being_public_and_the_login_is_not_privileged(live: Outcome) -> None:
    grants = {each.name: each.inputs for each in live.of("postgresql:index/grant:Grant")}
    assert (grants["public-database"]["role"], grants["public-database"]["privileges"]) == ("public", [])
    assert (grants["public-schema"]["role"], grants["public-schema"]["privileges"]) == ("public", [])
    assert grants["login-database"]["privileges"] == ["CONNECT", "TEMPORARY"]
    role = live.one("postgresql:index/role:Role").inputs
    assert not {"superuser", "createRole", "createDatabase", "bypassRowLevelSecurity"} & set(role)


def test_the_cache_has_one_user_tls_and_the_tenant_s_key(live: Outcome) -> None:
    group = live.one("aws:elasticache/replicationGroup:ReplicationGroup").inputs
    assert (group["engine"], group["transitEncryptionEnabled"], group["transitEncryptionMode"]) == (
        "valkey",
        True,
        "required",
    )
    assert (group["atRestEncryptionEnabled"], group["kmsKeyId"]) == (True, "arn:aws:aws:kms/key:Key:key")
    user = live.one("aws:elasticache/user:User").inputs
    assert (user["userName"], user["accessString"].split()[0]) == (blueprint(asked()).slug, "on")
    assert live.one("aws:elasticache/userGroup:UserGroup").inputs["userIds"] == [user["userId"]]


def test_only_workloads_reach_the_data_ports(live: Outcome) -> None:
    ingress = [each.inputs for each in live.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")]
    assert {rule["fromPort"] for rule in ingress} == {5432, 6379}
    assert {rule["securityGroupId"] for rule in ingress} == {"data-id"}
    assert {rule["referencedSecurityGroupId"] for rule in ingress} == {"workloads-id"}
    assert not any("cidrIpv4" in rule for rule in ingress)
    egress = [each.inputs for each in live.of("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")]
    assert "data-id" not in {rule["securityGroupId"] for rule in egress}


def test_the_one_rule_that_is_open_says_why(live: Outcome) -> None:
    rules = live.of("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
    (open_,) = [each.inputs for each in rules if each.inputs.get("cidrIpv4") == "0.0.0.0/0"]
    assert (open_["fromPort"], open_["toPort"]) == (443, 443)
    assert re.fullmatch(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{20,255}", open_["description"])


def test_no_password_is_an_output_nor_goes_anywhere_in_clear(live: Outcome) -> None:
    text = json.dumps({name: str(value) for name, value in live.outputs.items()})
    assert LOGIN_PASSWORD not in text
    assert MASTER_PASSWORD not in text
    for each in live.resources:
        clear = json.dumps(each.inputs, default=lambda hidden: "secret")
        assert LOGIN_PASSWORD not in clear, each.type
        assert MASTER_PASSWORD not in clear, each.type


def test_the_secrets_hold_what_a_client_connects_with(live: Outcome) -> None:
    logins: dict[str, Any] = {}
    for each in live.of("aws:secretsmanager/secretVersion:SecretVersion"):
        text = each.inputs["secretString"]
        assert isinstance(text, Secret)
        logins[each.name] = json.loads(text.value)
    slug = blueprint(asked()).slug
    assert logins["database-login"] == {
        "host": "db.internal",
        "port": 5432,
        "dbname": slug,
        "username": slug,
        "password": LOGIN_PASSWORD,
    }
    assert logins["cache-login"] == {
        "host": "cache.internal",
        "port": 6379,
        "username": slug,
        "password": LOGIN_PASSWORD,
        "tls": True,
        "database": 0,
    }


def test_the_program_logs_in_as_master_with_the_secret_that_rds_keeps(live: Outcome) -> None:
    provider = live.one("pulumi:providers:postgresql").inputs
    assert isinstance(provider["password"], Secret)
    assert (provider["host"], provider["username"]) == ("db.internal", "tenant_admin")


def test_the_master_s_password_goes_only_to_a_server_whose_certificate_was_checked(live: Outcome) -> None:
    assert live.one("pulumi:providers:postgresql").inputs["sslmode"] == "verify-full"


def test_the_key_s_policy_names_the_role_while_it_is_there_and_not_after(live: Outcome) -> None:
    def principals(outcome: Outcome) -> str:
        return json.dumps(json.loads(outcome.one("aws:kms/key:Key").inputs["policy"]))

    assert "arn:aws:aws:iam/role:Role:workload" in principals(live)
    assert "iam/role" not in principals(declared(phase.ARCHIVED))


@pytest.mark.parametrize(("compliance", "mode"), [(False, "GOVERNANCE"), (True, "COMPLIANCE")])
def test_models_are_locked_from_the_moment_they_are_there(compliance: bool, mode: str) -> None:
    found = declared(models={"days": 90, "compliance": compliance})
    (lock,) = found.of("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")
    assert lock.inputs["rule"] == {"defaultRetention": {"days": 90, "mode": mode}}
    locked = [each for each in found.of("aws:s3/bucket:Bucket") if each.inputs.get("objectLockEnabled")]
    assert [(each.name, each.protect) for each in locked] == [("models", True)]
    assert found.outputs["modelBucket"] == locked[0].inputs["bucket"]


@pytest.mark.parametrize("one", [phase.LIVE, phase.PURGING], ids=str)
def test_the_key_goes_after_every_bucket(one: Phase) -> None:
    found = declared(one, models={"days": 90})
    needs = {each.name: each.needs for each in found.of("aws:s3/bucket:Bucket")}
    assert set(needs) == {"data", "backups", "models"}
    assert all(any(urn.endswith("aws:kms/key:Key::key") for urn in each) for each in needs.values())


def test_models_outlive_the_tenant_and_only_a_purge_gets_around_their_locks() -> None:
    def keeps(one: Phase) -> bool:
        found = declared(one, models={"days": 90})
        (policy,) = [each for each in found.of("aws:s3/bucketPolicy:BucketPolicy") if each.name == "models"]
        (statement,) = [
            each for each in json.loads(policy.inputs["policy"])["Statement"] if each["Sid"] == "KeepModels"
        ]
        return local().deployer not in json.dumps(statement)

    assert [keeps(one) for one in (phase.LIVE, phase.retiring("r"), phase.ARCHIVED, phase.PURGING)] == [
        *(True, True, True),
        False,
    ]


WEB = {
    "aws:acm/certificate:Certificate": 1,
    "aws:acm/certificateValidation:CertificateValidation": 1,
    "aws:lb/listenerCertificate:ListenerCertificate": 1,
    "aws:lb/listenerRule:ListenerRule": 1,
    "aws:lb/targetGroup:TargetGroup": 1,
    "aws:route53/record:Record": 2,
}


@pytest.fixture(scope="module")
def public() -> Outcome:
    return declared(ingress={"port": 9000, "health_path": "/live"})


def test_a_public_name_leads_by_a_rule_of_its_own_to_the_tenant_s_pods(live: Outcome, public: Outcome) -> None:
    assert not set(WEB) & set(live.count())
    assert {type: many for type, many in public.count().items() if type in WEB} == WEB
    host = "acme.apps.example.com"
    assert public.outputs["url"] == f"https://{host}"
    assert public.one("aws:lb/listenerRule:ListenerRule").inputs["conditions"] == [{"hostHeader": {"values": [host]}}]
    targets = public.one("aws:lb/targetGroup:TargetGroup").inputs
    assert (targets["port"], targets["targetType"], targets["vpcId"]) == (9000, "ip", "vpc-cell")
    assert targets["healthCheck"]["path"] == "/live"
    name = public.one("aws:route53/record:Record", "web").inputs
    assert (name["name"], name["zoneId"], name["aliases"][0]["name"]) == (host, "Z0CELL", "cell.elb.amazonaws.com")
    assert public.one("aws:acm/certificate:Certificate").inputs["domainName"] == host
    connections = public.one("kubernetes:core/v1:ConfigMap").inputs["data"]
    assert connections["targetGroupArn"] == public.outputs["targetGroupArn"]


def test_pods_are_reached_from_the_load_balancer_only_and_on_one_port(live: Outcome, public: Outcome) -> None:
    rule = public.one("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "workloads-web").inputs
    assert (rule["fromPort"], rule["toPort"], rule["referencedSecurityGroupId"]) == (9000, 9000, "sg-balancer")
    claim = public.one("aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive", "workloads").inputs
    assert claim["ingressRuleIds"] == ["workloads-web-id"]
    policy = public.one("kubernetes:networking.k8s.io/v1:NetworkPolicy", "web").inputs["spec"]
    (way,) = policy["ingress"]
    assert way["ports"] == [{"protocol": "TCP", "port": 9000}]
    assert [each["ipBlock"]["cidr"] for each in way["from"]] == ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]
    assert "web" not in {each.name for each in live.of("kubernetes:networking.k8s.io/v1:NetworkPolicy")}


def test_the_role_stands_under_the_boundary(live: Outcome) -> None:
    role = live.one("aws:iam/role:Role", "workload").inputs
    assert role["permissionsBoundary"] == "arn:aws:iam::123456789012:policy/boundary"


def test_a_zone_that_moves_never_moves_a_subnet(live: Outcome) -> None:
    subnets = live.of("aws:ec2/subnet:Subnet")
    assert {each.inputs["availabilityZone"] for each in subnets} == {"us-east-1a", "us-east-1b", "us-east-1c"}
    assert all(each.ignored == ("availabilityZone",) for each in subnets)


def test_a_dedicated_network_is_an_own_vpc_with_flow_logs_and_no_way_to_the_internet() -> None:
    own = declared(network={"dedicated": True})
    made = own.count()
    assert made["aws:ec2/vpc:Vpc"] == made["aws:ec2/flowLog:FlowLog"] == 1
    assert made["aws:ec2/subnet:Subnet"] == made["aws:ec2/routeTable:RouteTable"] == 6
    assert "aws:ec2/internetGateway:InternetGateway" not in made
    assert {each.inputs["vpcId"] for each in own.of("aws:ec2/subnet:Subnet")} == {"own-id"}


def test_a_dedicated_network_has_the_environment_s_ways_to_aws_in_its_private_subnets() -> None:
    own = declared(network={"dedicated": True})
    endpoints = {each.name.removeprefix("endpoint-"): each.inputs for each in own.of("aws:ec2/vpcEndpoint:VpcEndpoint")}
    assert set(endpoints) == {"s3", "dynamodb", "kms", "secretsmanager", "logs", "sts"}
    for service in ("kms", "secretsmanager", "logs", "sts"):
        assert endpoints[service]["subnetIds"] == ["private-0-id", "private-1-id", "private-2-id"]
        assert endpoints[service]["privateDnsEnabled"] is True
        assert "aws:PrincipalAccount" in endpoints[service]["policy"]
    rule = own.one("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "endpoints").inputs
    assert (rule["cidrIpv4"], rule["fromPort"]) == (own.one("aws:ec2/vpc:Vpc").inputs["cidrBlock"], 443)


@pytest.mark.parametrize(("nat", "gateways"), [("none", 0), ("single", 1), ("per_zone", 3)])
def test_a_dedicated_network_has_the_environment_s_nat(nat: str, gateways: int) -> None:
    own = run(tenant.program(dedicated(Nat(nat)), phase.LIVE))
    assert len(own.of("aws:ec2/natGateway:NatGateway")) == gateways
    private = [each for each in own.of("aws:ec2/route:Route") if each.name.startswith("private")]
    assert len(private) == (3 if gateways else 0)
    reached = {each.inputs["routeTableId"] for each in own.of("aws:ec2/route:Route")}
    assert not any(table.startswith("data") for table in reached)


@pytest.mark.parametrize("nat", list(Nat))
def test_what_a_dedicated_network_has_by_the_hour_is_in_its_price(nat: Nat) -> None:
    spec = dedicated(nat).of(NetworkSpec)
    hours = {price.key: price.quantity for price in KIND.prices(spec)}
    assert hours["vpc_interface_endpoint"] == 4 * 3 * 730
    assert hours.get("nat_gateway", 0) == spec.nat_gateways * 730


def test_a_role_is_for_pods_of_the_environment_s_clusters() -> None:
    cluster = "arn:aws:eks:us-east-1:123456789012:cluster/research"
    environment = local().model_copy(update={"pod_clusters": [cluster]})
    wanted = asked()
    made = run(tenant.program(resolve.tenant(wanted, silo(), environment, facts_of(wanted)), phase.LIVE))
    assert cluster in made.one("aws:iam/role:Role", "workload").inputs["assumeRolePolicy"]


def test_outputs_tell_what_the_registry_is_rebuilt_from(live: Outcome) -> None:
    made = blueprint(asked())
    assert json.loads(live.outputs["blueprint"]) == made.to_json()
    assert json.loads(live.outputs["facts"]) == made.facts.to_json()
    assert (live.outputs["tenant"], live.outputs["digest"], live.outputs["phase"]) == ("acme", made.digest, "live")
    assert set(live.outputs) == {
        *("tenant", "slug", "incarnation", "tier", "tierVersion", "facts", "blueprint", "digest", "phase"),
        *("databaseEndpoint", "databasePort", "databaseName", "databaseSecretArn"),
        *(
            "cacheEndpoint",
            "cachePort",
            "cacheDatabase",
            "cacheSecretArn",
            "dataBucket",
            "backupBucket",
            "keyArn",
            "roleArn",
        ),
        *("backupVault", "logGroup", "roleId", "securityGroups", "cluster", "namespace"),
    }
    assert live.secrets == set()


def test_a_preview_of_the_first_create_gets_through_with_all_that_is_not_known_yet() -> None:
    assert run(tenant.program(blueprint(asked()), phase.LIVE), preview=True).count()["aws:rds/instance:Instance"] == 1


_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
_BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"


def test_people_and_pods_come_after_all_that_holds_a_namespace(live: Outcome) -> None:
    held = {*(each.name for each in live.of(_POLICY)), "quota", "limits", "security-groups"}
    account = live.one("kubernetes:core/v1:ServiceAccount")
    for let_in in (live.one(_BINDING), account):
        assert held <= {urn.rpartition("::")[2] for urn in let_in.needs}
    pods = live.one("aws:eks/podIdentityAssociation:PodIdentityAssociation")
    assert any("ServiceAccount" in urn for urn in pods.needs)


def test_nothing_that_holds_a_namespace_goes_before_it(live: Outcome) -> None:
    inside = [each for each in live.resources if "namespace" in each.inputs.get("metadata", {})]
    assert len(inside) > 10
    assert {each.within.rpartition("::")[2] for each in inside} == {"namespace"}


def test_what_closes_a_bucket_goes_with_it() -> None:
    found = declared(phase.PURGING)
    for name in ("data", "backups"):
        closing = [each for each in found.resources if "bucket" in each.inputs and each.name == name and each.within]
        assert {each.within.rpartition("::")[2] for each in closing} == {name}
        kinds = {each.type.rpartition(":")[2] for each in closing}
        assert {"BucketPolicy", "BucketPublicAccessBlock", "BucketOwnershipControls"} <= kinds


def test_the_role_may_nothing_before_its_buckets_are_closed(live: Outcome) -> None:
    needs = set(live.one("aws:iam/rolePolicy:RolePolicy", "workload").needs)
    for kind in ("bucketPolicy:BucketPolicy", "bucketPublicAccessBlock:BucketPublicAccessBlock"):
        for bucket in ("data", "backups"):
            assert any(urn.endswith(f"aws:s3/{kind}::{bucket}") for urn in needs)


def test_nobody_logs_in_before_public_is_shut_out(live: Outcome) -> None:
    closed = {"public-schema"}
    assert closed <= {urn.rpartition("::")[2] for urn in live.one("postgresql:index/role:Role").needs}
    needs = live.one("postgresql:index/grant:Grant", "public-schema").needs
    assert any(urn.endswith("::public-database") for urn in needs)


def test_nothing_is_backed_up_into_a_vault_that_is_not_locked(live: Outcome) -> None:
    lock = "aws:backup/vaultLockConfiguration:VaultLockConfiguration::vault"
    for selection in live.of("aws:backup/selection:Selection"):
        assert any(urn.endswith(lock) for urn in selection.needs)
