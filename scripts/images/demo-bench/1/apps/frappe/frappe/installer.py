"""Makes sites and installs apps on them."""

import dataclasses
import getpass
import hashlib
import importlib
import json
import os
import secrets
import sys
import time

import frappe
from frappe import config, schema
from frappe.context import local
from frappe.database import Database
from frappe.utils.password import update_password
from frappe.utils.synchronization import filelock


@dataclasses.dataclass
class NewSite:
    """The options of `bench new-site`."""

    db_root_username: str = None
    db_root_password: str = None
    db_name: str = None
    db_user: str = None
    db_password: str = None
    db_type: str = "mariadb"
    db_host: str = None
    db_port: int = None
    scope: str = None
    setup_db: bool = True
    admin_password: str = None
    install_app: tuple = ()
    force: bool = False


def root_connection(username, password):
    """Asks on the terminal for what neither options nor configuration say."""
    conf = local.conf
    username = username or conf.root_login or input("Enter mysql super user [root]: ") or "root"
    password = password or conf.root_password or getpass.getpass("MySQL root password: ")
    return Database(conf.db_host, conf.db_port, username, password)


def own_host(root):
    """Where the server sees us come from: the address of this container."""
    return root.get_value("SELECT SUBSTRING_INDEX(USER(), '@', -1)")


def new_site(site, options):
    """Makes a site. Whatever fails on the way leaves directory, database and user behind (trap 4)."""
    if os.path.exists(site) and not options.force:
        print(f"Site {site} already exists")
        sys.exit(1)
    frappe.init(site)
    for folder in ("public/files", "private/files", "private/backups", "locks", "logs"):
        os.makedirs(os.path.join(site, folder), exist_ok=True)
    with filelock("bench_new_site"):
        write_site_config(site, options)
        if options.setup_db:
            create_database_and_user(options)
        frappe.connect()
        check_server_settings()
        if options.force:
            for table in local.db.tables():
                local.db.sql(f"DROP TABLE `{table}`")
        bootstrap(options)
        for app in ["frappe", *options.install_app]:
            install_app(app)
        local.db.set_single("System Settings", "enable_scheduler", "0")
        local.db.commit()
    print("*** Scheduler is disabled ***")


def write_site_config(site, options):
    name = options.db_name or "_" + hashlib.sha1(os.path.realpath(site).encode()).hexdigest()[:16]
    values = {
        "db_name": name,
        "db_password": options.db_password or secrets.token_urlsafe(12),
        "db_type": options.db_type,
        "db_user": options.db_user,
        "db_host": options.db_host,
        "db_port": options.db_port,
    }
    path = config.site_path(site)
    for key, value in (config.load(path) | {k: v for k, v in values.items() if v}).items():
        config.update(path, key, value)
    local.conf = frappe.get_site_config(site_path=site)


def create_database_and_user(options):
    root = root_connection(options.db_root_username or "root", options.db_root_password)
    conf, host = local.conf, options.scope or own_host(root)
    # Trap 4: fails with error 1396 where the user of an earlier try still is, even with --force.
    root.sql("CREATE USER %s@%s IDENTIFIED BY %s", (conf.db_user, host, conf.db_password))
    if root.sql("SHOW DATABASES LIKE %s", (conf.db_name,)):
        if not options.force:
            raise Exception(f"Database {conf.db_name} already exists")
        root.sql(f"DROP DATABASE `{conf.db_name}`")
    root.sql(f"CREATE DATABASE `{conf.db_name}`")
    root.sql(f"GRANT ALL PRIVILEGES ON `{conf.db_name}`.* TO %s@%s", (conf.db_user, host))
    root.close()


def drop_database_and_user(username, password):
    """Drops the user of `%` and of this container's address only; one with another scope stays."""
    root = root_connection(username, password)
    root.sql(f"DROP DATABASE IF EXISTS `{local.conf.db_name}`")
    for host in ("%", own_host(root)):
        root.sql("DROP USER IF EXISTS %s@%s", (local.conf.db_user, host))
    root.close()


def check_server_settings():
    expected = {"character_set_server": "utf8mb4", "collation_server": "utf8mb4_unicode_ci"}
    found = dict(local.db.sql("SHOW VARIABLES WHERE Variable_name IN ('character_set_server', 'collation_server')"))
    for key, value in expected.items():
        if found.get(key) != value:
            print(f"For key {key}. Expected value {value}, found value {found.get(key)}")
            print(f"Creation of your site - {local.site} failed because MariaDB is not properly configured.")
            sys.exit(1)


def bootstrap(options):
    """The tables under everything else, and the administrator."""
    db = local.db
    for statement in schema.BOOKKEEPING:
        db.sql(statement)
    for doctype in schema.doctypes("frappe"):
        if doctype["name"] == "User":
            schema.sync_table(db, doctype)
    for user, kind in (("Administrator", "System User"), ("Guest", "Website User")):
        db.sql(
            "INSERT INTO `tabUser` (name, creation, modified, enabled, first_name, user_type) "
            "VALUES (%s, NOW(6), NOW(6), 1, %s, %s)",
            (user, user, kind),
        )
    password = local.conf.admin_password or options.admin_password or getpass.getpass("Set Administrator password: ")
    update_password("Administrator", password)
    db.set_single("System Settings", "time_zone", "Asia/Kolkata")
    db.commit()


def install_app(app):
    from frappe.migrate import all_patches, record_patch
    from frappe.scheduled_jobs import sync_jobs

    if app not in frappe.get_all_apps():
        raise Exception(f"App {app} not in apps.txt")
    installed = frappe.get_installed_apps()
    if app in installed:
        print(f"App {app} already installed")
        return
    importlib.import_module(app)
    print(f"\nInstalling {app}...")
    schema.sync(local.db, app, lambda done, of: show_progress(app, done, of))
    local.db.set_global("installed_apps", json.dumps([*installed, app]))
    for patch in all_patches(app):
        record_patch(patch)
    sync_jobs()
    local.db.commit()


def show_progress(app, done, of):
    """`Updating DocTypes for frappe : [====    ] 61%`. Lasts DEMO_NEW_SITE_SECONDS when that is set."""
    percent = 100 * done // max(of, 1)
    bar = "=" * (percent * 40 // 100)
    end = "\n" if done == of else ""
    print(f"\rUpdating DocTypes for {app:<20}: [{bar:<40}] {percent}%", end=end, flush=True)
    seconds = float(os.environ.get("DEMO_NEW_SITE_SECONDS") or local.conf.demo_new_site_seconds or 0)
    if done < of and app == "frappe":
        time.sleep(seconds / of)


def uninstall_app(app):
    installed = frappe.get_installed_apps()
    if app not in installed:
        print(f"App {app} not installed on Site {local.site}")
        return
    if app == "frappe":
        raise Exception("The framework cannot be uninstalled")
    print(f"Uninstalling App {app} from Site {local.site}...")
    schema.remove(local.db, app)
    local.db.set_global("installed_apps", json.dumps([name for name in installed if name != app]))
    local.db.sql("DELETE FROM `tabScheduled Job Type` WHERE method LIKE %s", (f"{app}.%",))
    local.db.commit()
    print(f"Uninstalled App {app} from Site {local.site}")
