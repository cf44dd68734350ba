"""What botocore raises, said in the provider's own words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, cast

from engine.providers.aws.permissions import denials
from engine.providers.port import AnswerLost, ProviderError

Answer = dict[str, Any]

_NOT_FOUND: Final = re.compile(
    r"NoSuch|NotFound|NotFoundFault|^ResourceNotFound|^WAFNonexistentItem|NonExistentQueue$|^QueueDoesNotExist"
)
_THROTTLED: Final = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "BandwidthLimitExceeded",
        "LimitExceededException.Throttling",
        "PriorRequestNotComplete",
        "SlowDown",
    }
)
# Mostly not looked at, but AWS does not promise that: worth another try only where a second send does no harm.
_UNAVAILABLE: Final = frozenset({"503", "ServiceUnavailable", "ServiceUnavailableException", "Unavailable"})
# An internal error says nothing about whether the request took effect.
_UNTOLD: Final = frozenset({"500", "502", "504", "InternalError", "InternalFailure", "InternalServerError"})
# A principal that was made a second ago may not be known to the next service yet.
_YOUNG_PRINCIPAL: Final = re.compile(r"principal", re.IGNORECASE)
# Nor may a service be able to take on a role yet: Backup's and CloudTrail's words for it, under codes of all kinds.
_YOUNG_ROLE: Final = re.compile(r"cannot be assumed|check the trust relationships", re.IGNORECASE)


class CloudRefused(ProviderError):
    """The cloud answered no. `code` is AWS's error code."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code

    @property
    def not_found(self) -> bool:
        """Whether the answer was that the thing does not exist."""
        return bool(_NOT_FOUND.search(self.code))

    @property
    def throttled(self) -> bool:
        """Whether the request was not looked at, and may be sent again."""
        return self.code in _THROTTLED

    @property
    def unavailable(self) -> bool:
        """Whether the service was not there, without a word on whether the request took effect."""
        return self.code in _UNAVAILABLE

    @property
    def young_principal(self) -> bool:
        """Whether a policy names a principal, or a request a role, that is not known yet."""
        said = str(self)
        return bool("Policy" in self.code and _YOUNG_PRINCIPAL.search(said)) or bool(_YOUNG_ROLE.search(said))


class CloudSilent(ProviderError):
    """Nothing answers at the endpoint: the request was not sent."""


def send(service: str, operation: str, request: Callable[[], Any], *, changes: bool) -> Answer:
    """Make one request. Raises CloudRefused, CloudSilent, and AnswerLost where `changes` and nobody knows."""
    from botocore import exceptions as boto

    called = f"{service} {operation}"
    try:
        return cast("Answer", request())
    except boto.ClientError as error:
        raise _refused(service, operation, cast("Answer", error.response), changes=changes) from error
    except boto.ParamValidationError as error:
        # from None: the cause prints the value, which may be a secret
        raise ProviderError(f"{called} can't be sent: {_malformed(str(error))}.") from None
    except (boto.EndpointConnectionError, boto.ConnectTimeoutError, boto.ProxyConnectionError) as error:
        raise CloudSilent(f"{called} could not be sent: nothing answers at {_endpoint(error)}.") from error
    except boto.NoCredentialsError as error:
        raise ProviderError(f"{called} could not be sent: no AWS credentials were found.") from error
    except boto.SSLError as error:
        raise CloudSilent(f"{called} could not be sent: {_one_line(str(error))}") from error
    except (boto.HTTPClientError, boto.ReadTimeoutError, boto.IncompleteReadError, boto.ConnectionError) as error:
        raise _lost(called, type(error).__name__, changes=changes) from error
    except boto.BotoCoreError as error:
        raise _lost(called, type(error).__name__, changes=changes) from error
    except Exception as error:
        # botocore's parsers raise a plain class of their own on an answer that was cut off.
        if type(error).__name__ != "ResponseParserError":
            raise
        raise _lost(called, "unreadable answer", changes=changes) from error


def _refused(service: str, operation: str, answer: Answer, *, changes: bool) -> ProviderError:
    called, error = f"{service} {operation}", cast("Answer", answer.get("Error") or {})
    code = str(error.get("Code") or "Unknown")
    text = _one_line(str(error.get("Message") or "")) or "no reason given"
    if changes and code in _UNTOLD:
        return AnswerLost(f"{called} answered {code}: {text}; it may have been accepted.")
    text = denials.sentence(service, operation, code, text)
    return CloudRefused(f"{called} refused: {code}: {text}", code)


def _lost(called: str, why: str, *, changes: bool) -> ProviderError:
    if changes:
        return AnswerLost(f"{called} was sent and its answer was lost ({why}); it may have been accepted.")
    return ProviderError(f"{called} was not answered ({why}).")


def _endpoint(error: Exception) -> str:
    values = cast("Answer", getattr(error, "kwargs", {}))
    return str(values.get("endpoint_url") or values.get("proxy_url") or "its endpoint")


def _malformed(report: str) -> str:
    """botocore's report with the places and the types it wants, never a value: only what the patterns take is told."""
    told = [f"{place} needs {_types(report, start)}" for place, start in _places(_WRONG_TYPE, report)]
    told += [f"{match[2]} of {match[1]} is missing" for match in _MISSING.finditer(report)]
    told += [f"{match[1]} has no member {match[2]}" for match in _UNKNOWN_MEMBER.finditer(report)]
    told += [f"{place} is too short, too long or out of range" for place, _ in _places(_OUT_OF_BOUNDS, report)]
    return "; ".join(told) or "a parameter is malformed"


def _places(pattern: re.Pattern[str], report: str) -> list[tuple[str, int]]:
    return [(match[1], match.end()) for match in pattern.finditer(report)]


def _types(report: str, start: int) -> str:
    found = _VALID_TYPES.search(report, start)
    return " or ".join(_CLASS.findall(found[1])) if found else "another type"


_WRONG_TYPE: Final = re.compile(r"^Invalid type for parameter ([\w.\[\]-]+), value:", re.MULTILINE)
_OUT_OF_BOUNDS: Final = re.compile(r"^Invalid (?:length|range) for parameter ([\w.\[\]-]+), value:", re.MULTILINE)
_MISSING: Final = re.compile(r'^Missing required parameter in ([\w.\[\]-]+): "(\w+)"$', re.MULTILINE)
_UNKNOWN_MEMBER: Final = re.compile(r'^Unknown parameter in ([\w.\[\]-]+): "(\w+)"', re.MULTILINE)
_CLASS: Final = re.compile(r"<class '([\w.]+)'>")
_VALID_TYPES: Final = re.compile(r"valid types: ((?:<class '[\w.]+'>(?:, )?)+)$", re.MULTILINE)


def _one_line(text: str) -> str:
    return " ".join(text.split())
