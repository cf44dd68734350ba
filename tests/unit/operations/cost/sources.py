"""The cost tables that the users' own papers have, as they stand there: US dollars a month, lowest and highest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Range:
    """From a lowest to a highest amount."""

    low: int
    high: int

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.high + other.high)

    def __mul__(self, times: int) -> Range:
        return Range(self.low * times, self.high * times)

    def less(self, cost: Range) -> Range:
        """What can be left of these takings: at worst the least taken at the highest cost, at best the reverse."""
        return Range(self.low - cost.high, self.high - cost.low)


NOTHING: Final = Range(0, 0)

# "Enterprise isolation and AI", monthly costs by component, for five tenants
COMPONENTS: Final = {
    "dedicated clusters": Range(2000, 4000),
    "dedicated databases": Range(1500, 3000),
    "dedicated cache": Range(800, 1500),
    "dedicated storage": Range(200, 500),
    "GPU training nodes": Range(1000, 3000),
    "shared services": Range(500, 1000),
    "data transfer": Range(300, 600),
    "encryption and security": Range(200, 400),
}
COMPONENTS_TOTAL: Final = Range(6500, 14000)
TENANTS: Final = 5

# the same paper, cost per tenant by size
PER_TENANT: Final = {
    "small": Range(200, 400),
    "medium": Range(500, 800),
    "large": Range(800, 1200),
    "enterprise": Range(1200, 2000),
}
GPU_INSTANCES: Final = ("p4d.24xlarge", "g5.4xlarge", "g5.2xlarge")

# "Multi-tenancy for a data agent": a deployment for each customer
PER_CUSTOMER: Final = Range(10, 20)
FOR_CUSTOMERS: Final = {5: Range(50, 100), 10: Range(100, 200)}
TWO_TO_TEN: Final = Range(20, 200)
CHARGE: Final = Range(50, 100)
PROFIT: Final = Range(30, 80)
PROFIT_OF_TEN: Final = Range(300, 800)

# the same paper, one deployment for all: "regardless of customer count", and what it charges by user
SHARED_DEPLOYMENT: Final = Range(20, 50)
PER_USER: Final = 20
BY_USERS: Final = {3: 60, 2: 40}
