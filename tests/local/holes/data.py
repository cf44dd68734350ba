"""Holes in databases, caches and the network around them."""

from __future__ import annotations

from collections.abc import Generator

from tests.local.conftest import until
from tests.local.holes import hole
from tests.local.holes.site import Site


@hole("pg-public-closed B")
def public_may_connect(site: Site) -> Generator[None]:
    name = site.b.outputs["databaseName"]
    site.sql(site.b, f'GRANT CONNECT ON DATABASE "{name}" TO PUBLIC')
    yield
    site.sql(site.b, f'REVOKE CONNECT ON DATABASE "{name}" FROM PUBLIC')


@hole("pg-login-others A>B")
def login_of_another_tenant(site: Site) -> Generator[None]:
    password = site.secret(site.a.outputs["databaseSecretArn"])["password"]
    name, role = site.b.outputs["databaseName"], site.a.slug
    site.sql(
        site.b,
        f"CREATE ROLE \"{role}\" LOGIN PASSWORD '{password}'",
        f'GRANT CONNECT ON DATABASE "{name}" TO "{role}"',
    )
    yield
    site.sql(site.b, f'REVOKE CONNECT ON DATABASE "{name}" FROM "{role}"', f'DROP ROLE "{role}"')


@hole("cache-login-others A>B", "cache-users-own B")
def cache_user_of_another_tenant(site: Site) -> Generator[None]:
    cache, group, user = site.aws("elasticache"), site.b.named("users"), site.a.named("user")
    cache.modify_user_group(UserGroupId=group, UserIdsToAdd=[user])
    until(lambda: _active(site, group))
    yield
    cache.modify_user_group(UserGroupId=group, UserIdsToRemove=[user])
    until(lambda: _active(site, group))


@hole("cache-server-commands A")
def cache_user_with_all_commands(site: Site) -> Generator[None]:
    return site.cache_access(site.a.named("user"), lambda _: "on ~* &* +@all")


def _active(site: Site, group: str) -> bool:
    found = site.aws("elasticache").describe_user_groups(UserGroupId=group)["UserGroups"][0]
    return bool(found["Status"] == "active")


@hole("net-data-groups B")
def group_lets_another_tenant_in(site: Site) -> Generator[None]:
    ec2, group = site.aws("ec2"), site.b.outputs["securityGroups"]["data"]
    source = [{"GroupId": site.a.outputs["securityGroups"]["workloads"]}]
    rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": source}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    yield
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[rule])


@hole("net-endpoints-private B")
def database_is_public(site: Site) -> Generator[None]:
    rds, name = site.aws("rds"), site.b.named("database")
    rds.modify_db_instance(DBInstanceIdentifier=name, PubliclyAccessible=True, ApplyImmediately=True)
    yield
    rds.modify_db_instance(DBInstanceIdentifier=name, PubliclyAccessible=False, ApplyImmediately=True)


@hole("backups-not-shared B")
def snapshot_is_shared(site: Site) -> Generator[None]:
    rds, name = site.aws("rds"), site.b.named("hole")
    rds.create_db_snapshot(DBInstanceIdentifier=site.b.named("database"), DBSnapshotIdentifier=name)
    rds.modify_db_snapshot_attribute(DBSnapshotIdentifier=name, AttributeName="restore", ValuesToAdd=["210987654321"])
    yield
    rds.delete_db_snapshot(DBSnapshotIdentifier=name)


@hole("pg-become-others A")
def login_may_become_another(site: Site) -> Generator[None]:
    site.sql(site.a, "CREATE ROLE hole", f'GRANT hole TO "{site.a.slug}"')
    yield
    site.sql(site.a, f'REVOKE hole FROM "{site.a.slug}"', "DROP ROLE hole")


@hole("pg-public-closed A")
def public_may_create_in_a_schema(site: Site) -> Generator[None]:
    name = site.a.outputs["databaseName"]
    site.sql(site.a, "GRANT CREATE ON SCHEMA public TO PUBLIC", database=name)
    yield
    site.sql(site.a, "REVOKE CREATE ON SCHEMA public FROM PUBLIC", database=name)


@hole("net-data-routes A", "net-data-routes B")
def data_subnets_lead_out(site: Site) -> Generator[None]:
    """A route to the internet from the data subnets, whose tables are the cell's: it is one for every tenant."""
    ec2, group = site.aws("ec2"), site.b.outputs["securityGroups"]["data"]
    vpc = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    owned = [{"Name": "tag:stack", "Values": [f"local.{site.b.slug}"]}, {"Name": "vpc-id", "Values": [vpc]}]
    subnets = [each["SubnetId"] for each in ec2.describe_subnets(Filters=owned)["Subnets"]]
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    table = next(
        each["RouteTableId"] for each in tables if any(at.get("SubnetId") == subnets[0] for at in each["Associations"])
    )
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    yield
    ec2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.delete_internet_gateway(InternetGatewayId=gateway)


@hole("net-default-group B")
def database_in_a_group_more(site: Site) -> Generator[None]:
    rds, name, own = site.aws("rds"), site.b.named("database"), site.b.outputs["securityGroups"]["data"]
    more = site.a.outputs["securityGroups"]["workloads"]
    rds.modify_db_instance(DBInstanceIdentifier=name, VpcSecurityGroupIds=[own, more], ApplyImmediately=True)
    yield
    rds.modify_db_instance(DBInstanceIdentifier=name, VpcSecurityGroupIds=[own], ApplyImmediately=True)
