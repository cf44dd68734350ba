"""What CloudWatch is told of, where AWS measures nothing itself."""

from __future__ import annotations

from engine.providers.aws.access import AwsAccess
from engine.providers.aws.calls import Api


def tell(access: AwsAccess, region: str, namespace: str, metric: str, value: float, **dimensions: str) -> None:
    """One value in bytes, as of now. Raises ProviderError."""
    data = {
        "MetricName": metric,
        "Dimensions": [{"Name": name, "Value": of} for name, of in sorted(dimensions.items())],
        "Value": value,
        "Unit": "Bytes",
    }
    # told twice is told once: it is the largest of a day that counts
    Api(access, region).write("cloudwatch", "PutMetricData", Namespace=namespace, MetricData=[data])
