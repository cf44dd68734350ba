"""`python -m engine.local_cloud.moto_side HOME`: started by the supervisor."""

import sys

from engine.local_cloud.moto_side import launcher

if __name__ == "__main__":
    launcher.run(sys.argv[1])
