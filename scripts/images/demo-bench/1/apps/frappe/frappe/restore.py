"""Restoring: drops the database and imports a dump, unpacks files over what is there."""

import contextlib
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

import click

import frappe
from frappe import backups
from frappe.context import connect, local
from frappe.installer import install_app, own_host, root_connection
from frappe.utils.password import update_password


@contextlib.contextmanager
def decrypted(path, key):
    """The path itself, or that of a temporary plain copy."""
    kind = subprocess.run(["file", "-b", path], capture_output=True, text=True, check=True).stdout
    if "cipher" not in kind and "encrypted" not in kind:
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        plain = os.path.join(folder, os.path.basename(path))
        if backups.gpg(key or backups.encryption_key(), "--output", plain, "--decrypt", path).returncode:
            print("Decryption failed. Please provide a valid key and try again.")
            sys.exit(1)
        yield plain


def restore_database(path, options):
    if not os.path.exists(path):
        print(f"File {path} not found.")
        sys.exit(1)
    with decrypted(path, options["encryption_key"]) as plain:
        if is_downgrade(plain) and not options["force"]:
            click.confirm("This is not recommended. Do you want to continue anyway?", abort=True)
        recreate_database(options["db_root_username"], options["db_root_password"])
        command, environment = backups.client("mariadb")
        reader = "gzip -cd" if plain.endswith(".gz") else "cat"
        backups.run(f"{reader} {shlex.quote(plain)} | {command} {shlex.quote(local.conf.db_name)}", environment)
    connect()
    if "tabDefaultValue" not in local.db.tables():
        print("Table 'tabDefaultValue' missing in the restored site.")
        sys.exit(1)
    remove_missing_apps()
    if password := options["admin_password"] or local.conf.admin_password:
        update_password("Administrator", password)
    for app in options["install_app"]:
        install_app(app)
    local.db.commit()


def numbers(version):
    return tuple(int(part) for part in re.findall(r"\d+", version))


def is_downgrade(path):
    reader = ["gzip", "-cd", path] if path.endswith(".gz") else ["cat", path]
    with subprocess.Popen(reader, stdout=subprocess.PIPE, text=True, errors="replace") as process:
        head = process.stdout.read(2000)
        process.kill()
    match = re.search(r"^-- version = (\S+)", head, re.MULTILINE)
    if not match or numbers(match[1]) <= numbers(frappe.__version__):
        return False
    print(f"Your site will be downgraded from Frappe {match[1]} to {frappe.__version__}")
    return True


def recreate_database(username, password):
    """Trap 2: no scope can be given, so every run adds a user of this container's address."""
    root = root_connection(username or "root", password)
    conf, host = local.conf, own_host(root)
    known = root.sql("SELECT 1 FROM mysql.user WHERE user=%s AND host=%s", (conf.db_user, host))
    verb = "ALTER" if known else "CREATE"
    root.sql(f"{verb} USER %s@%s IDENTIFIED BY %s", (conf.db_user, host, conf.db_password))
    root.sql(f"DROP DATABASE IF EXISTS `{conf.db_name}`")
    root.sql(f"CREATE DATABASE `{conf.db_name}`")
    root.sql(f"GRANT ALL PRIVILEGES ON `{conf.db_name}`.* TO %s@%s", (conf.db_user, host))
    root.close()


def remove_missing_apps():
    """An app of the dump that apps.txt does not have is taken from the list of installed ones; its tables stay."""
    available = frappe.get_all_apps()
    local.db.set_global("installed_apps", json.dumps([app for app in frappe.get_installed_apps() if app in available]))


def restore_files(path, key):
    """Unpacks over what is there: nothing is removed first (trap 11). In the archive the site may have another name."""
    print(f"Extracting {path}")
    with decrypted(path, key) as plain:
        backups.run(shlex.join(["tar", "-xf", plain, "-C", local.site, "--strip-components=2"]))
