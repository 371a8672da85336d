"""The scheduler: with every tick it queues the jobs of every site whose scheduler is enabled."""

import fcntl
import os
import random
import sys
import time

import setproctitle

import frappe
from frappe.context import local
from frappe.utils import get_sites
from frappe.utils.background_jobs import enqueue, require_apps, require_redis


def is_disabled():
    return bool(local.conf.disable_scheduler) or local.db.get_single("System Settings", "enable_scheduler") != "1"


def is_inactive():
    return bool(local.conf.maintenance_mode or local.conf.pause_scheduler) or is_disabled()


def hold_lock():
    """As Frappe does: a second scheduler in the same container (not on the same bench) has nothing to do."""
    os.makedirs("../config", exist_ok=True)
    file = open("../config/scheduler_process", "w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Scheduler already running")
        sys.exit(0)
    return file


def start_scheduler():
    frappe.init()
    lock = hold_lock()  # noqa: F841 (held as long as the process lives)
    require_redis()
    require_apps()
    tick = int(frappe.get_conf().scheduler_tick_interval or 60)
    os.nice(10)
    while True:
        setproctitle.setproctitle("frappe-scheduler: idle")
        time.sleep(tick)  # trap 13: nothing happens before the first tick is over
        sites = get_sites()
        random.shuffle(sites)
        for site in sites:
            schedule(site)


def schedule(site):
    setproctitle.setproctitle(f"frappe-scheduler: scheduling events for {site}")
    frappe.init(site)
    try:
        frappe.connect()
        if not is_inactive():
            for (method,) in local.db.sql("SELECT method FROM `tabScheduled Job Type` WHERE stopped = 0"):
                enqueue("frappe.scheduled_jobs.run_scheduled_job", job_type=method)
    except Exception as error:  # one site's trouble is not the others'
        print(f"Exception in Enqueue Events for Site {site}: {error}", file=sys.stderr)
    finally:
        frappe.destroy()
