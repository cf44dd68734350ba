"""By no request, whatever is in it, does a tenant write to what all read."""

from __future__ import annotations

from operations.isolation import proving
from operations.isolation.assertions import shared_models_read_only
from operations.isolation.model import Assertion, Level, Report
from operations.isolation.ports import Case
from stacks.resources.object_store.spec import ObjectStoreSpec

ASSERTION = Assertion(
    id="proof-models-read-only",
    numbers=(1, 2),
    claim="No request exists by which a role changes the cell's model cache, or reads a folder it is not given.",
    kind="object_store",
    level=Level.PROOF,
    answers=("object_store.SHARED_MODELS_READ_ONLY",),
    control="A request exists by which it reads a folder that it is given.",
    remedy="Look at the policy that is named as letting it through: `tenant shared apply --refresh` puts it back.",
)

applies = shared_models_read_only.applies


def check(case: Case) -> Report:
    """Over the whole bucket, and over a folder that no profile names."""
    a, who = case.a, proving.role(case, case.a)
    given = a.blueprint.of(ObjectStoreSpec).shared_models[0]
    whole, other = proving.models(case, a, "*"), proving.models(case, a, f"{shared_models_read_only.OTHER}/*")
    return Report(
        (proving.asked(f"objects of {given}", who, ("s3:GetObject",), [proving.models(case, a, f"{given}/*")]),),
        (
            proving.asked("writing", who, ("s3:Put*", "s3:Delete*", "s3:Restore*", "s3:Abort*"), [whole]),
            proving.asked("another folder", who, ("s3:GetObject", "s3:GetObjectVersion"), [other]),
        ),
    )
