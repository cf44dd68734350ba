"""A member of one tenant reaches nothing of another tenant."""

from __future__ import annotations

from operations.isolation import canaries, membership
from operations.isolation.model import Assertion, Level, Outcome, Report, trying
from operations.isolation.ports import Case
from stacks.resources.database.spec import DatabaseSpec

ASSERTION = Assertion(
    id="members-reach-others",
    numbers=(1, 5, 8, 18, 31),
    claim="No member of one tenant reads another tenant's objects, secrets or database, or takes on its roles.",
    kind="members",
    level=Level.LIVE,
    pairwise=True,
    answers=("members.MEMBERS_OBJECTS_APART", "members.MEMBERS_SECRETS_APART", "members.MEMBERS_DATA_APART"),
    control="The member's session says who it is, and the other tenant reads an object of its own.",
    remedy="Look at the members' role of the first and at the policies of the second: `tenant drift` shows both.",
)

applies = membership.some


def check(case: Case) -> Report:
    """By one member, who has most."""
    a, b = case.a, case.b
    member = membership.active(a)[0]
    who, place = case.member(member), {"Bucket": b.said("dataBucket"), "Key": canaries.key(b)}
    database = b.blueprint.of(DatabaseSpec)
    session = "tenant-verify"

    def aws(service: str, operation: str, **given: object) -> Outcome:
        return trying(f"{member.id}: {operation} of {b.tenant}", lambda: who.aws(service, operation, **given))

    return Report(
        (
            trying(f"{membership.name(a, member)} says who it is", lambda: who.aws("sts", "GetCallerIdentity")),
            canaries.kept(b, case.neighbour),
        ),
        (
            aws("s3", "GetObject", **place),
            aws("s3", "ListObjectsV2", Bucket=b.said("dataBucket"), Prefix=canaries.key(b).partition("/")[0]),
            aws("secretsmanager", "GetSecretValue", SecretId=b.said("databaseSecretArn")),
            aws("sts", "AssumeRole", RoleArn=b.said("roleArn"), RoleSessionName=session),
            trying(f"{member.id} becomes {database.login}", lambda: who.sql(b, f'SET ROLE "{database.login}"')),
        ),
    )
