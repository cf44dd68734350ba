"""What nodes with GPUs do once, before they join: the launch template's user data. Pure."""

from __future__ import annotations

import base64
from typing import Final

from stacks.blueprint.clusters import NodePlan
from stacks.inputs import sharing

_BOUNDARY: Final = "tenant"
# A container that asks for no GPU sees none, whatever its environment says (NVIDIA container toolkit, and issues 61
# and 195 of the device plugin): devices are passed as mounts, which pods can't make themselves.
_ONLY_MOUNTS: Final = (
    "nvidia-ctk config --in-place"
    " --set accept-nvidia-visible-devices-envvar-when-unprivileged=false"
    " --set accept-nvidia-visible-devices-as-volume-mounts=true"
)


def user_data(plan: NodePlan) -> str:
    """The MIME document that EKS joins with its own (EKS UserGuide, launch-templates), base64; empty for none."""
    lines = _lines(plan)
    if not lines:
        return ""
    script = "\n".join(("#!/bin/bash", "set -euo pipefail", *lines))
    document = (
        f'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="{_BOUNDARY}"\n\n--{_BOUNDARY}\n'
        f'Content-Type: text/x-shellscript; charset="us-ascii"\n\n{script}\n\n--{_BOUNDARY}--\n'
    )
    return base64.b64encode(document.encode()).decode()


def _lines(plan: NodePlan) -> tuple[str, ...]:
    if plan.gpu_share:
        return (_ONLY_MOUNTS,)
    if not sharing.is_mig(plan.sharing):
        return ()
    family = plan.instance_types[0].partition(".")[0]
    slices = ",".join([sharing.mig_profile(plan.sharing)] * sharing.parts(plan.sharing, family))
    return ("nvidia-smi -mig 1", f"nvidia-smi mig -cgi {slices} -C")
