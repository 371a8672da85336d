"""A small stand-in for the Frappe framework: what an operator of benches touches of it, and nothing else."""

import importlib
import json
import os

from frappe import config
from frappe.context import connect, destroy, init, local  # noqa: F401

__version__ = "16.1.0"


def __getattr__(name):
    """`frappe.db`, `frappe.conf` and `frappe.session` are those of the current site."""
    if name in ("db", "conf", "session", "flags"):
        return getattr(local, name)
    raise AttributeError(f"module 'frappe' has no attribute '{name}'")


def whitelist(function):
    """Marks what may be called as /api/method/<dotted name>."""
    function.whitelisted = True
    return function


def get_all_apps(sites_path="."):
    """The apps of sites/apps.txt, which need not be those of the image."""
    with open(os.path.join(sites_path, "apps.txt")) as file:
        return [line.strip() for line in file if line.strip()]


def get_installed_apps():
    """What the site's database says: the truth, unlike `list-apps` (trap 10)."""
    return json.loads(local.db.get_global("installed_apps") or "[]")


def get_attr(dotted):
    module, _, name = dotted.rpartition(".")
    return getattr(importlib.import_module(module), name)


def get_site_config(sites_path=None, site_path=None):
    """What the files say for a site; every configuration is read through this, so that others may wrap it."""
    site = os.path.basename(site_path) if site_path else local.site or ""
    return config.read(site, sites_path or local.sites_path or ".")


def get_conf(site=""):
    return config.read(site or local.site or "", local.sites_path)


def get_site_path(*parts):
    return os.path.join(local.sites_path, local.site, *parts)
