from __future__ import annotations

import base64

import pytest

from engine.embedded.secrets import Crypter, WrongPassphraseError


def test_a_state_is_opened_by_its_passphrase_and_by_no_other() -> None:
    crypter = Crypter("correct")
    sealed = crypter.encrypt("hello")
    again = Crypter("correct", crypter.state)
    again.check()
    assert again.decrypt(sealed) == "hello"
    wrong = Crypter("wrong", crypter.state)
    with pytest.raises(WrongPassphraseError):
        wrong.check()
    with pytest.raises(WrongPassphraseError):
        wrong.decrypt(sealed)


def test_the_text_has_the_recorded_shape() -> None:
    crypter = Crypter("p")
    version, nonce, sealed = crypter.encrypt("x").split(":")
    assert (version, len(base64.b64decode(nonce)), len(base64.b64decode(sealed))) == ("v1", 12, 1 + 16)
    assert crypter.state.startswith("v1:")
    assert crypter.state.split(":")[2] == "v1"


def test_a_text_that_stays_keeps_its_ciphertext_over_runs() -> None:
    first = Crypter("p")
    sealed = first.encrypt("stays")
    assert first.encrypt("stays") == sealed
    later = Crypter("p", first.state)
    later.decrypt(sealed)
    assert later.encrypt("stays") == sealed
