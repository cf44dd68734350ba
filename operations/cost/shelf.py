"""The price tables that come with the tool: `prices/<region>.csv` and `prices/regions.csv`, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from operations.cost import table
from operations.cost.table import Prices

FOLDER: Final = Path(__file__).parent / "prices"
_FACTORS: Final = "regions.csv"


@cache
def packaged() -> Prices:
    """All tables and factors. Raises ValueError for one that can't be used."""
    files = sorted(path for path in FOLDER.glob("*.csv") if path.name != _FACTORS)
    tables = {path.stem: table.parse(path.read_text(encoding="utf-8"), path.name) for path in files}
    return Prices(tables, table.factors((FOLDER / _FACTORS).read_text(encoding="utf-8"), _FACTORS))
