"""What the hooks of this process share: the home, its settings, and the way to the other emulator."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any, cast

import boto3

from engine.local_cloud.home import Home, Settings


class CallFaults(threading.local):
    """The fault that the call being served in this thread meets further in; 0 for nearly all calls."""

    creating: float = 0.0


@dataclass(frozen=True, slots=True)
class Side:
    """The moto process."""

    home: Home
    settings: Settings
    call: CallFaults = field(default_factory=CallFaults)

    def other(self, service: str, region: str) -> Any:
        """A client of what MiniStack serves, as root."""
        return cast("Any", boto3).client(
            service,
            endpoint_url=self.settings.ministack,
            verify=str(self.home.ca_file),
            region_name=region,
            aws_access_key_id=self.settings.access_key,
            aws_secret_access_key=self.settings.secret_key,
        )
