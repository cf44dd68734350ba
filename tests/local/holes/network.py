"""Holes in the ways of the VPC, and in what nodes start with."""

from __future__ import annotations

from collections.abc import Generator

from operations.isolation.model import Level
from stacks.policies import document, endpoint
from tests.local.holes import hole
from tests.local.holes.site import Site

_PROVEN = ("proof-endpoint-outside A", "proof-endpoint-outside B")


def _endpoint(site: Site, service: str, policy: document.Document) -> Generator[None]:
    """An endpoint of the cell's with another policy."""
    ec2 = site.aws("ec2")
    asked = [{"Name": "service-name", "Values": [f"com.amazonaws.us-east-1.{service}"]}]
    (found,) = ec2.describe_vpc_endpoints(Filters=asked)["VpcEndpoints"]
    ec2.modify_vpc_endpoint(VpcEndpointId=found["VpcEndpointId"], PolicyDocument=document.text(policy))
    yield
    ec2.modify_vpc_endpoint(VpcEndpointId=found["VpcEndpointId"], PolicyDocument=found["PolicyDocument"])


@hole("net-endpoint-policies A", "net-endpoint-policies B", *_PROVEN, levels=(Level.CONFIG, Level.PROOF))
def endpoint_lets_everybody_through(site: Site) -> Generator[None]:
    """The endpoint of S3, which is the cell's, lets logins of other accounts carry data out."""
    yield from _endpoint(site, "s3", document.document(document.allow("All", ["*"], Principal={"AWS": "*"})))


@hole(*_PROVEN, levels=(Level.CONFIG, Level.PROOF))
def endpoint_leads_to_foreign_buckets(site: Site) -> Generator[None]:
    """The endpoint of S3 asks who this is and no longer whose bucket: own logins write to another account's."""
    yield from _endpoint(site, "s3", endpoint.own_account(site.account))


@hole(*_PROVEN, levels=(Level.CONFIG, Level.PROOF))
def endpoint_leads_to_foreign_tables(site: Site) -> Generator[None]:
    """The endpoint of DynamoDB does so."""
    yield from _endpoint(site, "dynamodb", endpoint.own_account(site.account))


@hole("nodes-metadata A", levels=(Level.CONFIG,))
def metadata_of_nodes_reaches_pods(site: Site) -> Generator[None]:
    """A new version of the nodes' launch template lets answers of the metadata service go two hops far."""
    ec2, eks = site.aws("ec2"), site.aws("eks")
    cluster = site.a.outputs["cluster"]
    (pool,) = (each for each in eks.list_nodegroups(clusterName=cluster)["nodegroups"] if site.a.slug in each)
    used = eks.describe_nodegroup(clusterName=cluster, nodegroupName=pool)["nodegroup"]["launchTemplate"]

    def hops(number: int) -> None:
        options = {"HttpTokens": "required", "HttpPutResponseHopLimit": number}
        ec2.create_launch_template_version(
            LaunchTemplateId=used["id"],
            SourceVersion=str(used["version"]),
            LaunchTemplateData={"MetadataOptions": options},
        )

    hops(2)
    yield
    hops(1)
