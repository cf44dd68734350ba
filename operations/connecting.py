"""Commands that connect to a tenant's parts. Pure, and without secrets: each password is in the secret it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from operations.registry.model import Record

_PREPARE: Final = 'eval "$(tenant local env)" && '
"""What gives ordinary clients the local cloud's endpoints, credentials and authority."""

_EXPORT: Final = (
    "Credentials.join(' ', ['export', join('=', ['AWS_ACCESS_KEY_ID', AccessKeyId]), "
    "join('=', ['AWS_SECRET_ACCESS_KEY', SecretAccessKey]), join('=', ['AWS_SESSION_TOKEN', SessionToken])])"
)
"""JMESPath that makes a line for the shell of what STS answers: the keys go into it and are not shown."""


def commands(record: Record, *, local: bool) -> dict[str, str | None]:
    """Commands by what they connect to, None where there is nothing; the local cloud's need its variables first."""
    lines: dict[str, str | None] = dict.fromkeys(("role", "psql", "valkey", "s3", "kubectl"))
    if record.live:
        said = {name: str(output.value) for name, output in record.outputs.items() if not output.secret}
        lines |= _Stack(record, said, local).commands()
    return lines


@dataclass(frozen=True, slots=True)
class _Stack:
    """A live tenant: its record, its outputs as text, and whether it is on the local cloud."""

    record: Record
    said: Mapping[str, str]
    local: bool

    def commands(self) -> Iterator[tuple[str, str]]:
        said, user, prepare = self.said, self.record.slug, _PREPARE if self.local else ""
        if taken := self._takes_role:
            yield "role", f"{prepare}{self._take_role()}"
        if "databaseEndpoint" in said:
            place = f"host={said['databaseEndpoint']} port={said.get('databasePort', '5432')}"
            database = f"dbname={said.get('databaseName', 'postgres')} user={user} sslmode=verify-full"
            yield "psql", f'{prepare}psql "{place} {database}"  # password: {said.get("databaseSecretArn", "")}'
        if "cacheEndpoint" in said:
            authority = ' --cacert "${AWS_CA_BUNDLE:?}"' if self.local else ""
            place = f"-h {said['cacheEndpoint']} -p {said.get('cachePort', '6379')} --user {user}"
            password, number = said.get("cacheSecretArn", ""), said.get("cacheDatabase", "0")
            database = "" if number == "0" else f" -n {number}"
            yield "valkey", f"{prepare}valkey-cli --tls{authority} {place}{database}  # password: {password}"
        if "dataBucket" in said:
            place = f"s3://{said['dataBucket']}/{self._folder()}"
            who = "once its role is taken on: the line `role`" if taken else "its pods are let in, and nobody else"
            yield "s3", f"{self._aws('s3 ls')} {place}  # {who}"

        if "namespace" in said:
            place = f"--name {said['cluster']} --region {self.record.region} --alias {user}"
            use = f"kubectl --context {user} --namespace {said['namespace']} get pods"
            who = "as a member of the namespace, or who administers clusters"
            yield "kubectl", f"{prepare}{self._aws('eks update-kubeconfig')} {place} && {use}  # {who}"

    @property
    def _takes_role(self) -> bool:
        """Whether anybody but the tenant's pods may take its role on."""
        return "roleArn" in self.said and bool(self._spec("identity").get("principals"))

    def _take_role(self) -> str:
        """On the shell it is typed into: what comes after is done as the role, for an hour."""
        taken = f"sts assume-role --role-arn {self.said['roleArn']} --role-session-name {self.record.subject}"
        return f'eval "$({self._aws(taken)} --output text --query "{_EXPORT}")"'

    def _aws(self, command: str) -> str:
        # without an endpoint this would go to AWS, with whatever credentials are there
        endpoint = (
            f'--endpoint-url "${{AWS_ENDPOINT_URL_{command.partition(" ")[0].upper()}:?}}" ' if self.local else ""
        )
        return f"aws {endpoint}{command}"

    def _folder(self) -> str:
        """The part of the bucket that the role may use, where that is not all of it."""
        container = self._spec("object_store").get("container")
        return f"{container}/" if container else ""

    def _spec(self, kind: str) -> Mapping[str, Any]:
        return self.record.blueprint.get("resources", {}).get(kind, {})
