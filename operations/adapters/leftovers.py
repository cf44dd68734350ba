"""What a tenant has in a cache, a bucket and tables that its cell's tenants share."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from operations.adapters import cache_client, failures
from stacks.errors import CloudFailed

if TYPE_CHECKING:
    from engine.providers.aws import AwsAccess
    from engine.providers.reach import Reach
    from operations.bundle import Folder, KeysOf, RowsOf

_SECONDS: Final = 30
_BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class CloudLeftovers:
    """Leftovers in the cloud; `access` and `reach` are asked for each time: a local cloud may have been restarted."""

    access: Callable[[], AwsAccess]
    reach: Callable[[], Reach]

    def empty(self, folder: Folder, region: str, fence: Callable[[], None]) -> None:
        """Delete all objects of a folder. Raises CloudFailed."""
        from engine.providers.aws import folders
        from engine.providers.port import Call

        with failures.told(f"{folder.bucket}/{folder.name} could not be emptied."):
            folders.empty(self.access(), region, folder.bucket, folder.name, Call(fence=fence))

    def erase(self, rows: RowsOf, region: str, fence: Callable[[], None]) -> None:
        """Delete all rows and large objects of a login. Raises CloudFailed."""
        from engine.providers.port import Call
        from engine.providers.postgresql import erasure
        from engine.providers.postgresql.settings import Settings

        with failures.told(f"Rows and large objects of {rows.login} could not be deleted."):
            known = self._secret(rows.deployer_secret, region)
            settings = Settings(
                host=str(known["host"]),
                port=int(known["port"]),
                username=str(known["username"]),
                password=str(known["password"]),
                database=str(known["dbname"]),
                sslmode="verify-full",
                superuser=False,
            )
            call = Call(fence=fence)
            erasure.erase(settings, self.reach(), rows.database, rows.schema, rows.login, call)

    def sweep(self, keys: KeysOf, region: str, fence: Callable[[], None]) -> None:
        """Empty its numbered database, or delete in it what begins as its keys do. Raises CloudFailed."""
        import redis

        from engine.providers.port import ProviderError

        try:
            known = self._secret(keys.deployer_secret, region)
            way = self.reach().way(str(known["host"]), int(known["port"]))
            client = cache_client.connect(way, {**known, "database": keys.database}, _SECONDS)
            with client:
                fence()
                if not keys.prefix:
                    client.flushdb(asynchronous=True)
                    return
                found: Iterator[bytes] = client.scan_iter(match=f"{keys.prefix}*", count=_BATCH)
                while batch := list(islice(found, _BATCH)):
                    fence()
                    client.unlink(*batch)
        except (ProviderError, redis.RedisError) as error:
            what = f"{keys.prefix}*" if keys.prefix else f"database {keys.database}"
            raise CloudFailed(
                f"Keys in a shared cache ({what}) could not be deleted.",
                why=str(error),
                next="Run the same command again; where the login was refused, first `tenant shared apply --refresh`.",
            ) from error

    def _secret(self, arn: str, region: str) -> dict[str, Any]:
        from engine.providers.aws.calls import Api

        found = Api(self.access(), region).read("secretsmanager", "GetSecretValue", SecretId=arn)
        return dict(json.loads(found["SecretString"]))
