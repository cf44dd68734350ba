"""An error as each protocol writes it, so that SDKs read its code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from engine.local_cloud import routing
from engine.local_cloud.faults import shapes

_REQUEST_ID = "00000000-0000-4000-8000-000000000000"
_SERVER_SIDE = ("Internal", "ServiceUnavailable", "ServiceFailure", "InsufficientInstanceCapacity")


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body of an HTTP answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def error(service: str, code: str, message: str, status: int = 0) -> Answer:
    """The refusal of a call in the protocol of its service; the status is the service's own for the code."""
    status = status or _status(service, code)
    text = escape(message)
    plain = f"<Code>{escape(code)}</Code><Message>{text}</Message>"
    headers: tuple[tuple[str, str], ...] = ()
    match _protocol(service):
        case "ec2":
            kind = "text/xml"
            body = f"<Response><Errors><Error>{plain}</Error></Errors><RequestID>{_REQUEST_ID}</RequestID></Response>"
        case "query":
            kind = "text/xml"
            whole = f"<Error><Type>Sender</Type>{plain}</Error><RequestId>{_REQUEST_ID}</RequestId>"
            body = f"<ErrorResponse>{whole}</ErrorResponse>"
        case "rest-xml" if service == "s3":
            kind, body = "application/xml", f"<Error>{plain}<RequestId>{_REQUEST_ID}</RequestId></Error>"
        case "rest-xml":
            kind, body = "application/xml", f"<ErrorResponse><Error>{plain}</Error></ErrorResponse>"
        case _:
            kind, body = "application/x-amz-json-1.1", json.dumps({"__type": code, "message": message})
            headers = (("x-amzn-errortype", code),)
    content = body.encode()
    return Answer(status, (("Content-Type", kind), ("Content-Length", str(len(content))), *headers), content)


def _protocol(service: str) -> str:
    return str(shapes.service(service).protocol) if service in routing.BY_NAME else "json"


def _status(service: str, code: str) -> int:
    """400, or what the service's model says of the code, or 503 for the codes that mean the far side failed."""
    if service in routing.BY_NAME:
        for shape in shapes.service(service).error_shapes:
            declared: dict[str, Any] = shape.metadata.get("error", {})
            if code in (shape.name, declared.get("code")) and "httpStatusCode" in declared:
                return int(declared["httpStatusCode"])
    return 503 if code.startswith(_SERVER_SIDE) or code == "SlowDown" else 400
