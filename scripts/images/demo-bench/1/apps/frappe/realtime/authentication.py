"""Asks the site who a client is: by HTTP, at the Origin the client's browser names (trap 8)."""

import os
import ssl
from http.cookies import SimpleCookie

import aiohttp
from frappe import config


class Refused(Exception):
    pass


def hostname(url):
    """`host` of `scheme://host:port/path` or `host:port`."""
    return url.partition("://")[2].partition("/")[0].partition(":")[0] if "://" in url else url.partition(":")[0]


def site_of(header):
    """The site of a handshake: from X-Frappe-Site-Name, else Origin, else Host; on loopback the default site."""
    default = config.read(sites_path="sites").default_site
    if name := header("X-Frappe-Site-Name"):
        return hostname(name)
    if default and hostname(header("Host")) in ("localhost", "127.0.0.1"):
        return default
    return hostname(header("Origin") or header("Host"))


async def authenticate(environ, namespace):
    def header(name):
        return environ.get("HTTP_" + name.upper().replace("-", "_"), "")

    if namespace.removeprefix("/") != site_of(header):
        raise Refused("Invalid namespace")
    if hostname(header("Host")) != hostname(header("Origin")):
        raise Refused("Invalid origin")
    cookie = SimpleCookie(header("Cookie")).get("sid")
    sid = cookie and cookie.value
    if not sid and not header("Authorization"):
        raise Refused("No authentication method used. Use cookie or authorization header.")
    sent = {"Cookie": f"sid={sid}"} if sid else {"Authorization": header("Authorization")}
    return await user_info(header("Origin"), sent)


async def user_info(origin, headers):
    try:
        timeout = aiohttp.ClientTimeout(total=10)
        async with aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as session:
            url = f"{origin}/api/method/frappe.realtime.get_user_info"
            async with session.get(url, headers=headers, ssl=trust()) as response:
                return (await response.json())["message"]
    except (aiohttp.ClientError, TimeoutError, OSError, KeyError, ValueError) as error:
        raise Refused(f"Unauthorized: {type(error).__name__}: {error}") from error


def trust():
    """node knows a private CA only through this variable."""
    context = ssl.create_default_context()
    if path := os.environ.get("NODE_EXTRA_CA_CERTS"):
        context.load_verify_locations(path)
    return context
