"""AWS, table-driven over botocore's own shapes."""

from engine.providers.aws.access import AwsAccess, Credentials
from engine.providers.aws.provider import AwsProvider

__all__ = ["AwsAccess", "AwsProvider", "Credentials"]
