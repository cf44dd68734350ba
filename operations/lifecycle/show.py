"""One tenant: what it has and how to reach it. From the registry only."""

from __future__ import annotations

from collections.abc import Mapping

from engine.runs import Output
from operations import known
from operations.bundle import Bundle
from operations.registry.model import Record
from operations.reports import Shown


def show(bundle: Bundle, tenant_id: str) -> Shown:
    """A tenant's record and the commands that connect to its parts. Raises BadInput where there is none."""
    record = known.tenant(bundle, tenant_id)
    return Shown(record, _connect(record))


def outputs(bundle: Bundle, tenant_id: str) -> Mapping[str, Output]:
    """A tenant's stack outputs; values of secret ones are not in the registry. Raises BadInput where there is none."""
    return known.tenant(bundle, tenant_id).outputs


def _connect(record: Record) -> dict[str, str | None]:
    """Commands without secrets; the user and the password are in the named secret."""
    said = {name: str(output.value) for name, output in record.outputs.items() if not output.secret}
    lines: dict[str, str | None] = {"psql": None, "valkey": None, "s3": None, "kubectl": None}
    if not record.live:
        return lines
    if "databaseEndpoint" in said:
        lines["psql"] = (
            f'psql "host={said["databaseEndpoint"]} port={said.get("databasePort", "5432")} '
            f'dbname={said.get("databaseName", "postgres")} sslmode=verify-full"'
            f"  # user and password: {said.get('databaseSecretArn', '')}"
        )
    if "cacheEndpoint" in said:
        lines["valkey"] = (
            f"valkey-cli --tls -h {said['cacheEndpoint']} -p {said.get('cachePort', '6379')}"
            f"  # user and password: {said.get('cacheSecretArn', '')}"
        )
    if "dataBucket" in said:
        lines["s3"] = f"aws s3 ls s3://{said['dataBucket']}/  # as {said.get('roleArn', '')}"
    return lines
