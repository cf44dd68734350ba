"""`make bench`: what the next tenant of a shared instance costs when many are there already. Ratios of one run."""

from __future__ import annotations

import sys

from tests.bench import bridge


def main() -> None:
    """Run every measurement and print its table."""
    sys.stdout.write(bridge.table(bridge.measure(bridge.MANY)))


if __name__ == "__main__":
    main()
