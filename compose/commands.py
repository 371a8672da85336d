"""Runs bench commands one after the other in a one-shot container, in sites/.

Their arguments come from a file of mode 0400, so that no password is seen in `ps` or by an inspect of the container.
A marker tells, from outside and without reading anything in here, that all of them succeeded.
"""
import json
import os
import shutil
import sys


def run(arguments):
    child = os.fork()
    if child == 0:
        sys.argv = ["bench", *arguments]
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

for command in work["commands"]:
    print("$ bench", command["shown"], flush=True)
    code = run(command["arguments"])
    if code != 0:
        sys.exit(code if code > 0 else 128 - code)

if work["marker"]:
    with open(work["marker"], "w") as file:
        os.fsync(file.fileno())
