"""The way into somebody's cluster, tried on a server that tells what it was sent: certificates, upgrades, silence."""

from __future__ import annotations

import asyncio
import datetime
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from engine.local_cloud.contexts import kubeconfig
from engine.local_cloud.contexts.kubeconfig import File
from engine.local_cloud.contexts.passage import Passage
from engine.local_cloud.contexts.way import Way
from engine.local_cloud.home import Home
from engine.local_cloud.network import certificates, ports

HERE = "127.0.0.1"
GET = b"GET /version HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\n\r\n"
UPGRADE = GET.replace(b"\r\n\r\n", b"\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n")


def certify(folder: Path) -> None:
    """A client certificate and its key, as minikube keeps them: in files beside the kubeconfig."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "minikube-user")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(hours=1))
    (folder / "client.crt").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "client.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, none))


@dataclass
class Behind:
    """The server behind the passage, and whether an upgraded connection of it has ended."""

    left: asyncio.Event
    server: asyncio.Server | None = None

    async def end(self) -> None:
        assert self.server is not None
        self.server.close()
        await self.server.wait_closed()


async def answer(behind: Behind, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Whom it sees and what it was sent; upgraded, what comes in goes out in capitals."""
    head = await reader.readuntil(b"\r\n\r\n")
    if b"Upgrade: SPDY" in head:
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\n\r\nhello ")
        while text := await reader.read(100):
            writer.write(text.upper())
        behind.left.set()
    else:
        (subject,) = writer.get_extra_info("peercert")["subject"]
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + subject[0][1].encode() + b"\n" + head)
    writer.close()


def lets_in(token: str) -> bool:
    if token == "unknown":
        raise OSError("nobody reviews tokens")
    return token == "good"


@asynccontextmanager
async def passage(folder: Path) -> AsyncGenerator[tuple[int, Behind, ssl.SSLContext]]:
    """Its port, the server behind it, and what clients trust."""
    home = Home(folder / "home")
    home.make()
    certificates.authority(home)
    certify(folder)
    trust = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trust.load_cert_chain(*certificates.server(home, HERE))
    strict = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=folder / "client.crt")
    strict.load_cert_chain(*certificates.server(home, HERE))
    strict.verify_mode = ssl.CERT_REQUIRED
    port, before = ports.find(2, str(folder))
    behind = Behind(asyncio.Event())
    behind.server = await asyncio.start_server(partial(answer, behind), HERE, port, ssl=strict)
    cluster = {"server": f"https://{HERE}:{port}", "certificate-authority": str(home.ca_file)}
    content = {
        "clusters": [{"name": "c", "cluster": cluster}],
        "users": [{"name": "u", "user": {"client-certificate": "client.crt", "client-key": "client.key"}}],
        "contexts": [{"name": "minikube", "context": {"cluster": "c", "user": "u"}}],
    }
    way = Way(kubeconfig.target([File(folder / "config", content)], "minikube"), "minikube")
    serving = await Passage(way, lets_in).listen(HERE, before, trust)
    try:
        yield before, behind, ssl.create_default_context(cafile=home.ca_file)
    finally:
        serving.close()
        behind.server.close()


async def said(port: int, trust: ssl.SSLContext, request: bytes) -> bytes:
    """The whole answer to a request."""
    reader, writer = await asyncio.open_connection(HERE, port, ssl=trust)
    writer.write(request)
    told = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return told


def test_a_client_certificate_of_the_context_is_shown_and_the_caller_s_token_is_not(tmp_path: Path) -> None:
    async def run() -> bytes:
        async with passage(tmp_path) as (port, _, trust):
            return await said(port, trust, GET)

    told = asyncio.run(run())
    assert b"\r\n\r\nminikube-user\nGET /version" in told
    assert b"good" not in told


def test_an_upgraded_connection_carries_bytes_both_ways_and_ends_with_its_client(tmp_path: Path) -> None:
    async def run() -> bytes:
        async with passage(tmp_path) as (port, behind, trust):
            reader, writer = await asyncio.open_connection(HERE, port, ssl=trust)
            writer.write(UPGRADE)
            await reader.readuntil(b"hello ")
            writer.write(b"ls -l")
            told = await asyncio.wait_for(reader.readexactly(5), 10)
            writer.close()
            await asyncio.wait_for(behind.left.wait(), 10)
            return told

    assert asyncio.run(run()) == b"LS -L"


@pytest.mark.parametrize(
    ("token", "status"),
    [(b"bad", b" 401 "), (b"unknown", b" 503 "), (b"g" * 70_000, b" 431 "), (b"", b" 401 ")],
    ids=["refused", "unchecked", "too long", "none"],
)
def test_who_can_t_be_let_in_gets_an_answer_and_the_server_hears_nothing(
    tmp_path: Path, token: bytes, status: bytes
) -> None:
    async def run() -> bytes:
        async with passage(tmp_path) as (port, _, trust):
            return await said(port, trust, GET.replace(b"good", token) + b"x" * 1000)

    told = asyncio.run(run())
    assert status in told.partition(b"\r\n")[0]
    assert b"minikube-user" not in told


def test_a_server_that_is_gone_is_told_as_unavailable(tmp_path: Path) -> None:
    async def run() -> bytes:
        async with passage(tmp_path) as (port, behind, trust):
            await behind.end()
            return await said(port, trust, GET)

    assert b" 503 " in asyncio.run(run()).partition(b"\r\n")[0]
