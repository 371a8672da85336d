"""Backups: the database, the files of a site and its configuration, under Frappe's file names."""

import glob
import os
import secrets
import shlex
import shutil
import subprocess
import time

import frappe
from frappe import config
from frappe.context import local
from frappe.database import tls
from frappe.utils import now


def backup_folder():
    return frappe.get_site_path("private", "backups")


def client(program):
    """A MariaDB client program for the site's database; its password travels in the environment."""
    conf = local.conf
    arguments = [program, f"--user={conf.db_user}", f"--host={conf.db_host}", f"--port={conf.db_port}"]
    arguments += [f"--ssl-{name}={path}" for name, path in (tls(conf) or {}).items()]
    return shlex.join(arguments), {**os.environ, "MYSQL_PWD": conf.db_password}


def run(command, environment=None):
    subprocess.run(["bash", "-o", "pipefail", "-c", command], check=True, env=environment)


def encryption_key():
    """Trap 11: made on the first use, after the copy of the configuration was written."""
    if not local.conf.backup_encryption_key:
        local.conf["backup_encryption_key"] = secrets.token_urlsafe(32)
        config.update(config.site_path(local.site), "backup_encryption_key", local.conf.backup_encryption_key)
    return local.conf.backup_encryption_key


def delete_old_backups():
    """Whatever is older than keep_backups_for_hours in the site's own folder goes before a new backup is made."""
    oldest = time.time() - 3600 * float(local.conf.keep_backups_for_hours or 24)
    for path in glob.glob(f"{backup_folder()}/*"):
        if os.path.getmtime(path) < oldest:
            os.remove(path)


def take_backup(with_files=False, folder=None, compress=False):
    delete_old_backups()
    folder = folder or backup_folder()
    os.makedirs(folder, exist_ok=True)
    encrypt = local.db.get_single("System Settings", "encrypt_backup") == "1"
    enc = "-enc" if encrypt else ""
    start = os.path.join(folder, f"{now():%Y%m%d_%H%M%S}-{local.site.replace('.', '_')}")
    extension = "tgz" if compress else "tar"
    paths = {"Config": f"{start}-site_config_backup{enc}.json", "Database": f"{start}-database{enc}.sql.gz"}

    dump_database(paths["Database"])
    shutil.copyfile(config.site_path(local.site), paths["Config"])
    if with_files:
        paths["Public"] = f"{start}-files{enc}.{extension}"
        paths["Private"] = f"{start}-private-files{enc}.{extension}"
        for kind in ("Public", "Private"):
            flags = "-czf" if compress else "-cf"
            run(shlex.join(["tar", flags, paths[kind], f"./{local.site}/{kind.lower()}/files"]))
    if encrypt:
        for kind in paths.keys() - {"Config"}:
            encrypt_file(paths[kind])
    print(f"Backup Summary for {local.site} at {now()}")
    for kind, path in paths.items():
        print(f"{kind:8}: {os.path.abspath(path)} {os.path.getsize(path) / 1024:.1f}KiB")
    return paths


def dump_database(path):
    command, environment = client("mariadb-dump")
    about = f"begin frappe metadata\n[frappe]\nversion = {frappe.__version__}\nbranch = N/A\nend frappe metadata\n"
    header = "".join(f"-- {line}\n" for line in about.split("\n"))
    dump = f"{command} --single-transaction --quick --lock-tables=false {shlex.quote(local.conf.db_name)}"
    run(f"{{ printf %s {shlex.quote(header)}; {dump}; }} | gzip >{shlex.quote(path)}", environment)


def gpg(key, *arguments):
    command = ["gpg", "--yes", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase-fd", "0", *arguments]
    return subprocess.run(command, input=key.encode())


def encrypt_file(path):
    gpg(encryption_key(), "--symmetric", path).check_returncode()
    os.rename(f"{path}.gpg", path)
