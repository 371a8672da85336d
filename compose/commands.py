"""Runs bench commands one after the other in a one-shot container, in sites/.

Their arguments come from a file of mode 0400, so that no password is seen in `ps` or by an inspect of the container.
A marker tells, from outside and without reading anything in here, that all of them succeeded.
"""
import json
import os
import shutil
import sys


def overlay(values):
    """Has the framework find settings that no file holds yet."""
    import frappe

    read = frappe.get_site_config

    def merged(*arguments, **named):
        conf = read(*arguments, **named)
        conf.update(values)
        return conf

    frappe.get_site_config = merged


def adopt(site, configuration):
    """Makes the directory of a site whose database is there already."""
    for folder in ("public/files", "private/files", "private/backups", "locks", "logs"):
        os.makedirs(f"{site}/{folder}", exist_ok=True)
    with open(f"{site}/site_config.json", "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        json.dump(configuration, file, indent=1, sort_keys=True)


def put(path, text):
    """Whole at any moment, since others read it meanwhile; without a text it goes."""
    if text is None:
        if os.path.lexists(path):
            os.unlink(path)
        return
    temporary = f"{path}.frappectl"
    with open(temporary, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def run(arguments):
    child = os.fork()
    if child == 0:
        sys.argv = ["bench", *arguments]
        if work["overlay"]:
            overlay(work["overlay"])
        from frappe.utils import bench_helper

        bench_helper.main()
        sys.exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


with open("/run/secrets/frappectl/input.json") as file:
    work = json.load(file)

for directory in work["remove"]:
    if os.path.islink(directory):
        os.unlink(directory)
    else:
        shutil.rmtree(directory, ignore_errors=True)

if work["adopt"]:
    adopt(work["adopt"]["site"], work["adopt"]["configuration"])

for command in work["commands"]:
    if command["file"]:
        put(command["file"]["path"], command["file"]["text"])
        continue
    print("$ bench", command["shown"], flush=True)
    code = run(command["arguments"])
    if code != 0:
        sys.exit(code if code > 0 else 128 - code)

if work["marker"]:
    with open(work["marker"], "w") as file:
        os.fsync(file.fileno())
