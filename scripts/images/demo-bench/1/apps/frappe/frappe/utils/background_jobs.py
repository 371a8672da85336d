"""Jobs and workers: RQ on redis-queue, with the bench's id in front of every queue's name."""

import os
import socket
import sys
import time
import traceback
import uuid

import redis
import setproctitle
from rq import Queue, Worker

import frappe
from frappe.context import local
from frappe.utils import get_bench_id, get_sites

TIMEOUTS = {"short": 300, "default": 300, "long": 1500}


def redis_connection():
    return redis.from_url(local.conf.redis_queue)


def queue_name(queue):
    return f"{get_bench_id()}:{queue}"


def get_queue(queue):
    if queue not in TIMEOUTS:
        raise ValueError(f"Queue should be one of {', '.join(TIMEOUTS)}")
    return Queue(queue_name(queue), connection=redis_connection())


def enqueue(method, queue="default", timeout=None, **kwargs):
    return get_queue(queue).enqueue_call(
        "frappe.utils.background_jobs.execute_job",
        timeout=timeout or TIMEOUTS[queue],
        job_id=f"{local.site}::{uuid.uuid4()}",
        result_ttl=600,
        failure_ttl=7 * 24 * 3600,
        kwargs={
            "site": local.site,
            "user": local.session.user,
            "method": method,
            "event": None,
            "job_name": method,
            "is_async": True,
            "kwargs": kwargs,
        },
    )


def execute_job(site, method, event, job_name, kwargs, user=None, is_async=True, retry=0):
    """Runs in a child of the worker."""
    setproctitle.setproctitle(f"rq: Started running {method} at {time.time()}")
    frappe.init(site)
    frappe.connect()
    local.session.user = user or "Administrator"
    try:
        result = frappe.get_attr(method)(**kwargs)
        local.db.commit()
        return result
    except Exception:
        local.db.rollback()
        traceback.print_exc()
        raise
    finally:
        frappe.destroy()


def demo_job(seconds, name):
    """Leaves a row when it starts, and the time it ended in it: a job that was killed shows no end."""
    local.db.sql("UPDATE `tabDemo Job` SET started = NOW(6) WHERE name=%s", (name,))
    local.db.commit()
    time.sleep(seconds)
    local.db.sql("UPDATE `tabDemo Job` SET finished = NOW(6) WHERE name=%s", (name,))


def require_apps():
    """Trap 5: workers and the scheduler end with 1 when the image lacks an app of apps.txt or of a site's database."""
    import importlib

    wanted = set(frappe.get_all_apps())
    for site in get_sites():
        frappe.init(site)
        try:
            frappe.connect()
            wanted.update(frappe.get_installed_apps())
        except Exception as error:  # a site's rubbish or a database that is still starting stops no worker
            print(f"{site}: {error}", file=sys.stderr)
    frappe.init()
    for app in sorted(wanted):
        importlib.import_module(f"{app}.hooks")


def require_redis():
    """Trap 7: five tries, then the process ends with 1."""
    for left in range(4, -1, -1):
        try:
            return redis_connection().ping()
        except redis.RedisError as error:
            print(f"Please make sure that Redis Queue runs @ {local.conf.redis_queue}. Redis reported error: {error}")
            if not left:
                sys.exit(1)
            time.sleep(1)


def start_worker(queues=None, quiet=False, burst=False):
    """RQ stops warmly: SIGTERM ends it when the job it runs is done (trap 6)."""
    frappe.init()
    require_redis()
    require_apps()
    names = [queue.strip() for queue in queues.split(",")] if queues else list(TIMEOUTS)
    os.nice(10)
    worker = Worker(
        [get_queue(name) for name in names],
        name=f"{uuid.uuid4().hex}.{socket.gethostname()}.{os.getpid()}.{queue_name(','.join(names))}",
        connection=redis_connection(),
    )
    worker.work(logging_level="WARNING" if quiet else "INFO", burst=burst)
