"""The way to the context's cluster: requests as its user, and the check before anything relies on it."""

from __future__ import annotations

import http.client
import ipaddress
import json
import os
import socket
import ssl
from typing import Any, Final

from engine.local_cloud.contexts.kubeconfig import Target
from engine.providers import logins
from engine.providers.port import ProviderError
from stacks.errors import BadInput, CloudFailed, CloudUnreachable, Refused

_SECONDS: Final = 10.0
_WHOSE: Final = "/api/v1/namespaces/kube-system"


class Way:
    """One cluster as one user. Raises BadInput where the context's certificates can't be used."""

    def __init__(self, target: Target, context: str) -> None:
        self.target, self._context = target, context
        self._credentials = logins.of(target.login)
        try:
            self.trust = _trust(target)
        except (ssl.SSLError, ValueError) as error:
            raise BadInput(
                f"The certificates of context `{context}` can't be used.",
                where=target.server,
                why=f"{getattr(error, 'reason', '') or error}.",
                next="Mend the kubeconfig, then the same command.",
            ) from error

    def authorization(self) -> str:
        """The header's value; empty where a certificate says who it is. Raises ProviderError."""
        token = self._credentials.token()
        return f"Bearer {token}" if token else ""

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        """Status and answer. Raises OSError, ProviderError."""
        host, port = self.target.address
        connection = http.client.HTTPSConnection(host, port, timeout=_SECONDS)
        authorization = self.authorization()
        try:
            plain = socket.create_connection((host, port), _SECONDS)
            connection.sock = self.trust.wrap_socket(plain, server_hostname=self.target.name)
            connection.request(
                method,
                self.target.prefix + path,
                body=None if body is None else json.dumps(body),
                headers={
                    "Accept": "application/json",
                    "Content-Type": "application/json",
                    **({"Authorization": authorization} if authorization else {}),
                },
            )
            answer = connection.getresponse()
            return answer.status, _told(answer.read())
        except http.client.HTTPException as error:
            raise OSError(f"it speaks no HTTP ({type(error).__name__})") from error
        finally:
            connection.close()

    def check(self) -> str:
        """Which cluster it is, in a word that no other one has: the UID of its namespace kube-system.

        Raises Refused where it is on the internet, CloudUnreachable where nobody answers, CloudFailed where the
        context's user is not let in or may not see that namespace.
        """
        self._stay_near()
        try:
            status, told = self.call("GET", _WHOSE)
        except OSError as error:
            raise CloudUnreachable(
                f"The cluster of context `{self._context}` does not answer.",
                where=self.target.server,
                why=f"{_why(error)}.",
                next="Start it, then the same command; without it: `tenant local start --kubernetes-context ''`",
            ) from error
        except ProviderError as error:
            raise self._not_let_in(str(error)) from error
        if status != http.client.OK:
            raise self._not_let_in(f"{status} {told.get('message', '')}".strip())
        return str(told["metadata"]["uid"])

    def _not_let_in(self, why: str) -> CloudFailed:
        return CloudFailed(
            f"The cluster of context `{self._context}` refuses the context's credentials.",
            where=self.target.server,
            why=why,
            next="The context's user must administer the cluster: `kubectl auth can-i '*' '*'` says yes.",
        )

    def _stay_near(self) -> None:
        """No call leaves for the internet: a tenant that is tried out has no business in a cluster there."""
        host, port = self.target.address
        try:
            found = {str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
        except OSError:
            return  # the call itself says that there is no such host
        for address in found:
            if ipaddress.ip_address(address.partition("%")[0]).is_global:
                raise Refused(
                    f"The cluster of context `{self._context}` is on the internet.",
                    where=self.target.server,
                    why=f"Its address is {address}. The local cloud is served by clusters of this machine or network.",
                    next="Choose the context of such a cluster: kind, minikube.",
                )


def _trust(target: Target) -> ssl.SSLContext:
    readable = target.authority.encode("ascii", "replace").decode()  # comments between certificates may be anything
    context = ssl.create_default_context(cadata=readable or None)
    if target.login.certificate:
        memory = os.memfd_create("login")  # ssl reads nothing but files, and a key is nothing for a disk
        try:
            os.write(memory, f"{target.login.certificate}\n{target.login.key}".encode())
            context.load_cert_chain(f"/proc/self/fd/{memory}")
        finally:
            os.close(memory)
    return context


def _told(text: bytes) -> dict[str, Any]:
    try:
        return json.loads(text)
    except ValueError:
        return {"message": text.decode(errors="replace")[:200]}


def _why(error: OSError) -> str:
    reason = getattr(error, "verify_message", "") or error.strerror or str(error) or type(error).__name__
    return reason.rstrip(".")
