"""Data sources: what a program may ask before it declares anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from engine.providers.aws import shapes, tags
from engine.providers.aws.calls import Api
from engine.providers.aws.rows.networks import partition
from engine.providers.aws.rows.zones import bare, zone_id
from engine.providers.port import Props, ProviderError, Secret

_SUFFIXES: Final = {"aws-cn": "amazonaws.com.cn"}


def answer(api: Api, token: str, args: Props) -> Props:
    """Answer one invoke. Raises ProviderError for one that is not supported, and for arguments it does not know."""
    found = INVOKES.get(token)
    if found is None:
        raise ProviderError(f"The data source {token} is not supported by the embedded engine.")
    known, ask = found
    given = {k: v for k, v in args.items() if v is not None}
    if strange := sorted(set(given) - known - {"region"}):
        raise ProviderError(f"{token}: {', '.join(strange)} is not supported by the embedded engine.")
    return ask(api, given)


def _caller(api: Api, _: Props) -> Props:
    found = api.read("sts", "GetCallerIdentity")
    return {
        "accountId": found["Account"],
        "arn": found["Arn"],
        "userId": found["UserId"],
        "id": found["Account"],
    }


def _region(api: Api, args: Props) -> Props:
    name = str(args.get("name") or api.region)
    suffix = _SUFFIXES.get(partition(name), "amazonaws.com")
    return {"name": name, "region": name, "id": name, "endpoint": f"ec2.{name}.{suffix}", "description": name}


def _partition(api: Api, _: Props) -> Props:
    name = partition(api.region)
    suffix = _SUFFIXES.get(name, "amazonaws.com")
    reverse = ".".join(reversed(suffix.split(".")))
    return {"partition": name, "dnsSuffix": suffix, "reverseDnsPrefix": reverse, "id": name}


def _filters(args: Props) -> list[dict[str, Any]]:
    filters = [{"Name": one["name"], "Values": list(one["values"])} for one in shapes.listed(args, "filters")]
    wanted = cast("Mapping[str, Any]", args.get("tags") or {})
    return filters + [{"Name": f"tag:{key}", "Values": [str(value)]} for key, value in sorted(wanted.items())]


def _zones(api: Api, args: Props) -> Props:
    filters = _filters(args)
    if args.get("state"):
        filters.append({"Name": "state", "Values": [args["state"]]})
    request: dict[str, Any] = {"Filters": filters} if filters else {}
    if args.get("allAvailabilityZones"):
        request["AllAvailabilityZones"] = True
    names, ids = set(shapes.listed(args, "excludeNames")), set(shapes.listed(args, "excludeZoneIds"))
    listed = sorted(api.read("ec2", "DescribeAvailabilityZones", **request)["AvailabilityZones"], key=_zone_name)
    zones = [zone for zone in listed if zone["ZoneName"] not in names and zone.get("ZoneId") not in ids]
    return {
        **args,
        "names": [zone["ZoneName"] for zone in zones],
        "zoneIds": [zone["ZoneId"] for zone in zones],
        "groupNames": sorted({str(zone.get("GroupName") or api.region) for zone in zones}),
        "id": api.region,
        "region": api.region,
    }


def _zone_name(zone: Mapping[str, Any]) -> str:
    return str(zone["ZoneName"])


def _vpc(api: Api, args: Props) -> Props:
    filters = _filters(args)
    for name, api_name in (("cidrBlock", "cidr"), ("default", "is-default"), ("state", "state")):
        if args.get(name) is not None:
            filters.append({"Name": api_name, "Values": [str(args[name]).lower()]})
    request: dict[str, Any] = {"Filters": filters} if filters else {}
    if args.get("id"):
        request["VpcIds"] = [args["id"]]
    found = list(api.pages("ec2", "DescribeVpcs", "Vpcs", **request))
    if len(found) != 1:
        raise ProviderError(f"aws.ec2.getVpc needs exactly one match; {len(found)} VPCs in {api.region} match.")
    vpc = found[0]
    carried = tags.from_pairs(vpc.get("Tags"))
    owner = vpc.get("OwnerId", "")
    return {
        "id": vpc["VpcId"],
        "arn": f"arn:{partition(api.region)}:ec2:{api.region}:{owner}:vpc/{vpc['VpcId']}",
        "cidrBlock": vpc["CidrBlock"],
        "cidrBlockAssociations": [
            {
                "associationId": one["AssociationId"],
                "cidrBlock": one["CidrBlock"],
                "state": shapes.group(one, "CidrBlockState").get("State", ""),
            }
            for one in shapes.listed(vpc, "CidrBlockAssociationSet")
        ],
        "default": bool(vpc.get("IsDefault")),
        "dhcpOptionsId": vpc.get("DhcpOptionsId", ""),
        "instanceTenancy": vpc.get("InstanceTenancy", "default"),
        "mainRouteTableId": _main_table(api, vpc["VpcId"]),
        "ownerId": owner,
        "state": vpc.get("State", ""),
        "tags": carried,
        "filters": args.get("filters"),
        "region": api.region,
        **_vpc_switches(api, vpc["VpcId"]),
    }


def _vpc_switches(api: Api, vpc: str) -> Props:
    switches: Props = {}
    for name in ("enableDnsHostnames", "enableDnsSupport", "enableNetworkAddressUsageMetrics"):
        found = api.read("ec2", "DescribeVpcAttribute", VpcId=vpc, Attribute=name)
        switches[name] = bool(shapes.group(found, name[0].upper() + name[1:]).get("Value"))
    return switches


def _main_table(api: Api, vpc: str) -> str:
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "association.main", "Values": ["true"]}]
    tables = shapes.listed(api.read("ec2", "DescribeRouteTables", Filters=filters), "RouteTables")
    return str(tables[0]["RouteTableId"]) if tables else ""


def _subnets(api: Api, args: Props) -> Props:
    found = api.pages("ec2", "DescribeSubnets", "Subnets", Filters=_filters(args))
    return {
        "ids": sorted(str(subnet["SubnetId"]) for subnet in found),
        "filters": args.get("filters"),
        "tags": args.get("tags") or {},
        "id": api.region,
        "region": api.region,
    }


def _secret_version(api: Api, args: Props) -> Props:
    which = {"VersionId": args["versionId"]} if args.get("versionId") else {}
    if not which:
        which = {"VersionStage": args.get("versionStage") or "AWSCURRENT"}
    found = api.read("secretsmanager", "GetSecretValue", SecretId=args["secretId"], **which)
    binary = found.get("SecretBinary")
    return {
        "arn": found["ARN"],
        "secretArn": found["ARN"],
        "secretId": args["secretId"],
        "secretString": Secret(found.get("SecretString") or ""),
        "secretBinary": Secret(binary.decode() if isinstance(binary, bytes) else ""),
        "versionId": found["VersionId"],
        "versionStage": args.get("versionStage"),
        "versionStages": sorted(shapes.listed(found, "VersionStages")),
        "createdDate": found["CreatedDate"].isoformat() if found.get("CreatedDate") else "",
        "id": f"{args['secretId']}|{found['VersionId']}",
        "region": api.region,
    }


def _database(api: Api, args: Props) -> Props:
    """One instance, by its identifier: where it is, and which secret is its master's now."""
    named = args.get("dbInstanceIdentifier")
    found = api.seek("rds", "DescribeDBInstances", DBInstanceIdentifier=named) if named else None
    if found is None:
        raise ProviderError(f"There is no RDS instance {named} in {api.region}.")
    instance = found["DBInstances"][0]
    endpoint, secret = shapes.group(instance, "Endpoint"), shapes.group(instance, "MasterUserSecret")
    return {
        **args,
        "id": instance.get("DbiResourceId") or named,
        "resourceId": instance.get("DbiResourceId", ""),
        "dbInstanceArn": instance["DBInstanceArn"],
        "dbInstanceClass": instance.get("DBInstanceClass", ""),
        "address": endpoint.get("Address", ""),
        "port": endpoint.get("Port", 0),
        "endpoint": f"{endpoint.get('Address', '')}:{endpoint.get('Port', '')}",
        "engine": instance.get("Engine", ""),
        "engineVersion": instance.get("EngineVersion", ""),
        "masterUsername": instance.get("MasterUsername", ""),
        "masterUserSecrets": [shapes.from_api(secret)] if secret else [],
        "tags": tags.from_pairs(instance.get("TagList")),
        "region": api.region,
    }


def _cluster(api: Api, args: Props) -> Props:
    found = api.seek("eks", "DescribeCluster", name=args["name"])
    if found is None:
        raise ProviderError(f"There is no EKS cluster {args['name']} in {api.region}.")
    cluster = found["cluster"]
    authority = shapes.at(cluster, "certificateAuthority.data")
    return {
        **args,
        "id": cluster["name"],
        "arn": cluster["arn"],
        "certificateAuthorities": [{"data": authority}] if authority else [],
        "endpoint": cluster.get("endpoint", ""),
        "platformVersion": cluster.get("platformVersion", ""),
        "roleArn": cluster.get("roleArn", ""),
        "status": cluster.get("status", ""),
        "tags": cluster.get("tags") or {},
        "version": cluster.get("version", ""),
        "vpcConfig": shapes.from_api(shapes.group(cluster, "resourcesVpcConfig")),
        "region": api.region,
    }


def _zone(api: Api, args: Props) -> Props:
    """One hosted zone, by its id or by its name. A name may have a public zone and a private one."""
    private = bool(args.get("privateZone"))
    name = str(args.get("name") or "").removesuffix(".")

    def wanted(zone: Mapping[str, Any]) -> bool:
        if args.get("zoneId"):
            return zone_id(zone["Id"]) == args["zoneId"]
        return bare(zone["Name"]) == bare(name) and bool(shapes.group(zone, "Config").get("PrivateZone")) is private

    found = [zone for zone in api.pages("route53", "ListHostedZones", "HostedZones") if wanted(zone)]
    if len(found) != 1:
        said = args.get("zoneId") or name
        raise ProviderError(f"aws.route53.getZone needs exactly one match; {len(found)} hosted zones are {said}.")
    number = zone_id(found[0]["Id"])
    set_ = shapes.group(api.read("route53", "GetHostedZone", Id=number), "DelegationSet")
    return {
        **args,
        "id": number,
        "zoneId": number,
        "arn": f"arn:{partition(api.region)}:route53:::hostedzone/{number}",
        "name": str(found[0]["Name"]).removesuffix("."),
        "callerReference": found[0].get("CallerReference", ""),
        "comment": shapes.group(found[0], "Config").get("Comment", ""),
        "privateZone": bool(shapes.group(found[0], "Config").get("PrivateZone")),
        "resourceRecordSetCount": found[0].get("ResourceRecordSetCount", 0),
        "nameServers": shapes.listed(set_, "NameServers"),
        "tags": args.get("tags") or {},
    }


Ask = Callable[[Api, Props], Props]

_ZONE_ARGS: Final = frozenset({"state", "filters", "excludeNames", "excludeZoneIds", "allAvailabilityZones"})
_VPC_ARGS: Final = frozenset({"id", "cidrBlock", "default", "state", "filters", "tags"})

INVOKES: Final[Mapping[str, tuple[frozenset[str], Ask]]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": (frozenset(), _caller),
    "aws:index/getRegion:getRegion": (frozenset({"name"}), _region),
    "aws:index/getPartition:getPartition": (frozenset(), _partition),
    "aws:index/getAvailabilityZones:getAvailabilityZones": (_ZONE_ARGS, _zones),
    "aws:ec2/getVpc:getVpc": (_VPC_ARGS, _vpc),
    "aws:ec2/getSubnets:getSubnets": (frozenset({"filters", "tags"}), _subnets),
    "aws:rds/getInstance:getInstance": (frozenset({"dbInstanceIdentifier"}), _database),
    "aws:eks/getCluster:getCluster": (frozenset({"name"}), _cluster),
    "aws:route53/getZone:getZone": (frozenset({"name", "privateZone", "zoneId"}), _zone),
    "aws:secretsmanager/getSecretVersion:getSecretVersion": (
        frozenset({"secretId", "versionId", "versionStage"}),
        _secret_version,
    ),
}
