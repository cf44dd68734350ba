"""Taking on a role of the local cloud, as a profile of the AWS CLI does on an account."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from stacks.errors import CloudFailed

if TYPE_CHECKING:
    from engine.providers.aws.access import AwsAccess

SESSION: Final = "tenant"


def taken_on(root: AwsAccess, region: str, role: str) -> AwsAccess:
    """The same cloud, reached as the role with this ARN. Raises CloudFailed where it can't be."""
    from engine.providers.aws.access import Credentials
    from engine.providers.aws.calls import Api
    from engine.providers.port import ProviderError

    try:
        keys = Api(root, region).read("sts", "AssumeRole", RoleArn=role, RoleSessionName=SESSION)["Credentials"]
    except ProviderError as error:
        raise CloudFailed(
            f"The deployer's role {role} can't be taken on.",
            why="It is not there, or does not let the account take it on: IAM does not tell which.",
            next="Make it, with what `tenant env policy` prints: docs/how-to/give-the-deployer-its-rights.md",
        ) from error
    held = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    # clients are kept by the access that made them, with its credentials
    return replace(root, credentials=held, _clients={})
