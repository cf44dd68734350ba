"""Who may not use a key reads and writes nothing under it, through S3 and Secrets Manager as little as by itself."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError

from engine.local_cloud import LocalCloud
from stacks.policies import document
from stacks.policies import key as key_policies
from tests.contract.local_cloud import clients

Statement = dict[str, Any]
OBJECTS: Statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
SECRETS: Statement = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}
WRITE, READ = "kms:GenerateDataKey", "kms:Decrypt"
VIA, ACCOUNT, ARN = "kms:ViaService", "kms:CallerAccount", "kms:EncryptionContext:aws:s3:arn"


def uses(key: str, *actions: str, **condition: Any) -> Statement:
    """A statement that allows these actions on the key, always or under `StringEquals=…`."""
    more = {"Condition": condition} if condition else {}
    return {"Effect": "Allow", "Action": list(actions or (WRITE, READ)), "Resource": key, **more}


def within(key: str, said: dict[str, str]) -> Statement:
    """The use of the key where the request to KMS says all this."""
    return uses(key, StringEquals=said)


@dataclass(frozen=True)
class Bench:
    """A cloud, and a session of a new role for each question."""

    cloud: LocalCloud

    @property
    def root(self) -> Any:
        return clients.of(self.cloud, "s3")

    @property
    def account(self) -> str:
        return str(clients.of(self.cloud, "sts").get_caller_identity()["Account"])

    def key(self) -> str:
        return str(clients.of(self.cloud, "kms").create_key()["KeyMetadata"]["Arn"])

    def give(self, key: str, *statements: Statement) -> None:
        """A key policy of these statements; the account administers, and uses nothing."""
        own = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{self.account}:root"}, "Resource": "*"}
        told = [{**own, "Action": ["kms:Put*", "kms:Get*"]}, *({"Resource": "*", **each} for each in statements)]
        policy = json.dumps({"Version": "2012-10-17", "Statement": told})
        clients.of(self.cloud, "kms").put_key_policy(KeyId=key, PolicyName="default", Policy=policy)

    def role(self, service: str, *statements: Statement, **more: Any) -> Any:
        return self.session(service, clients.make_role(self.cloud, statements, **more))

    def session(self, service: str, role: str) -> Any:
        return clients.in_session(self.cloud, service, role)

    def bucket(self, name: str, key: str, *, bucket_key: bool = False) -> str:
        if name not in [each["Name"] for each in self.root.list_buckets()["Buckets"]]:
            self.root.create_bucket(Bucket=name)
        rule = {
            "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key},
            "BucketKeyEnabled": bucket_key,
        }
        self.root.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
        return name


@pytest.fixture
def bench(local_cloud: LocalCloud) -> Bench:
    return Bench(local_cloud)


@pytest.fixture
def key(bench: Bench) -> str:
    return bench.key()


@pytest.fixture
def bucket(bench: Bench, name: str, key: str) -> str:
    """A bucket with the key as its default, and an object in it."""
    bench.bucket(name, key)
    bench.root.put_object(Bucket=name, Key="one", Body=b"1")
    return name


def refusal(call: Callable[[], Any]) -> str:
    """What the call was refused with; nothing where it was not."""
    try:
        call()
    except ClientError as fault:
        if clients.code(fault) not in ("AccessDenied", "AccessDeniedException"):
            raise
        return str(fault)
    return ""


def writes(s3: Any, bucket: str, key: str = "new", **more: Any) -> bool:
    return not refusal(lambda: s3.put_object(Bucket=bucket, Key=key, Body=b"1", **more))


def reads(s3: Any, bucket: str, key: str = "one", **more: Any) -> bool:
    return not refusal(lambda: s3.get_object(Bucket=bucket, Key=key, **more)["Body"].read())


# ---- objects


def test_whoever_may_do_all_in_s3_and_nothing_with_the_key_neither_writes_nor_reads(
    bench: Bench, bucket: str, key: str
) -> None:
    s3 = bench.role("s3", OBJECTS)
    said = refusal(lambda: s3.put_object(Bucket=bucket, Key="new", Body=b"1"))
    assert f"is not authorized to perform: {WRITE} on resource: {key} because no identity-based policy" in said
    with pytest.raises(ClientError):
        bench.root.head_object(Bucket=bucket, Key="new")
    said = refusal(lambda: s3.get_object(Bucket=bucket, Key="one"))
    assert f"is not authorized to perform: {READ} on resource: {key} because no identity-based policy" in said


def test_to_write_takes_one_right_and_to_read_another(bench: Bench, bucket: str, key: str) -> None:
    writer, reader = (bench.role("s3", OBJECTS, uses(key, action)) for action in (WRITE, READ))
    assert writes(writer, bucket)
    assert not reads(writer, bucket)
    assert reads(reader, bucket)
    assert not writes(reader, bucket)


def test_the_right_on_another_key_is_none(bench: Bench, bucket: str) -> None:
    s3 = bench.role("s3", OBJECTS, uses(bench.key()))
    assert not writes(s3, bucket)
    assert not reads(s3, bucket)


def test_what_is_under_no_key_of_a_customer_needs_no_right(bench: Bench, bucket: str, name: str) -> None:
    s3 = bench.role("s3", OBJECTS)
    s3.create_bucket(Bucket=f"{name}-plain")
    assert writes(s3, f"{name}-plain")
    assert reads(s3, f"{name}-plain", "new")
    assert writes(s3, bucket, ServerSideEncryption="AES256")
    assert reads(s3, bucket, "new")


def test_root_and_a_head_need_no_right(bench: Bench, bucket: str) -> None:
    assert writes(bench.root, bucket)
    assert reads(bench.root, bucket)
    s3 = bench.role("s3", OBJECTS)
    s3.head_object(Bucket=bucket, Key="one")
    s3.delete_object(Bucket=bucket, Key="one")


def test_checksums_of_a_head_are_read_under_the_key(bench: Bench, bucket: str, key: str) -> None:
    bench.role("s3", OBJECTS, uses(key)).head_object(Bucket=bucket, Key="one", ChecksumMode="ENABLED")
    with pytest.raises(ClientError, match="403"):
        bench.role("s3", OBJECTS).head_object(Bucket=bucket, Key="one", ChecksumMode="ENABLED")


def test_a_key_policy_that_names_somebody_else_keeps_out_whom_iam_allows(bench: Bench, bucket: str, key: str) -> None:
    named, other = (clients.make_role(bench.cloud, each) for each in ([OBJECTS], [OBJECTS, uses(key, "kms:*")]))
    bench.give(key, {"Effect": "Allow", "Principal": {"AWS": named}, "Action": [WRITE, READ]})
    assert writes(bench.session("s3", named), bucket)
    assert reads(bench.session("s3", named), bucket)
    said = refusal(lambda: bench.session("s3", other).get_object(Bucket=bucket, Key="one"))
    assert f"because no resource-based policy allows the {READ} action" in said
    assert not writes(bench.session("s3", other), bucket)


def test_a_denial_in_the_key_policy_wins(bench: Bench, bucket: str, key: str) -> None:
    everybody = {"Principal": {"AWS": "*"}, "Action": "kms:*"}
    bench.give(key, {"Effect": "Allow", **everybody}, {**everybody, "Effect": "Deny", "Action": READ})
    s3 = bench.role("s3", OBJECTS, uses(key))
    assert writes(s3, bucket)
    said = refusal(lambda: s3.get_object(Bucket=bucket, Key="one"))
    assert "with an explicit deny in a resource-based policy" in said


def test_a_boundary_without_the_key_bounds(bench: Bench, bucket: str, key: str, name: str) -> None:
    def bounded(*statements: Statement) -> Any:
        text = json.dumps({"Version": "2012-10-17", "Statement": statements})
        made = clients.of(bench.cloud, "iam").create_policy(PolicyName=f"{name}{len(statements)}", PolicyDocument=text)
        return bench.role("s3", OBJECTS, uses(key), PermissionsBoundary=made["Policy"]["Arn"])

    assert reads(bounded(OBJECTS, uses(key)), bucket)
    assert not reads(bounded(OBJECTS), bucket)


@pytest.mark.parametrize("bucket_key", [True, False])
def test_objects_are_encrypted_in_the_context_of_their_bucket_where_it_has_a_key_and_of_themselves_else(
    bench: Bench, bucket: str, key: str, bucket_key: bool
) -> None:
    bench.bucket(bucket, key, bucket_key=bucket_key)
    bench.root.put_object(Bucket=bucket, Key="one", Body=b"1")
    arn = f"arn:aws:s3:::{bucket}"
    for bound, right in ((arn, bucket_key), (f"{arn}/one", not bucket_key), (f"{arn}/other", False), ("", False)):
        s3 = bench.role("s3", OBJECTS, within(key, {ARN: bound}))
        assert reads(s3, bucket) is right, bound
        assert writes(s3, bucket, "one") is right, bound
    assert bench.root.head_object(Bucket=bucket, Key="one").get("BucketKeyEnabled", False) is bucket_key


def test_a_write_says_itself_whether_it_uses_a_bucket_key_and_the_object_keeps_that(
    bench: Bench, bucket: str, key: str
) -> None:
    arn = f"arn:aws:s3:::{bucket}"
    by_bucket, by_object = (bench.role("s3", OBJECTS, within(key, {ARN: each})) for each in (arn, f"{arn}/new"))
    assert not writes(by_bucket, bucket)
    assert writes(by_bucket, bucket, BucketKeyEnabled=True)
    assert reads(by_bucket, bucket, "new")
    assert not reads(by_object, bucket, "new")
    bench.bucket(bucket, key, bucket_key=True)
    assert writes(by_object, bucket, BucketKeyEnabled=False)
    assert reads(by_object, bucket, "new")
    assert not reads(by_bucket, bucket, "new")


def test_a_right_by_way_of_s3_is_one_there_and_nowhere_else(bench: Bench, bucket: str, key: str) -> None:
    def role(service: str) -> str:
        said = {ACCOUNT: bench.account, VIA: f"{service}.{clients.REGION}.amazonaws.com"}
        return clients.make_role(bench.cloud, [OBJECTS, within(key, said)])

    objects, secrets = role("s3"), role("secretsmanager")
    assert writes(bench.session("s3", objects), bucket)
    assert reads(bench.session("s3", objects), bucket)
    assert refusal(lambda: bench.session("kms", objects).generate_data_key(KeyId=key, KeySpec="AES_256"))
    assert not reads(bench.session("s3", secrets), bucket)


def test_a_write_that_names_a_key_needs_the_right_on_that_one(bench: Bench, bucket: str, key: str) -> None:
    other = bench.key()
    s3 = bench.role("s3", OBJECTS, uses(other))
    assert not writes(s3, bucket)
    assert writes(s3, bucket, ServerSideEncryption="aws:kms", SSEKMSKeyId=other)
    assert reads(s3, bucket, "new")
    assert not writes(s3, bucket, ServerSideEncryption="aws:kms", SSEKMSKeyId=key)


def test_an_object_stays_under_the_key_that_it_was_written_under(bench: Bench, bucket: str, key: str) -> None:
    alias, later = f"alias/{bucket}", bench.key()
    kms = clients.of(bench.cloud, "kms")
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    bench.bucket(bucket, alias)
    bench.root.put_object(Bucket=bucket, Key="one", Body=b"1")
    kms.update_alias(AliasName=alias, TargetKeyId=later)
    assert bench.root.head_object(Bucket=bucket, Key="one")["SSEKMSKeyId"] == key
    before, after = (bench.role("s3", OBJECTS, uses(each)) for each in (key, later))
    assert reads(before, bucket)
    assert not reads(after, bucket)
    assert writes(after, bucket)
    assert not writes(before, bucket)


def test_each_version_is_read_under_its_own_key(bench: Bench, bucket: str, key: str) -> None:
    bench.root.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    versions: list[tuple[str, str]] = []
    for each in (key, bench.key()):
        bench.bucket(bucket, each)
        versions.append((each, bench.root.put_object(Bucket=bucket, Key="one", Body=b"1")["VersionId"]))
    for whose, _ in versions:
        s3 = bench.role("s3", OBJECTS, uses(whose))
        for each, version in versions:
            assert reads(s3, bucket, VersionId=version) is (each == whose)


def test_a_copy_reads_under_the_source_s_key_and_writes_under_the_target_s(
    bench: Bench, bucket: str, key: str, name: str
) -> None:
    target_key = bench.key()
    target = bench.bucket(f"{name}-target", target_key)

    def copies(*statements: Statement) -> str:
        s3 = bench.role("s3", OBJECTS, *statements)
        return refusal(lambda: s3.copy_object(Bucket=target, Key="two", CopySource={"Bucket": bucket, "Key": "one"}))

    read = uses(key, READ, StringEquals={ARN: f"arn:aws:s3:::{bucket}/one"})
    write = uses(target_key, WRITE, StringEquals={ARN: f"arn:aws:s3:::{target}/two"})
    assert not copies(read, write)
    assert f"{READ} on resource: {key}" in copies(write)
    assert f"{WRITE} on resource: {target_key}" in copies(read)


def test_a_large_upload_begins_with_the_right_to_write_and_its_parts_take_the_right_to_read(
    bench: Bench, bucket: str, key: str
) -> None:
    def begun(s3: Any) -> dict[str, Any]:
        started = s3.create_multipart_upload(Bucket=bucket, Key="large")
        return {"Bucket": bucket, "Key": "large", "UploadId": started["UploadId"]}

    assert refusal(lambda: begun(bench.role("s3", OBJECTS, uses(key, READ))))
    writer, both = (bench.role("s3", OBJECTS, uses(key, *actions)) for actions in ((WRITE,), (WRITE, READ)))
    upload = begun(writer)
    assert READ in refusal(lambda: writer.upload_part(**upload, PartNumber=1, Body=b"1"))
    source = {"Bucket": bucket, "Key": "one"}
    assert READ in refusal(lambda: writer.upload_part_copy(**upload, PartNumber=1, CopySource=source))
    part = both.upload_part(**upload, PartNumber=1, Body=b"1")
    whole = {"MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}}
    assert READ in refusal(lambda: writer.complete_multipart_upload(**upload, **whole))
    both.complete_multipart_upload(**upload, **whole)
    assert reads(both, bucket, "large")
    assert not reads(writer, bucket, "large")


def test_a_part_copied_from_elsewhere_is_read_under_the_key_there(
    bench: Bench, bucket: str, key: str, name: str
) -> None:
    target_key = bench.key()
    target = bench.bucket(f"{name}-target", target_key)
    for rights, allowed in (((uses(target_key), uses(key, READ)), True), ((uses(target_key),), False)):
        s3 = bench.role("s3", OBJECTS, *rights)
        upload = {"Bucket": target, "Key": "large"}
        upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
        asked = {"PartNumber": 1, "CopySource": {"Bucket": bucket, "Key": "one"}}
        assert bool(refusal(lambda s3=s3, upload={**upload, **asked}: s3.upload_part_copy(**upload))) is not allowed


def test_a_signed_link_reads_with_the_rights_of_who_signed_it(bench: Bench, bucket: str, key: str) -> None:
    for rights, status in (((uses(key),), 200), ((), 403)):
        s3 = bench.role("s3", OBJECTS, *rights)
        old = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "one"})
        new: Any = AWSRequest("GET", old.partition("?")[0])
        cast("Any", S3SigV4QueryAuth(s3._get_credentials(), "s3", clients.REGION)).add_auth(new)
        assert [answered(bench, link) for link in (old, new.url)] == [status, status]


def answered(bench: Bench, link: str) -> int:
    trust = ssl.create_default_context(cafile=str(bench.cloud.environment().ca_file))
    try:
        with urllib.request.urlopen(link, context=trust) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as fault:
        return fault.code


# ---- secrets


def made(client: Any, name: str, key: str) -> str:
    return str(client.create_secret(Name=name, SecretString="1", KmsKeyId=key)["ARN"])  # noqa: S106 - no password


@pytest.fixture
def secret(bench: Bench, name: str, key: str) -> str:
    """The ARN of a secret under the key."""
    return made(clients.of(bench.cloud, "secretsmanager"), name, key)


def tells(secrets: Any, secret: str) -> bool:
    return not refusal(lambda: secrets.get_secret_value(SecretId=secret))


def takes(secrets: Any, secret: str) -> bool:
    put = not refusal(lambda: secrets.put_secret_value(SecretId=secret, SecretString="2"))
    assert put is not bool(refusal(lambda: secrets.update_secret(SecretId=secret, SecretString="3")))
    return put


def test_a_secret_is_told_to_whoever_may_decrypt_with_its_key(bench: Bench, secret: str, key: str) -> None:
    assert tells(bench.role("secretsmanager", SECRETS, uses(key, READ)), secret)
    for rights in ((), (uses(key, WRITE),), (uses(bench.key()),)):
        denied = bench.role("secretsmanager", SECRETS, *rights)
        said = refusal(lambda denied=denied: denied.get_secret_value(SecretId=secret))
        assert "Access to KMS is not allowed" in said
        assert f"{READ} on resource: {key}" in said


def test_several_secrets_at_once_are_told_as_far_as_their_keys_allow(bench: Bench, secret: str, name: str) -> None:
    own = bench.key()
    mine = made(clients.of(bench.cloud, "secretsmanager"), f"{name}-mine", own)
    answer = bench.role("secretsmanager", SECRETS, uses(own)).batch_get_secret_value(SecretIdList=[secret, mine])
    assert [each["ARN"] for each in answer["SecretValues"]] == [mine]
    assert [each["ErrorCode"] for each in answer["Errors"]] == ["AccessDeniedException"]


def test_a_value_is_written_by_whoever_may_write_and_read_under_the_key(bench: Bench, secret: str, key: str) -> None:
    assert takes(bench.role("secretsmanager", SECRETS, uses(key)), secret)
    root = clients.of(bench.cloud, "secretsmanager")
    for rights in ((), (uses(key, WRITE),), (uses(key, READ),)):
        assert not takes(bench.role("secretsmanager", SECRETS, *rights), secret)
        assert root.get_secret_value(SecretId=secret)["SecretString"] == "3"


def test_what_tells_and_writes_no_value_needs_no_right(bench: Bench, secret: str) -> None:
    secrets = bench.role("secretsmanager", SECRETS)
    secrets.update_secret(SecretId=secret, Description="new")
    assert secrets.describe_secret(SecretId=secret)["Description"] == "new"
    secrets.delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)


def test_a_secret_moves_to_a_key_that_its_writer_may_use(bench: Bench, secret: str, key: str) -> None:
    other = bench.key()
    for whose, allowed in ((key, False), (other, True)):
        secrets = bench.role("secretsmanager", SECRETS, uses(whose))
        refused = refusal(lambda secrets=secrets: secrets.update_secret(SecretId=secret, KmsKeyId=other))
        assert bool(refused) is not allowed


@pytest.mark.parametrize("action", [WRITE, READ])
def test_a_secret_that_may_not_be_made_is_not_there_afterwards(bench: Bench, key: str, name: str, action: str) -> None:
    secrets = bench.role("secretsmanager", SECRETS, uses(key, action))
    assert refusal(lambda: made(secrets, name, key))
    with pytest.raises(ClientError):
        secrets.describe_secret(SecretId=name)
    made(bench.role("secretsmanager", SECRETS, uses(key)), name, key)


def test_a_secret_under_the_key_of_aws_needs_no_right(bench: Bench, name: str) -> None:
    secrets = bench.role("secretsmanager", SECRETS)
    secrets.create_secret(Name=name, SecretString="1")  # noqa: S106 - no password
    assert takes(secrets, name)
    assert tells(secrets, name)


def test_a_secret_is_bound_to_its_arn(bench: Bench, secret: str, key: str) -> None:
    for bound in (secret, f"{secret}x"):
        secrets = bench.role("secretsmanager", SECRETS, within(key, {"kms:EncryptionContext:SecretARN": bound}))
        assert tells(secrets, secret) is (bound == secret)
        assert takes(secrets, secret) is (bound == secret)


def test_a_new_secret_is_bound_to_its_arn(bench: Bench, key: str, name: str) -> None:
    for pattern, allowed in ((f"*:secret:{name}-other-??????", False), (f"*:secret:{name}-??????", True)):
        right = uses(key, StringLike={"kms:EncryptionContext:SecretARN": pattern})
        secrets = bench.role("secretsmanager", SECRETS, right)
        assert bool(refusal(lambda secrets=secrets: made(secrets, name, key))) is not allowed


def test_a_value_is_bound_to_its_version(bench: Bench, secret: str, key: str) -> None:
    root = clients.of(bench.cloud, "secretsmanager")
    first = root.get_secret_value(SecretId=secret)["VersionId"]
    secrets = bench.role("secretsmanager", SECRETS, within(key, {"kms:EncryptionContext:SecretVersionId": first}))
    assert tells(secrets, secret)
    root.put_secret_value(SecretId=secret, SecretString="2")
    assert not tells(secrets, secret)
    secrets.get_secret_value(SecretId=secret, VersionId=first)


def test_a_right_by_way_of_secrets_manager_is_one_there_and_nowhere_else(bench: Bench, secret: str, key: str) -> None:
    for service in ("secretsmanager", "s3"):
        right = within(key, {VIA: f"{service}.{clients.REGION}.amazonaws.com"})
        role = clients.make_role(bench.cloud, [SECRETS, right])
        assert tells(bench.session("secretsmanager", role), secret) is (service == "secretsmanager")
        assert refusal(lambda role=role: bench.session("kms", role).generate_data_key(KeyId=key, KeySpec="AES_256"))


def test_the_deployer_keeps_a_tenant_s_secrets_under_its_key_and_stays_out_of_its_objects(
    bench: Bench, bucket: str, key: str, name: str
) -> None:
    services = [f"{service}.{clients.REGION}.amazonaws.com" for service in ("secretsmanager", "rds")]
    own: Sequence[Statement] = [OBJECTS, SECRETS, uses(key, StringEquals={VIA: services})]
    deployer, workload = clients.make_role(bench.cloud, own), clients.make_role(bench.cloud, [OBJECTS, SECRETS])
    policy = key_policies.tenant(bench.account, clients.REGION, deployer, "/tenants/*", workload)
    text = document.text(policy)
    clients.of(bench.cloud, "kms").put_key_policy(KeyId=key, PolicyName="default", Policy=text)
    secret = made(bench.session("secretsmanager", deployer), name, key)
    assert tells(bench.session("secretsmanager", workload), secret)
    assert tells(bench.session("secretsmanager", deployer), secret)
    assert reads(bench.session("s3", workload), bucket)
    assert not reads(bench.session("s3", deployer), bucket)
    stranger = bench.role("secretsmanager", SECRETS, uses(key))
    assert not tells(stranger, secret)


def test_a_direct_call_tells_the_account_that_asks(bench: Bench, key: str) -> None:
    for account in (bench.account, "000000000001"):
        kms = bench.role("kms", within(key, {ACCOUNT: account}))
        refused = refusal(lambda kms=kms: kms.generate_data_key(KeyId=key, KeySpec="AES_256"))
        assert bool(refused) is (account != bench.account)
