"""Brings a site's database to the state of the image: patches, then schema, then patches."""

import importlib
import json
import os
import sys
import time
import traceback

import redis

import frappe
from frappe import schema
from frappe.context import local
from frappe.scheduled_jobs import sync_jobs
from frappe.utils.synchronization import filelock


def sections(app):
    """patches.txt as {section: [module]}; lines before the first header belong to pre_model_sync."""
    path = os.path.join(os.path.dirname(importlib.import_module(app).__file__), "patches.txt")
    found, section = {}, "pre_model_sync"
    with open(path) as file:
        for line in (line.split("#")[0].strip() for line in file):
            if line.startswith("["):
                section = line.strip("[]")
            elif line:
                found.setdefault(section, []).append(line)
    return found


def all_patches(app):
    return [patch for patches in sections(app).values() for patch in patches]


def record_patch(patch, skipped=0):
    local.db.sql(
        "INSERT INTO `tabPatch Log` (name, creation, modified, patch, skipped) "
        "VALUES (UUID_SHORT(), NOW(6), NOW(6), %s, %s)",
        (patch, skipped),
    )


def run_patches(section, skip_failing):
    """Each patch of an installed app once, in a transaction of its own; DDL in it commits at once, as always."""
    done = {row[0] for row in local.db.sql("SELECT patch FROM `tabPatch Log` WHERE skipped = 0")}
    for app in frappe.get_installed_apps():
        for patch in sections(app).get(section, []):
            if patch not in done:
                run_patch(patch, skip_failing)


def run_patch(patch, skip_failing):
    print(f"Executing {patch} in {local.site} ({local.db.name})")
    try:
        importlib.import_module(patch).execute()
        record_patch(patch)
        local.db.commit()
    except Exception:
        local.db.rollback()
        if not skip_failing:
            raise
        traceback.print_exc()
        record_patch(patch, skipped=1)
        local.db.commit()


def require_cache():
    """Trap 7: without redis-cache nothing is migrated."""
    try:
        redis.from_url(local.conf.redis_cache, socket_connect_timeout=2).ping()
    except (redis.RedisError, ValueError, AttributeError):
        print("Service redis_cache is not running.\nCannot run bench migrate without the services running.")
        sys.exit(1)


def migrate_site(skip_failing=False, skip_search_index=False):
    """Trap 9: maintenance is not switched on, a second one gets a LockTimeoutError, tables touched are listed."""
    require_cache()
    touched_path = frappe.get_site_path("touched_tables.json")
    with filelock("bench_migrate", timeout=1):
        if os.path.exists(touched_path):
            os.remove(touched_path)
        local.flags.touched_tables = set()
        try:
            run_patches("pre_model_sync", skip_failing)
            # For whoever wants to interrupt one.
            time.sleep(float(os.environ.get("DEMO_MIGRATE_SECONDS") or local.conf.demo_migrate_seconds or 0))
            for app in frappe.get_installed_apps():
                print(f"Updating DocTypes for {app}")
                schema.sync(local.db, app)
            run_patches("post_model_sync", skip_failing)
            sync_jobs()
            update_installed_applications()
            local.db.commit()
        finally:
            with open(touched_path, "w") as file:
                json.dump(sorted(local.flags.touched_tables), file, indent=4)
            local.flags.touched_tables = None
            drop_asset_index()
            if not skip_search_index:
                queue_search_index()


def update_installed_applications():
    """What `list-apps` prints: empty until the first migration, and as old as the last one (trap 10)."""
    local.db.sql("DELETE FROM `tabInstalled Application`")
    for number, app in enumerate(frappe.get_installed_apps()):
        local.db.sql(
            "INSERT INTO `tabInstalled Application` (name, parent, idx, app_name, app_version, git_branch) "
            "VALUES (%s, 'Installed Applications', %s, %s, %s, 'UNVERSIONED')",
            (app, number, app, importlib.import_module(app).__version__),
        )


def drop_asset_index():
    redis.from_url(local.conf.redis_cache).delete("assets_json")


def queue_search_index():
    from frappe.utils.background_jobs import enqueue

    print(f"Queued rebuilding of search index for {local.site}")
    try:
        enqueue("frappe.scheduled_jobs.tick", queue="long")
    except redis.ConnectionError:
        print("Redis queue is unreachable: Executing synchronously")
