"""What a user of a cache may do, as ElastiCache writes it: an access string, without a password.

Commands are let in by the type of data that they work on, one by one where they work on any. A category that says no
more than read or write lets in what looks past keys: FUNCTION LOAD replaces everybody's code, and a module brings its
own. Of a connection's commands CLIENT TRACKING is left out: in its broadcasting mode it tells the names of all keys
that anybody writes, in all databases, whatever the patterns say (Valkey, "Client side caching").
"""

from __future__ import annotations

from typing import Final

OWN_ACCESS: Final = "on ~* &* +@all -@admin -@dangerous"
"""The group is the tenant's own: all keys and channels, but nothing that changes or empties the server."""

_WITHIN: Final = (
    "on db={database} resetchannels ~{keys} &{channels}* -@all "
    "+@string +@hash +@list +@set +@sortedset +@bitmap +@hyperloglog +@geo +@stream {more} "
    "+@transaction +@pubsub +@connection -@admin -@dangerous -pubsub -client|tracking"
)
_OF_ONE_KEY: Final = "+del +unlink +exists +type +touch +expire +expireat +pexpire +pexpireat +persist +ttl +pttl"
_OF_ALL_KEYS: Final = "+@keyspace"
_EMPTIES: Final = " +flushdb"

DEPLOYER_ACCESS: Final = "on alldbs resetchannels ~* -@all +ping +select +scan +unlink +flushdb"
"""Whoever takes away what a tenant leaves in a cache that others share: it finds keys, and never reads them."""


def within(prefix: str, database: int) -> str:
    """Keys and channels that begin with this, in one numbered database, and nothing that tells others' names.

    SCAN, RANDOMKEY, DBSIZE and PUBSUB look at all keys and channels, whatever the patterns say (Valkey, ACL).
    """
    return _WITHIN.format(database=database, keys=f"{prefix}*", channels=prefix, more=_OF_ONE_KEY)


def alone_in(database: int, channels: str) -> str:
    """All keys of one numbered database (Valkey 9.1, `db=`), which may be looked through and emptied.

    Channels are the server's, whichever database is selected: they begin with `channels`.
    """
    whole = _WITHIN.format(database=database, keys="*", channels=channels, more=_OF_ALL_KEYS)
    return whole + _EMPTIES
