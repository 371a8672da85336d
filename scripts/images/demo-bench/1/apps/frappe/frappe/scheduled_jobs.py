"""Scheduled jobs: what the hooks of installed apps ask for, as rows of Scheduled Job Type."""

import importlib

import frappe
from frappe.context import local


def hooks(app):
    return importlib.import_module(f"{app}.hooks")


def sync_jobs():
    for app in frappe.get_installed_apps():
        for frequency, methods in getattr(hooks(app), "scheduler_events", {}).items():
            for method in methods:
                local.db.sql(
                    "INSERT IGNORE INTO `tabScheduled Job Type` (name, creation, modified, method, frequency) "
                    "VALUES (%s, NOW(6), NOW(6), %s, %s)",
                    (method, method, frequency),
                )


def run_scheduled_job(job_type):
    frappe.get_attr(job_type)()
    local.db.sql("UPDATE `tabScheduled Job Type` SET last_execution = NOW(6) WHERE name=%s", (job_type,))
    local.db.sql(
        "INSERT INTO `tabScheduled Job Log` (name, creation, modified, status, scheduled_job_type) "
        "VALUES (UUID(), NOW(6), NOW(6), 'Complete', %s)",
        (job_type,),
    )


def tick():
    """Runs with every tick of the scheduler: the visible work of this demo is the log row itself."""
