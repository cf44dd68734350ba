"""`python -m demo up|down`. Works in TENANT_HOME where that is set, else in `.demo/` of the checkout."""

from __future__ import annotations

import os
import sys

from demo import story
from demo.desk import Desk
from demo.stage import CommandFailed, Stage

_INTERRUPTED = 130


def main(arguments: list[str]) -> int:
    """Run the demo, or take it down. The exit code is that of the first command that failed."""
    if arguments not in (["up"], ["down"]):
        sys.stderr.write("Usage: python -m demo up|down\n")
        return 2
    desk = Desk.at(os.environ)
    stage = Stage(desk)
    try:
        if arguments == ["up"]:
            story.tell(stage, desk)
        else:
            story.take_down(stage, desk)
    except CommandFailed as failed:
        stage.failed(failed)
        return failed.code
    except KeyboardInterrupt:
        stage.caption("Stopped. What was done is recorded; `make demo` goes on from there, `make demo-down` ends it.")
        return _INTERRUPTED
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
