"""`python -m cli` is `tenant`."""

from __future__ import annotations

from cli.app import main

main()
