"""The client that verifies caches shares what it trusts among connections, and nothing else."""

from __future__ import annotations

import shutil
import ssl
from pathlib import Path

import pytest
from redis import exceptions

from engine.local_cloud import LocalCloud
from engine.local_cloud.home import Home
from engine.local_cloud.network import certificates
from engine.providers.reach import Way
from operations.adapters import cache_client, cache_tls
from tests.contract.local_cloud.clients import Cache


def asked(cache: Cache, letter: str, ca_file: Path) -> object:
    """What a user's connection answers to who it is."""
    user = f"{cache.identifier}-{letter}"
    login = {"username": user, "password": cache.passwords[user]}
    with cache_client.connect(Way(cache.host, cache.port, ca_file), login, 10) as client:
        return client.execute_command("ACL", "WHOAMI")


def test_connections_share_a_context_and_no_login(local_cloud: LocalCloud, cache: Cache) -> None:
    cache_tls.context.cache_clear()
    found = [asked(cache, letter, local_cloud.ca_file) for letter in "aba"]
    assert found == [f"{cache.identifier}-{letter}".encode() for letter in "aba"]
    kept = cache_tls.context.cache_info()
    assert (kept.misses, kept.hits) == (1, 2)


def test_what_is_shared_checks_certificate_and_name(local_cloud: LocalCloud) -> None:
    file = local_cloud.ca_file
    made = cache_tls.context(str(file), file.read_bytes())
    assert made.check_hostname
    assert made.verify_mode is ssl.CERT_REQUIRED
    assert len(made.get_ca_certs()) == 1


def test_an_authority_that_takes_the_place_of_another_is_the_one_that_counts(
    local_cloud: LocalCloud, cache: Cache, tmp_path: Path
) -> None:
    file = tmp_path / "ca.pem"
    shutil.copy(local_cloud.ca_file, file)
    assert asked(cache, "a", file)
    another = Home(tmp_path / "another")
    another.make()
    shutil.copy(certificates.authority(another), file)
    with pytest.raises(exceptions.ConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
        asked(cache, "a", file)
