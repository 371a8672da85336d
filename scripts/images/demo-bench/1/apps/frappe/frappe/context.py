"""The current site: one per thread, as gunicorn serves several sites from the threads of one process."""

import threading
from types import SimpleNamespace

from frappe import config


class Local(threading.local):
    def __init__(self):
        self.sites_path = "."
        self.clear()

    def clear(self):
        self.site = None
        self.conf = config.Conf()
        self.db = None
        self.session = SimpleNamespace(user="Guest", sid=None)
        self.flags = SimpleNamespace(touched_tables=None)


local = Local()


def init(site="", sites_path=".", force=True, **_ignored):
    """Chooses a site. An unknown one has an empty configuration, and only `connect` fails."""
    if local.db:
        destroy()
    local.clear()
    local.site, local.sites_path = site, sites_path
    import frappe

    local.conf = frappe.get_site_config(sites_path, site)


def connect(set_admin_as_user=True, **_ignored):
    from frappe.database import Database, tls

    conf = local.conf
    local.db = Database(conf.db_host, conf.db_port, conf.db_user, conf.db_password, conf.db_name, tls(conf))
    if set_admin_as_user:
        local.session.user = "Administrator"


def destroy():
    if local.db:
        local.db.close()
    local.clear()
