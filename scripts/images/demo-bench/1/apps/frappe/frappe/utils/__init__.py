"""Sites, paths and times."""

import datetime
import os
from zoneinfo import ZoneInfo

from frappe.context import local


def get_bench_path():
    return os.path.dirname(os.path.realpath(local.sites_path))


def get_bench_id():
    """What keeps the queues of two benches on one Redis apart; its default is the same in every container."""
    return local.conf.bench_id or get_bench_path().strip("/").replace("/", "-")


def get_sites(sites_path="."):
    """Real directories with a site_config.json; also the rubbish a failed new-site left (trap 4)."""
    return sorted(
        entry.name
        for entry in os.scandir(sites_path)
        if entry.is_dir(follow_symlinks=False) and os.path.exists(os.path.join(entry.path, "site_config.json"))
    )


def now():
    """The site's own time, in the zone of its System Settings (trap 11: it is in the names of backups)."""
    zone = local.db and local.db.get_single("System Settings", "time_zone")
    return datetime.datetime.now(ZoneInfo(zone or "Asia/Kolkata")).replace(tzinfo=None)


def get_url(site=None):
    """The public URL of a site. A webserver_port in the configuration is appended: production must not set one."""
    if local.conf.host_name:
        return local.conf.host_name.rstrip("/")
    port = local.conf.webserver_port or local.conf.http_port
    return f"http://{site or local.site}" + (f":{port}" if port else "")
