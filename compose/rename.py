"""Gives a site's directory another name, in sites/ of a one-shot container; each action may be repeated.

`close` keeps the scheduler and pages away from the site, `open` takes that back and has settings that lead into its former
directory lead into this one, and `move` renames it once no job of it waits or runs and nobody is connected to its database.
Jobs carry the site's name: none may be left behind.
"""
import json
import os
import sys
import time

import frappe
import redis
from rq import Queue
from rq.job import Job
from rq.registry import DeferredJobRegistry, ScheduledJobRegistry, StartedJobRegistry

# Says that maintenance is ours to end.
MARK = "frappectl_renaming"
SITES = "/home/frappe/frappe-bench/sites"
BUSY = 3


def configure(site, is_away, former):
    path = f"{site}/site_config.json"
    with open(path) as file:
        before = json.load(file)
    config = dict(before)
    if is_away and not config.get("maintenance_mode"):
        config.update({"maintenance_mode": 1, MARK: 1})
    elif not is_away and config.pop(MARK, None):
        config.pop("maintenance_mode", None)
    for key, value in config.items():
        # Certificates of its database, for one.
        if former and isinstance(value, str) and value.startswith(f"{SITES}/{former}/"):
            config[key] = f"{SITES}/{site}/" + value.removeprefix(f"{SITES}/{former}/")
    if config == before:
        return
    temporary = f"{site}/.site_config.json.frappectl"
    with open(temporary, "w") as file:
        json.dump(config, file, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


class Work:
    """What is at work on a site."""

    def __init__(self, site):
        self.site = site
        frappe.init(site)
        self.conf = dict(frappe.local.conf)
        frappe.destroy()

    def connections(self):
        """Requests, jobs and consoles; the database shows an account its own."""
        if self.conf.get("db_type", "mariadb") != "mariadb":
            return 0
        frappe.init(self.site)
        frappe.connect()
        try:
            rows = frappe.db.sql(
                "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID()"
            )
            return int(rows[0][0])
        finally:
            frappe.destroy()

    def jobs(self):
        """How many wait or run, by queue."""
        connection = redis.from_url(self.conf["redis_queue"])
        prefix = f"{self.conf.get('bench_id')}:"
        found = {}
        for queue in Queue.all(connection=connection):
            if not queue.name.startswith(prefix):
                continue
            ids = set(queue.job_ids)
            for registry in (StartedJobRegistry, DeferredJobRegistry, ScheduledJobRegistry):
                ids.update(registry(queue=queue).get_job_ids())
            count = sum(1 for job in ids if self.owns(job, connection))
            if count:
                found[queue.name[len(prefix):]] = count
        return found

    def owns(self, job, connection):
        if "::" in job:
            return job.startswith(f"{self.site}::")
        try:
            return Job.fetch(job, connection=connection).kwargs.get("site") == self.site
        except Exception:  # a job that is gone, or that no worker could read either
            return False


def words(jobs, connections):
    parts = []
    if jobs:
        total = sum(jobs.values())
        queues = ", ".join(f"{queue} {count}" for queue, count in sorted(jobs.items()))
        parts.append(f"{total} job{'s wait or run' if total > 1 else ' waits or runs'} ({queues})")
    if connections:
        parts.append(f"{connections} request{'s' if connections > 1 else ''} or consoles are at work")
    return " and ".join(parts)


def move(site, to, seconds):
    if os.path.islink(site) or not os.path.isdir(site) or os.path.lexists(to):
        sys.exit(f"sites/{site} is not a directory, or sites/{to} exists")
    work = Work(site)
    end = time.monotonic() + seconds
    said = None
    while True:
        busy = words(work.jobs(), work.connections())
        if not busy:
            os.rename(site, to)
            # The scheduler may have looked before and queued since.
            busy = words(work.jobs(), 0)
            if not busy:
                return
            os.rename(to, site)
        if busy != said:
            print(busy, flush=True)
            said = busy
        if time.monotonic() >= end:
            sys.exit(BUSY)
        time.sleep(0.5)


with open("/run/secrets/frappectl/input.json") as file:
    wanted = json.load(file)
if wanted["action"] == "move":
    move(wanted["site"], wanted["to"], wanted["seconds"])
else:
    configure(wanted["site"], wanted["action"] == "close", wanted.get("former"))
directory = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
os.fsync(directory)
