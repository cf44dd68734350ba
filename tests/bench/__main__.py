"""`make bench`: what the next tenant costs where many are already: in a cluster, on an instance. Ratios of one run."""

from __future__ import annotations

import sys

from tests.bench import bridge, engine, namespaces


def main() -> None:
    """Run every measurement and print its table."""
    sys.stdout.write(engine.table(engine.measure(engine.SIZES)))
    sys.stdout.write(namespaces.table(namespaces.measure(namespaces.MANY)))
    sys.stdout.write(bridge.table(bridge.measure(bridge.MANY)))


if __name__ == "__main__":
    main()
