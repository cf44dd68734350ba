"""ElastiCache users as Valkey's ACL file. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

# What ElastiCache keeps from every user, whatever the access string says:
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/SupportedCommands.html (restricted commands)
RESTRICTED = (
    *(
        "-config",
        "-debug",
        "-migrate",
        "-psync",
        "-sync",
        "-replicaof",
        "-slaveof",
        "-save",
        "-bgsave",
        "-bgrewriteaof",
    ),
    *("-shutdown", "-module", "-failover"),
    *("-acl|setuser", "-acl|deluser", "-acl|load", "-acl|save", "-acl|log"),
)


def hashed(password: str) -> str:
    """A password as the ACL file keeps it: SHA-256, never in clear."""
    return hashlib.sha256(password.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class User:
    """A user of a cache: its ElastiCache access string, and the hashes of the passwords that let it in."""

    name: str
    access: str
    hashes: tuple[str, ...] = field(default=(), repr=False)
    without_password: bool = False

    def line(self) -> str:
        """The user in the ACL file."""
        secrets = ("nopass",) if self.without_password else tuple(f"#{one}" for one in self.hashes)
        return " ".join(("user", self.name, "reset", *secrets, *self.access.split(), *RESTRICTED))


def acl_file(admin: str, admin_hash: str, users: Sequence[User]) -> str:
    """The whole file. Where nobody is called `default`, the default user is off."""
    lines = [f"user {admin} on #{admin_hash} ~* &* +@all"]
    lines += [user.line() for user in sorted(users, key=lambda user: user.name)]
    if all(user.name != "default" for user in users):
        lines.append("user default off")
    return "\n".join(lines) + "\n"
