"""The `rds!` secret of a managed master password, kept where Secrets Manager and KMS are: in MiniStack.

moto would write it into its own Secrets Manager, with one constant password for all.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

from engine.local_cloud.moto_side.side import Side

_current: list[Side] = []  # objects of this class are pickled with moto's state; the side is not part of that


def install(rds: Any, side: Side) -> None:
    """Take the place of moto's own class."""
    _current[:] = [side]
    rds.MasterUserSecret = ManagedSecret


class ManagedSecret:
    """The secret of one instance, with the interface of moto's MasterUserSecret."""

    secret_status = "active"  # noqa: S105 - moto's name for the state of the secret

    def __init__(self, database: Any, kms_key_id: str | None) -> None:
        self.region, self.user = str(database.region), str(database.master_username)
        self.password = secrets.token_urlsafe(21)
        self.kms_key_id = self._key_arn(kms_key_id)
        made = self._client("secretsmanager").create_secret(
            Name=f"rds!{database.resource_type}-{secrets.token_hex(16)}",
            SecretString=self._content(),
            Tags=[
                {"Key": "aws:rds:primaryDBInstanceArn", "Value": database.arn},
                {"Key": "aws:secretsmanager:owningService", "Value": "rds"},
            ],
            **({"KmsKeyId": self.kms_key_id} if kms_key_id else {}),
        )
        self.secret_arn: str = made["ARN"]

    def delete_secret(self) -> None:
        """Remove it with its instance, at once as RDS does."""
        self._client("secretsmanager").delete_secret(SecretId=self.secret_arn, ForceDeleteWithoutRecovery=True)

    def rotate_secret(self) -> None:
        """A new password; the caller tells it to the server."""
        self.password = secrets.token_urlsafe(21)
        self._client("secretsmanager").put_secret_value(SecretId=self.secret_arn, SecretString=self._content())

    def _content(self) -> str:
        return json.dumps({"username": self.user, "password": self.password})

    def _key_arn(self, kms_key_id: str | None) -> str:
        if not kms_key_id:
            return "alias/aws/secretsmanager"  # MiniStack has no keys that AWS manages
        return str(self._client("kms").describe_key(KeyId=kms_key_id)["KeyMetadata"]["Arn"])

    def _client(self, service: str) -> Any:
        return _current[0].other(service, self.region)
