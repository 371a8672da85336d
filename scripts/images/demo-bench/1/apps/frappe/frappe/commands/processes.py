"""Processes that last, and what can be asked about the queue."""

import json
import sys

import click
from rq import Queue, Worker
from rq.registry import StartedJobRegistry

import frappe
from frappe.commands import connect, get_site, pass_context


@click.command("worker")
@click.option("--queue", help="Queues to take jobs from, separated by commas; without it all of them")
@click.option("--quiet", is_flag=True)
@click.option("--burst", is_flag=True)
def worker(queue, quiet, burst):
    "Start a background worker"
    from frappe.utils.background_jobs import start_worker

    start_worker(queue, quiet, burst)


@click.command("schedule")
def schedule():
    "Start the scheduler"
    from frappe.utils.scheduler import start_scheduler

    start_scheduler()


@click.command("scheduler")
@click.option("--site")
@click.argument("state", type=click.Choice(["pause", "resume", "disable", "enable", "status"]))
@click.option("--format", "-f", "as_", default="text", type=click.Choice(["json", "text"]))
@click.option("--verbose", "-v", is_flag=True)
@pass_context
def scheduler(context, site, state, as_, verbose):
    "Control scheduler state"
    from frappe.utils.scheduler import is_inactive

    site = get_site(context, site)
    connect(site)
    status = f"{state}d"
    if state in ("pause", "resume"):
        frappe.config.update(frappe.config.site_path(site), "pause_scheduler", 1 if state == "pause" else 0)
    elif state == "status":
        status = "disabled" if is_inactive() else "enabled"
    else:
        frappe.db.set_single("System Settings", "enable_scheduler", "1" if state == "enable" else "0")
        frappe.db.commit()
    text = f"Scheduler is {status} for site {site}"
    print(json.dumps({"status": status, "site": site}) if as_ == "json" else text)


def toggle(name, state):
    @click.command(name)
    @pass_context
    def command(context):
        connect(get_site(context))
        frappe.db.set_single("System Settings", "enable_scheduler", state)
        frappe.db.commit()
        print("Enabled for" if state == "1" else "Disabled for", get_site(context))

    return command


@click.command("doctor")
@click.option("--site")
@pass_context
def doctor(context, site):
    "Diagnostic information about background workers; counts dead ones too (trap 10)"
    from frappe.utils.background_jobs import TIMEOUTS, get_queue, redis_connection
    from frappe.utils.scheduler import is_inactive

    for name in [site] if site else context.sites:
        connect(name)
        print(f"-----Checking scheduler status of site {name}-----")
        print(f"Scheduler {'inactive' if is_inactive() else 'active'} for {name}")
    frappe.init()
    print(f"Workers online: {len(Worker.all(redis_connection()))}")
    print("-----None Jobs-----")
    for queue in TIMEOUTS:
        print(f"Queue: {queue}: {len(get_queue(queue))} pending")


def pending_jobs(site):
    from frappe.utils.background_jobs import TIMEOUTS, get_queue

    for name in TIMEOUTS:
        queue: Queue = get_queue(name)
        for job_id in [*queue.job_ids, *StartedJobRegistry(queue=queue).get_job_ids()]:
            if job_id.startswith(f"{site}::"):
                yield job_id


@click.command("ready-for-migration")
@click.option("--site")
@pass_context
def ready_for_migration(context, site):
    "Whether a site has no background jobs pending"
    site = get_site(context, site)
    frappe.init(site)
    if any(pending_jobs(site)):
        print(f"NOT READY for migration: site {site} has pending background jobs")
        sys.exit(1)
    print(f"READY for migration: site {site} does not have any background jobs")


commands = [worker, schedule, scheduler, toggle("enable-scheduler", "1"), toggle("disable-scheduler", "0"), doctor]
commands += [ready_for_migration]
