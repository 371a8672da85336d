"""Locks between processes: one file each in sites/<site>/locks."""

import contextlib
import fcntl
import os
import time

import frappe


class LockTimeoutError(Exception):
    pass


@contextlib.contextmanager
def filelock(name, timeout=1):
    path = os.path.abspath(frappe.get_site_path("locks", f"{name}.lock"))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    deadline = time.monotonic() + timeout
    with open(path, "w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise LockTimeoutError(
                        f"Failed to aquire lock: {name}. Lock may be held by another process. "
                        f"You can manually remove the lock if you think it's safe: {path}"
                    ) from None
                time.sleep(0.05)
        yield
