"""`python -m engine.local_cloud.ministack_side HOME`: started by the supervisor."""

import sys

from engine.local_cloud.ministack_side import launcher

if __name__ == "__main__":
    launcher.run(sys.argv[1])
