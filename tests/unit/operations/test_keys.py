"""Keys of an environment: made once, for their owner only, and never taken for something else."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from operations import keys
from stacks.errors import BadInput


def test_a_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "environments" / "local"
    assert keys.signing(folder) == keys.signing(folder)
    assert len(keys.signing(folder)) == 32
    assert stat.S_IMODE((folder / "signing").stat().st_mode) == 0o600


def test_what_makes_names_does_not_sign(tmp_path: Path) -> None:
    assert keys.key(tmp_path) != keys.signing(tmp_path)
    assert keys.signing(tmp_path / "local") != keys.signing(tmp_path / "staging")


@pytest.mark.parametrize("text", ["no hex", "abcd", ""])
@pytest.mark.parametrize("name", ["key", "signing"])
def test_a_damaged_key_is_bad_input(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(BadInput, match="damaged"):
        (keys.key if name == "key" else keys.signing)(tmp_path)


def test_who_only_looks_makes_no_key(tmp_path: Path) -> None:
    folder = tmp_path / "environments" / "local"
    assert keys.signing_if_made(folder) is None
    assert not list(tmp_path.iterdir())
    assert keys.signing(folder) == keys.signing_if_made(folder)
