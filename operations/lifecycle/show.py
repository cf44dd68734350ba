"""One tenant: what it has and how to reach it. From the registry only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.runs import Output
from operations import known
from operations.bundle import Bundle
from operations.registry.model import Record
from operations.reports import Shown
from stacks.inputs.environment import Target

PREPARE = 'eval "$(tenant local env)" && '
"""What gives ordinary clients the local cloud's endpoints, credentials and authority."""


def show(bundle: Bundle, tenant_id: str) -> Shown:
    """A tenant's record and the commands that connect to its parts. Raises BadInput where there is none."""
    record = known.tenant(bundle, tenant_id)
    return Shown(record, _connect(record, local=bundle.environment.target is Target.LOCAL))


def outputs(bundle: Bundle, tenant_id: str) -> Mapping[str, Output]:
    """A tenant's stack outputs; values of secret ones are not in the registry. Raises BadInput where there is none."""
    return known.tenant(bundle, tenant_id).outputs


def _connect(record: Record, *, local: bool) -> dict[str, str | None]:
    """Commands without secrets; the password is in the named secret. The local cloud's need its variables first."""
    lines: dict[str, str | None] = {"psql": None, "valkey": None, "s3": None, "kubectl": None}
    if not record.live:
        return lines
    said = {name: str(output.value) for name, output in record.outputs.items() if not output.secret}
    lines |= {name: f"{PREPARE}{line}" if local else line for name, line in _commands(record.slug, said, local=local)}
    return lines


def _commands(user: str, said: Mapping[str, str], *, local: bool) -> Iterator[tuple[str, str]]:
    if "databaseEndpoint" in said:
        place = f"host={said['databaseEndpoint']} port={said.get('databasePort', '5432')}"
        database = f"dbname={said.get('databaseName', 'postgres')} user={user} sslmode=verify-full"
        yield "psql", f'psql "{place} {database}"  # password: {said.get("databaseSecretArn", "")}'
    if "cacheEndpoint" in said:
        authority = ' --cacert "${AWS_CA_BUNDLE:?}"' if local else ""
        place = f"-h {said['cacheEndpoint']} -p {said.get('cachePort', '6379')} --user {user}"
        yield "valkey", f"valkey-cli --tls{authority} {place}  # password: {said.get('cacheSecretArn', '')}"
    if "dataBucket" in said:
        # without an endpoint this would go to AWS, with whatever credentials are there
        endpoint = ' --endpoint-url "${AWS_ENDPOINT_URL_S3:?}"' if local else ""
        yield "s3", f"aws{endpoint} s3 ls s3://{said['dataBucket']}/  # as {said.get('roleArn', '')}"
