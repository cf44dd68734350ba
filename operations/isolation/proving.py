"""Policies as they stand in the account, put to the prover: roles and things of tenants, and what may be asked of them.

The prover's solver is for one thread, so questions wait for each other; reading does not.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from operations.isolation import logins, membership
from operations.isolation.model import Came, Outcome, Party, Unclear
from operations.isolation.ports import Case
from operations.isolation.proof import policy, prove
from operations.isolation.proof.policy import Document, Unreadable
from operations.isolation.proof.prove import NOTHING, Assumptions, Verdict
from operations.isolation.proof.request import Absent, Assumption, Known
from operations.isolation.proof.world import Endpoint, Principal, Thing
from stacks.inputs.fields import Isolation
from stacks.resources.encryption.spec import EncryptionSpec
from stacks.resources.identity.spec import IdentitySpec
from stacks.resources.members.spec import MemberPlan
from stacks.resources.object_store.spec import ObjectStoreSpec

_TENANT: Final = "kms:encryptioncontext:tenant"
_SECRET: Final = "kms:encryptioncontext:secretarn"  # noqa: S105 - the key of a condition
_OBJECTS: Final = "kms:encryptioncontext:aws:s3:arn"
_PREFIX: Final = "s3:prefix"
SECRET_ACTIONS: Final = (
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:PutResourcePolicy",
)
"""By which a secret is read, changed, or opened."""
_NO_TAGS: Final[Mapping[str, str]] = MappingProxyType({})
_ONE_AT_A_TIME: Final = threading.Lock()
_CAME: Final = {Verdict.CLOSED: Came.REFUSED, Verdict.OPEN: Came.WORKED, Verdict.UNDECIDED: Came.UNCLEAR}


def asked(
    tried: str,
    who: Principal,
    actions: Sequence[str],
    things: Sequence[Thing],
    given: Mapping[str, Assumption] = NOTHING.keys,
) -> Outcome:
    """Whether any request gets through, whatever its context but what is `given` of it.

    Refused where it is proven that none does.
    """
    with _ONE_AT_A_TIME:
        proof = prove.find(who, actions, things, Assumptions(keys=given))
    said = "no request gets through" if proof.verdict is Verdict.CLOSED else str(proof)
    return Outcome(tried, _CAME[proof.verdict], said, read=proof.verdict.value)


def through(way: Endpoint, tried: str, who: Principal, actions: Sequence[str], things: Sequence[Thing]) -> Outcome:
    """Whether any request gets through an endpoint; where none does, whether that is the endpoint's doing.

    Nothing else may rest on it: whoever can choose the way takes another one.
    """
    given = Assumptions(endpoint=way)
    with _ONE_AT_A_TIME:
        proof = prove.find(who, actions, things, given)
        if proof.verdict is Verdict.CLOSED:
            around = prove.find(who, actions, things).verdict is Verdict.CLOSED
            kept = "nor by another way" if around else f"{way.policy.name} alone keeps it out"
            return Outcome(tried, Came.REFUSED, f"no request gets through, {kept}", read=proof.verdict.value)
    return Outcome(tried, _CAME[proof.verdict], str(proof), read=proof.verdict.value)


def endpoint(described: Mapping[str, Any], service: str) -> Endpoint:
    """A VPC endpoint, of what EC2 says of it. Raises Unclear where its policy can't be read."""
    return Endpoint(described["VpcEndpointId"], _document(f"endpoint of {service}", described["PolicyDocument"]))


def role(case: Case, party: Party) -> Principal:
    """The tenant's workload role with all its policies and its boundary. Raises Unclear where one can't be read."""
    return _role(case, party, party.said("roleArn"))


def member(case: Case, party: Party, who: MemberPlan) -> Principal:
    """The members' role in a session for one of them, which has the member's name as a tag."""
    return _role(case, party, party.said("memberRoleArn"), {"member": who.code})


def _role(case: Case, party: Party, arn: str, session: Mapping[str, str] = _NO_TAGS) -> Principal:
    name = arn.rpartition("/")[2]
    found: Mapping[str, Any] = case.read("iam", "GetRole", RoleName=name)["Role"]
    boundary = found.get("PermissionsBoundary")
    return Principal(
        name=arn,
        account=party.blueprint.account,
        identity=tuple(_identity(case, name)),
        boundary=_managed(case, boundary["PermissionsBoundaryArn"], "boundary") if boundary else None,
        tags={each["Key"]: each["Value"] for each in found.get("Tags") or ()} | dict(session),
    )


def folder(case: Case, party: Party, who: MemberPlan) -> Thing:
    """Everything in a member's folder."""
    return _bucket(case, party, party.said("dataBucket"), f"/{who.folder}/*")


def member_secret(case: Case, party: Party, who: MemberPlan) -> Thing:
    """What a member logs in with."""
    return _secret(case, party, membership.told(party, who)["secretArn"])


def trust(case: Case, party: Party) -> Thing:
    """The role as a thing: who may take it on."""
    name = party.blueprint.of(IdentitySpec).role
    found = case.read("iam", "GetRole", RoleName=name)["Role"]
    return _thing(party, [found["Arn"]], _document("trust", found["AssumeRolePolicyDocument"]))


def buckets(case: Case, party: Party) -> tuple[Thing, ...]:
    """The tenant's buckets themselves: what lists and settings are asked of."""
    return tuple(_bucket(case, party, name, "") for name in _named(party))


def objects(case: Case, party: Party) -> tuple[Thing, ...]:
    """Everything in the tenant's buckets; of those that it shares, in its folders."""
    inside = "/*" if _owns(party) else f"/{party.slug}/*"
    return tuple(_bucket(case, party, name, inside) for name in _named(party))


def listings(party: Party, *, own: bool) -> tuple[Mapping[str, Assumption], ...]:
    """What is given of a request to list its buckets: nothing where they are its own, else a beginning of names.

    That of its folder; what tells of it too is no beginning at all, unless it is the tenant's `own` request.
    """
    if _owns(party):
        return ({},)
    folder: Mapping[str, Assumption] = {_PREFIX: Known((f"{party.slug}/",))}
    return (folder,) if own else (folder, {_PREFIX: Known(("",))}, {_PREFIX: Absent()})


def models(case: Case, party: Party, inside: str) -> Thing:
    """Objects of the bucket of models that tenants read."""
    return _bucket(case, party, party.blueprint.of(ObjectStoreSpec).shared_bucket, f"/{inside}")


def queue(case: Case, party: Party, url: str) -> Thing:
    """A queue of the cell. Raises Unclear where it can't be read."""
    wanted = ["Policy", "QueueArn"]
    found = case.read("sqs", "GetQueueAttributes", QueueUrl=url, AttributeNames=wanted)["Attributes"]
    text = found.get("Policy")
    return _thing(party, [found["QueueArn"]], _document("policy of the queue", text) if text else None)


def queue_without_policy(party: Party, url: str) -> Thing:
    """A queue that is not there, by the name at the end of a URL."""
    name = url.rpartition("/")[2]
    return _thing(party, [f"arn:aws:sqs:{party.region}:{party.blueprint.account}:{name}"], None)


def key(case: Case, party: Party) -> Thing:
    """The tenant's key."""
    arn = party.said("keyArn")
    text = case.read("kms", "GetKeyPolicy", KeyId=arn, PolicyName="default")["Policy"]
    return _thing(party, [arn], _document("policy of the key", text))


def contexts(party: Party) -> tuple[Mapping[str, Assumption], ...]:
    """In which encryption contexts a key is the tenant's: any of its own key, else its name's and its secrets'."""
    own = party.blueprint.of(EncryptionSpec).context
    if not own:
        return ({},)
    # what is sealed in one context does not open in one with more in it
    return (
        {_TENANT: Known((own,))},
        *({_SECRET: Known((arn,)), _TENANT: Absent(), _OBJECTS: Absent()} for arn in logins.of(party)),
    )


def secrets(case: Case, party: Party) -> tuple[Thing, ...]:
    """The secrets that the tenant logs in with."""
    return tuple(_secret(case, party, arn) for arn in logins.of(party))


def gateway(party: Party) -> Thing:
    """Everything that is administered in API Gateway in the tenant's region: its ARNs name no account."""
    return _thing(party, [f"arn:aws:apigateway:{party.region}::/*"], None)


def closed_secrets(case: Case, party: Party) -> tuple[Thing, ...]:
    """Secrets that no workload reads: those of the tenant's people, and of who works on servers that it shares."""
    arns = [party.said(name) for name in logins.names_of_people(party)]
    names = logins.of_deployers(party)
    arns += [case.read("secretsmanager", "DescribeSecret", SecretId=name)["ARN"] for name in names]
    return tuple(_secret(case, party, arn) for arn in arns)


def _owns(party: Party) -> bool:
    return party.model("object_store") is Isolation.SILO


def _named(party: Party) -> list[str]:
    return [party.said(name) for name in ("dataBucket", "backupBucket", "modelBucket") if name in party.outputs]


def _bucket(case: Case, party: Party, name: str, inside: str) -> Thing:
    own = None
    if case.present("s3", "GetBucketPolicy", Bucket=name):
        own = _document(f"policy of {name}", case.read("s3", "GetBucketPolicy", Bucket=name)["Policy"])
    return _thing(party, [f"arn:aws:s3:::{name}{inside}"], own)


def _secret(case: Case, party: Party, arn: str) -> Thing:
    text = case.read("secretsmanager", "GetResourcePolicy", SecretId=arn).get("ResourcePolicy")
    return _thing(party, [arn], _document("policy of the secret", text) if text else None)


def _identity(case: Case, name: str) -> Iterator[Document]:
    """Policies in the role, and those that are attached to it."""
    for policy_name in case.read("iam", "ListRolePolicies", RoleName=name)["PolicyNames"]:
        found = case.read("iam", "GetRolePolicy", RoleName=name, PolicyName=policy_name)
        yield _document(str(policy_name), found["PolicyDocument"])
    for each in case.read("iam", "ListAttachedRolePolicies", RoleName=name)["AttachedPolicies"]:
        yield _managed(case, each["PolicyArn"], each["PolicyName"])


def _managed(case: Case, arn: str, name: str) -> Document:
    version = case.read("iam", "GetPolicy", PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found = case.read("iam", "GetPolicyVersion", PolicyArn=arn, VersionId=version)["PolicyVersion"]
    return _document(name, found["Document"])


def _thing(party: Party, arns: Sequence[str], own: Document | None) -> Thing:
    """A thing whose tags may be anything: what they open is open."""
    return Thing(arns=tuple(arns), account=party.blueprint.account, policy=own, tags=None)


def _document(name: str, given: str | Mapping[str, Any]) -> Document:
    try:
        return policy.parse(name, given)
    except Unreadable as error:
        raise Unclear(f"{name} is no policy: {error}") from error
