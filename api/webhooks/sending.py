"""One delivery over HTTP, to no address inside the operator's network unless that is allowed."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

import httpx

TIMEOUT_SECONDS: Final = 10.0
_NAT64 = 96


class ForbiddenAddress(httpx.TransportError):
    """The host is, or resolves to, an address that webhooks may not reach."""


def is_public(address: str) -> bool:
    """Tell whether an address is on the public internet.

    >>> [is_public(one) for one in ("93.184.215.14", "127.0.0.1", "10.1.2.3", "169.254.169.254", "::ffff:10.0.0.1")]
    [True, False, False, False, False]
    """
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if inner is None and int(found) >> 32 == int(IPv6Address("64:ff9b::")) >> 32:
            inner = IPv4Address(int(found) & 0xFFFFFFFF)
        found = inner or found
    return found.is_global and not found.is_multicast


async def addresses_of(url: httpx.URL, *, allow_private: bool) -> list[str]:
    """Return the addresses of a URL's host; raise `ForbiddenAddress` or `httpx.ConnectError`."""
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise httpx.ConnectError("the host is not known") from problem
    addresses = [str(entry[4][0]) for entry in found]
    if not allow_private and not all(map(is_public, addresses)):
        raise ForbiddenAddress("the host is inside a private network; see STORYFOLD_WEBHOOKS_PRIVATE")
    return addresses


class GuardedTransport(httpx.AsyncHTTPTransport):
    """Connects to an address that was checked, and not to what a second look-up of the name would give.

    Connections are not kept: one made for a name would be used for another at the same address.
    """

    def __init__(self, *, allow_private: bool) -> None:
        super().__init__(limits=httpx.Limits(max_keepalive_connections=0))
        self._allow_private = allow_private

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; its Host header and the name in its certificate stay what they are."""
        address = (await addresses_of(request.url, allow_private=self._allow_private))[0]
        request.extensions = {**request.extensions, "sni_hostname": request.url.host}
        request.url = request.url.copy_with(host=address)
        return await super().handle_async_request(request)


def sender(*, allow_private: bool) -> httpx.AsyncClient:
    """Return a client for deliveries: no redirects, no proxies, no cookies kept that matter."""
    transport = GuardedTransport(allow_private=allow_private)
    return httpx.AsyncClient(transport=transport, timeout=TIMEOUT_SECONDS, trust_env=False, follow_redirects=False)


async def deliver(client: httpx.AsyncClient, url: str, headers: dict[str, str], body: bytes) -> int | str:
    """Send a delivery; return the status of the answer, whose body is not read, or why there was none."""
    try:
        async with (
            asyncio.timeout(TIMEOUT_SECONDS),
            client.stream("POST", url, headers=headers, content=body) as answer,
        ):
            return answer.status_code
    except TimeoutError:
        return "no answer in time"
    except ForbiddenAddress as problem:
        return str(problem)
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        return type(problem).__name__
