"""Where a local cloud keeps everything it writes: one folder, owner only.

settings.json   ports, root key, account: made at the first start and kept, so endpoints outlive restarts
kubernetes-context.json   whose cluster serves EKS clusters, where it is not ours
wanted          `up` or `down`: what the supervisor and its watchers make true
ca.pem tls/     the certificate authority and a certificate for each server
servers/        one folder for each real PostgreSQL and Valkey, with what is wanted of it
moto/ ministack/ s3/   the emulators' state
logs/           what each process said
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from engine.local_cloud import locks
from engine.local_cloud.network import ports

ACCOUNT = "123456789012"
REGION = "us-east-1"


def write(path: Path, data: bytes | str, mode: int = 0o600) -> None:
    """Replace a file whole or not at all, and have it on disk before the call returns."""
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    content = data.encode() if isinstance(data, str) else data
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def read_json(path: Path) -> Any:
    """The content of a JSON file, None where there is none."""
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        return None


@dataclass(frozen=True, slots=True)
class Settings:
    """What lasts over restarts. `link` is the secret the cloud's own processes know each other by."""

    moto_port: int
    ministack_port: int
    ministack_plain_port: int
    refusal_port: int
    access_key: str
    secret_key: str = field(repr=False)
    link: str = field(repr=False)
    account: str = ACCOUNT
    region: str = REGION

    @property
    def moto(self) -> str:
        """Endpoint of the emulator that serves EC2, RDS and the tagging API."""
        return f"http://127.0.0.1:{self.moto_port}"

    @property
    def ministack(self) -> str:
        """Endpoint of the emulator that serves everything else, over TLS."""
        return f"https://127.0.0.1:{self.ministack_port}"

    @property
    def ministack_plain(self) -> str:
        """The same without TLS, for the cloud's own parts: `aws:SecureTransport` is false there."""
        return f"http://127.0.0.1:{self.ministack_plain_port}"

    @property
    def refusal(self) -> str:
        """Endpoint that answers for services which are not in the local cloud: with a refusal."""
        return f"http://127.0.0.1:{self.refusal_port}"


class Home:
    """The folder of one local cloud."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    def make(self) -> None:
        """Make the folders that every part expects; harmless when they are there."""
        for folder in (self.folder, self.logs, self.tls, self.locks, self.servers, self.temporary):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def settings_file(self) -> Path:
        """Ports and keys."""
        return self.folder / "settings.json"

    @property
    def context_file(self) -> Path:
        """The context of a kubeconfig whose cluster serves EKS clusters; not there where our own do."""
        return self.folder / "kubernetes-context.json"

    @property
    def ca_file(self) -> Path:
        """The certificate authority that all clients verify against."""
        return self.folder / "ca.pem"

    @property
    def tls(self) -> Path:
        """Keys and certificates."""
        return self.folder / "tls"

    @property
    def locks(self) -> Path:
        """Lock files; a lock is held by a live process and dies with it."""
        return self.folder / "locks"

    @property
    def logs(self) -> Path:
        """What each process said."""
        return self.folder / "logs"

    @property
    def servers(self) -> Path:
        """One folder for each kind of real server, one below it for each server."""
        return self.folder / "servers"

    @property
    def snapshots(self) -> Path:
        """Copies of servers' data, by kind and name."""
        return self.folder / "snapshots"

    @property
    def temporary(self) -> Path:
        """TMPDIR of the emulators."""
        return self.folder / "tmp"

    @property
    def wanted_file(self) -> Path:
        """Says `up` while the cloud shall run: who finds a part dead brings it back only then."""
        return self.folder / "wanted"

    @property
    def ready_file(self) -> Path:
        """Holds the pid of the supervisor for which everything has answered."""
        return self.folder / "ready"

    def wanted(self) -> bool:
        """Whether the cloud shall be running."""
        try:
            return self.wanted_file.read_text() == "up"
        except FileNotFoundError:
            return False

    def settings(self) -> Settings | None:
        """What was chosen at the first start; None before it."""
        known = read_json(self.settings_file)
        return Settings(**known) if known else None

    def choose_settings(self) -> Settings:
        """The kept settings, or new ones. Ports that someone else has taken meanwhile are chosen anew."""
        with locks.held(self.locks / "settings"):
            known = self.settings()
            if known and all(ports.is_free(port) or locks.is_held(self.locks / who) for who, port in _ports(known)):
                return known
            moto, ministack, plain, refusal = ports.find(4, str(self.folder))
            fresh = Settings(
                moto_port=moto,
                ministack_port=ministack,
                ministack_plain_port=plain,
                refusal_port=refusal,
                access_key=known.access_key if known else "AKIALOCAL" + secrets.token_hex(6).upper()[:11],
                secret_key=known.secret_key if known else secrets.token_urlsafe(30),
                link=secrets.token_urlsafe(24),
            )
            write(self.settings_file, json.dumps(asdict(fresh), indent=1))
            return fresh


def _ports(settings: Settings) -> tuple[tuple[str, int], ...]:
    """Each port with the lock of the process that may sit on it."""
    return (
        ("moto", settings.moto_port),
        ("ministack", settings.ministack_port),
        ("ministack", settings.ministack_plain_port),
        ("gateway", settings.refusal_port),
    )
