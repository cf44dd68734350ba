"""Tokens with which an AWS identity logs in to an EKS cluster, as `aws eks get-token` makes them.

A token is the presigned URL of a call that tells who signed it (sts:GetCallerIdentity), with the cluster's name among
what is signed. Making one contacts nobody. Source: aws-iam-authenticator, "How do I use it", and the AWS CLI.

`python -m engine.providers.aws.eks_tokens --cluster-name NAME --region REGION` prints one as an exec plugin does, with
the credentials of the environment.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from engine.providers.aws.access import AwsAccess

_PREFIX: Final = "k8s-aws-v1."
_HEADER: Final = "x-k8s-aws-id"
_PRESIGNED_SECONDS: Final = 60
_VALID: Final = timedelta(minutes=14)
"""AWS accepts a token for 15 minutes from its signature, whatever its URL says."""


@dataclass(frozen=True, slots=True)
class Token:
    """The token, and until when it is to be used (UTC)."""

    text: str
    until: datetime

    def credential(self, api: str) -> dict[str, Any]:
        """As an exec plugin prints it."""
        end = self.until.strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"kind": "ExecCredential", "apiVersion": api, "status": {"token": self.text, "expirationTimestamp": end}}


def token(access: AwsAccess, region: str, cluster: str) -> Token:
    """A token of the identity that `access` has, for one cluster."""
    client = access.client("sts", region)
    signer: Any = client._request_signer
    request = {
        "method": "GET",
        "url": f"https://sts.{region}.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
        "body": {},
        "headers": {_HEADER: cluster},
        "context": {},
    }
    url = signer.generate_presigned_url(
        request, region_name=region, expires_in=_PRESIGNED_SECONDS, operation_name="GetCallerIdentity"
    )
    text = base64.urlsafe_b64encode(cast("str", url).encode()).decode().rstrip("=")
    return Token(_PREFIX + text, datetime.now(UTC) + _VALID)


def of(access: AwsAccess) -> Callable[[str, str], tuple[str, float]]:
    """Region and cluster -> token and when it runs out, in seconds since the epoch: with always the same identity."""

    def make(region: str, cluster: str) -> tuple[str, float]:
        made = token(access, region, cluster)
        return made.text, made.until.timestamp()

    return make


def main() -> None:
    """Print a token for the cluster on the command line."""
    parser = argparse.ArgumentParser(prog="eks_tokens", description="Print a token for an EKS cluster.")
    parser.add_argument("--cluster-name", required=True)
    parser.add_argument("--region", required=True)
    asked = parser.parse_args()
    made = token(AwsAccess(), asked.region, asked.cluster_name)
    sys.stdout.write(json.dumps(made.credential("client.authentication.k8s.io/v1")) + "\n")


if __name__ == "__main__":
    main()
