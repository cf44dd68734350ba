"""A local AWS on loopback: two emulators, one a service, with real servers behind RDS and ElastiCache.

cloud.py        LocalCloud: what the commands and tests use
supervisor.py   the process that keeps everything as it shall be; supervision.py emulators.py watch.py processes.py
home.py         the one folder that everything is written to; locks.py between processes
routing.py      which service is served by what; refusal.py answers for all others: nothing leaves
network/        addresses, ports, certificates, the gateway that adds TLS
servers/        a PostgreSQL for each RDS instance, a Valkey for each cache shard, and mending them
kubernetes/     the control plane behind EKS clusters, and its build; contexts/ somebody's cluster instead
moto_side/      process 1: EC2, RDS, tagging …: moto's own app with hooks
ministack_side/ process 2: IAM, KMS, S3, ElastiCache, secrets …: MiniStack's own app with hooks
faults/         calls that fail, hang, lose their answer or stay in `creating` when a test wants it
"""

from __future__ import annotations

from engine.local_cloud.cloud import LocalCloud
from engine.local_cloud.environment import Cache, Database, LocalEnvironment, Part
from engine.local_cloud.faults.model import ApiFault

__all__ = ["ApiFault", "Cache", "Database", "LocalCloud", "LocalEnvironment", "Part"]
