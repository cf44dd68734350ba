"""Ctrl-C: once in good order, twice at once."""

from __future__ import annotations

import signal

import pytest

from cli import stopping


def test_the_first_signal_asks_and_the_second_insists() -> None:
    with stopping.on_signals() as stop:
        assert not stop()
        signal.raise_signal(signal.SIGINT)
        assert stop()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_a_pipelines_cancel_is_taken_like_ctrl_c() -> None:
    with stopping.on_signals() as stop:
        signal.raise_signal(signal.SIGTERM)
        assert stop()


def test_signals_are_as_before_when_the_run_is_over() -> None:
    before = signal.getsignal(signal.SIGINT)
    with stopping.on_signals():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
