"""A tenant's own hands: its workload role through STS, its logins out of its own secrets, its account's token."""

from __future__ import annotations

import json
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from operations.adapters import answers, cache_client, clusters
from operations.adapters.clusters import Clusters
from operations.isolation import membership
from operations.isolation.model import Party, Refusal, Unclear
from operations.isolation.ports import As, Ask, Door
from stacks.errors import CloudUnreachable
from stacks.resources.namespace.spec import SERVICE_ACCOUNT

if TYPE_CHECKING:
    from engine.providers.aws import AwsAccess
    from engine.providers.reach import Reach, Way
    from stacks.resources.members.spec import MemberPlan

_SESSION: Final = "tenant-verify"
_SECONDS: Final = 10
_TOKEN_SECONDS: Final = 600
_ROLE_SECONDS: Final = 1800
"""Half of the hour that STS gives a role for, where nobody asks for another time."""


@dataclass(frozen=True)
class CloudLive:
    """Takes on each tenant's role, and again before it ends. `access` is who verifies, one of the role's principals."""

    access: AwsAccess
    reach: Reach
    clusters: Clusters
    now: Callable[[], float] = time.monotonic
    _taken: dict[str, tuple[float, CloudActing]] = field(
        default_factory=dict[str, "tuple[float, CloudActing]"], repr=False
    )
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def of(self, party: Party) -> CloudActing:
        """The tenant's hands. Raises Unclear where the verifier may not take on its role."""
        return self._held(party.tenant, lambda: self._take(party))

    def member(self, party: Party, member: MemberPlan) -> CloudActing:
        """A member's hands, taken on by the tenant's. Raises Unclear where it may not."""
        tenant = self.of(party)
        return self._held(
            f"{party.tenant}/{member.id}",
            lambda: _MemberActing(party, member, self._as_member(tenant, party, member), self),
        )

    def _held(self, name: str, take: Callable[[], CloudActing]) -> CloudActing:
        with self._lock:
            if name not in self._taken or self.now() > self._taken[name][0] + _ROLE_SECONDS:
                self._taken[name] = self.now(), take()
            return self._taken[name][1]

    def _take(self, party: Party) -> CloudActing:
        from engine.providers.aws.calls import Api

        role = party.said("roleArn")
        try:
            with answers.of_aws():
                keys = Api(self.access, party.region).read("sts", "AssumeRole", RoleArn=role, RoleSessionName=_SESSION)
        except Refusal as refusal:
            raise Unclear(
                f"whoever verifies may not take on {role}: name it under `workload_principals` of the environment"
            ) from refusal
        return CloudActing(party, self._with(keys), self)

    def _as_member(self, tenant: CloudActing, party: Party, member: MemberPlan) -> AwsAccess:
        role, tags = party.said("memberRoleArn"), [{"Key": "member", "Value": member.code}]
        try:
            keys = tenant.aws("sts", "AssumeRole", RoleArn=role, RoleSessionName=_SESSION, Tags=tags)
        except Refusal as refusal:
            raise Unclear(f"{party.tenant} may not take on {role} for {member.id}: {refusal}") from refusal
        return self._with(keys)

    def _with(self, answer: Mapping[str, Any]) -> AwsAccess:
        """The same way to the cloud with a session's keys: clients are kept by the access that made them."""
        from engine.providers.aws import Credentials

        keys = answer["Credentials"]
        held = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        return replace(self.access, credentials=held, _clients={}, _lock=threading.Lock())


class CloudActing:
    """One tenant in the cloud, with its role's temporary credentials."""

    _at_once = 2
    """Sessions in databases: the smallest tier's login has five, and its workloads need them."""

    def __init__(self, party: Party, access: AwsAccess, live: CloudLive) -> None:
        self._party, self._access, self._reach, self._clusters = party, access, live.reach, live.clusters
        self._lock = threading.Lock()
        self._connections = threading.Semaphore(self._at_once)
        self._logins: dict[str, Mapping[str, Any]] = {}
        self._token, self._renewed = "", 0.0

    def aws(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        """A call as the workload role, sent once. Bodies are read."""
        from engine.providers.aws.calls import Api

        with answers.of_aws():
            answer = Api(self._access, self._party.region).read(service, operation, **parameters)
        return {**answer, "Body": answer["Body"].read()} if "Body" in answer else answer

    def link(self, bucket: str, key: str) -> str:
        """A presigned URL that the role makes to read an object."""
        client = self._access.client("s3", self._party.region)
        place = {"Bucket": bucket, "Key": key}
        return str(client.generate_presigned_url("get_object", Params=place, ExpiresIn=60))

    def fetch(self, url: str) -> bytes:
        """What a URL answers, without any credentials."""
        authority = self._access.ca_file
        context = ssl.create_default_context(cafile=str(authority) if authority else None)
        try:
            with urllib.request.urlopen(url, timeout=_SECONDS, context=context) as answer:  # noqa: S310 - made by `link`
                return answer.read()
        except urllib.error.HTTPError as error:
            raise (Refusal if error.code in (401, 403) else Unclear)(f"HTTP {error.code}") from error
        except OSError as error:
            raise Unclear(str(error)) from error

    def sql(self, at: Party, *statements: str, door: Door = Door.TLS, database: str = "") -> Sequence[Sequence[Any]]:
        """Rows of the last of these, with the tenant's login in the database of `at`, or in another on its server."""
        import psycopg

        login, way = self._login("databaseSecretArn"), self._way(at, "database")
        clear = door is Door.CLEAR
        with (
            self._connections,
            answers.of_sql(),
            psycopg.connect(
                host=way.host,
                port=way.port,
                dbname=database or at.said("databaseName"),
                user=login["username"],
                password=login["password"],
                sslmode="disable" if clear else "verify-full",
                sslrootcert="" if clear else str(way.ca_file or "system"),
                connect_timeout=_SECONDS,
                application_name=_SESSION,
            ) as connection,
        ):
            try:
                rows: Sequence[Sequence[Any]] = []
                for statement in statements:
                    found = connection.execute(statement.encode())
                    rows = found.fetchall() if found.description else []
                return rows
            finally:
                connection.rollback()

    def cache(self, at: Party, *words: str, door: Door = Door.TLS) -> Any:
        """The answer to a command, as the tenant's user in the cache of `at`; as nobody, without a login.

        In the tenant's own numbered database, whosever cache it is.
        """
        way, clear = self._way(at, "cache"), door is Door.CLEAR
        login: Mapping[str, Any] = {} if door is Door.NOBODY else self._login("cacheSecretArn")
        client = cache_client.connect(way, login, _SECONDS, clear=clear)
        with answers.of_cache(clear=clear), client:
            return client.execute_command(*words)

    def kubernetes(self, who: As, at: Party, ask: Ask) -> Mapping[str, Any]:
        """The answer of the cluster that `at` is in: to the account's token, or to a member of the tenant's group.

        People have no keys of their own here: the server is told to decide as if one of the group asked.
        """
        if who is As.ACCOUNT:
            return clusters.send(self._clusters.holder(at, self._account()), ask)
        member = {"Impersonate-User": f"{_SESSION}:{self._group}", "Impersonate-Group": self._group}
        return clusters.send(self._clusters.administrator(at), replace(ask, headers={**ask.headers, **member}))

    @property
    def _group(self) -> str:
        """Its people in the cluster: the group that is called like their namespace."""
        return self._party.slug

    def _account(self) -> str:
        """A token of the account that the tenant's pods run as, by TokenRequest. Raises Unclear where none is given.

        A new one once half of the last one's life is over: who verifies many tenants is longer at it than one lives.
        """
        with self._lock:
            if not self._token or time.monotonic() > self._renewed + _TOKEN_SECONDS / 2:
                path = f"/api/v1/namespaces/{self._party.said('namespace')}/serviceaccounts/{SERVICE_ACCOUNT}/token"
                asked = {
                    "apiVersion": "authentication.k8s.io/v1",
                    "kind": "TokenRequest",
                    "spec": {"expirationSeconds": _TOKEN_SECONDS},
                }
                try:
                    home = self._clusters.administrator(self._party)
                    given = clusters.send(home, Ask("POST", path, asked, rehearse=False))
                except Refusal as refusal:
                    raise Unclear(f"whoever verifies gets no token of the account {path}: {refusal}") from refusal
                self._token, self._renewed = str(given["status"]["token"]), time.monotonic()
            return self._token

    def _login(self, secret: str) -> Mapping[str, Any]:
        """What a secret of the tenant says, read with its role. Raises Unclear where it may not."""
        with self._lock:
            if secret not in self._logins:
                self._logins[secret] = self._read(self._party.said(secret))
            return self._logins[secret]

    def _read(self, arn: str) -> Mapping[str, Any]:
        try:
            return json.loads(self.aws("secretsmanager", "GetSecretValue", SecretId=arn)["SecretString"])
        except Refusal as refusal:
            raise Unclear(f"{self._party.tenant} may not read its own secret {arn}") from refusal

    def _way(self, at: Party, what: str) -> Way:
        try:
            return self._reach.way(at.said(f"{what}Endpoint"), int(at.said(f"{what}Port")))
        except CloudUnreachable as error:
            raise Unclear(str(error)) from error


class _MemberActing(CloudActing):
    """One member in the cloud: one secret holds its logins, and its group is that of its own namespace."""

    _at_once = 1

    def __init__(self, party: Party, member: MemberPlan, access: AwsAccess, live: CloudLive) -> None:
        super().__init__(party, access, live)
        self._member = member

    @property
    def _group(self) -> str:
        if not self._member.namespace:
            raise Unclear(f"{self._member.id} has no namespace")
        return self._member.namespace

    def _login(self, secret: str) -> Mapping[str, Any]:
        with self._lock:
            if not self._logins:
                self._logins |= self._read(membership.told(self._party, self._member)["secretArn"])
        what = secret.removesuffix("SecretArn")
        if what not in self._logins:
            raise Unclear(f"{self._member.id} has no login to the {what}")
        return self._logins[what]
