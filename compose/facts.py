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


apps = {app: version(app) for app in sorted(os.listdir(f"{BENCH}/apps"))}
apps = {app: found for app, found in apps.items() if found}
chromium = shutil.which("chromium") or shutil.which("chromium-headless-shell") or shutil.which("google-chrome")
print(json.dumps({
    "apps": apps,
    "schema": {app: schema(app) for app in apps},
    "newSiteSkipsDatabase": "--no-setup-db" in new_site_help(),
    "chromiumPath": chromium,
}))
