"""Prints, as one line of JSON, what a bench image contains; runs without a network in a container of the image."""
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

BENCH = "/home/frappe/frappe-bench"


def version(app):
    try:
        with open(f"{BENCH}/apps/{app}/{app}/__init__.py") as file:
            found = re.search(r"""^__version__\s*=\s*["']([^"']+)""", file.read(), re.MULTILINE)
    except FileNotFoundError:
        return None
    return found.group(1) if found else "unknown"


def schema(app):
    """A digest of the patches and of every doctype's schema: where two differ, sites need a migration."""
    digest = hashlib.sha256()
    root = f"{BENCH}/apps/{app}/{app}"
    for path in [f"{root}/patches.txt", *sorted(glob.glob(f"{root}/**/doctype/*/*.json", recursive=True))]:
        if os.path.isfile(path):
            digest.update(os.path.relpath(path, root).encode() + b"\0")
            with open(path, "rb") as file:
                digest.update(file.read())
    return digest.hexdigest()


def new_site_help():
    done = subprocess.run(
        [sys.executable, "-m", "frappe.utils.bench_helper", "frappe", "new-site", "--help"],
        cwd=f"{BENCH}/sites", capture_output=True, text=True, check=False,
    )
    return done.stdout


def database_tls():
    """What the framework wants for TLS to its database: nothing is known, a CA is enough, or client certificates too."""
    sources = glob.glob(f"{BENCH}/apps/frappe/frappe/database/mariadb/database.py")
    sources += glob.glob(f"{BENCH}/apps/frappe/frappe/database.py")
    text = "".join(open(path).read() for path in sources)
    if "db_ssl_ca" not in text:
        return "none"
    return "mutual" if re.search(r"db_ssl_ca and \S*db_ssl_cert", text) else "authority"


help_text = new_site_help()
apps = {app: version(app) for app in sorted(os.listdir(f"{BENCH}/apps"))}
apps = {app: found for app, found in apps.items() if found}
chromium = shutil.which("chromium") or shutil.which("chromium-headless-shell") or shutil.which("google-chrome")
print(json.dumps({
    "apps": apps,
    "schema": {app: schema(app) for app in apps},
    "newSiteSkipsDatabase": "--no-setup-db" in help_text,
    "newSiteTakesUser": "--db-user" in help_text,
    "databaseTLS": database_tls(),
    "chromiumPath": chromium,
}))
