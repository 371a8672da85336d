"""Apps of a site."""

import json
import sys

import click

import frappe
from frappe import installer
from frappe.commands import SiteNotSpecifiedError, connect, pass_context
from frappe.utils.synchronization import filelock


@click.command("list-apps")
@click.option("--format", "-f", "as_", default="text", type=click.Choice(["text", "json"]))
@pass_context
def list_apps(context, as_):
    "List apps in site; what it reads is written by migrate alone (trap 10)"
    summary = {}
    for site in context.sites:
        connect(site)
        rows = frappe.db.sql("SELECT app_name, app_version, git_branch FROM `tabInstalled Application` ORDER BY idx")
        summary[site] = [row[0] for row in rows]
        if as_ == "text":
            print("\n".join(" ".join(row) for row in rows) or "\n".join(frappe.get_installed_apps()))
        frappe.destroy()
    if as_ == "json":
        print(json.dumps(summary))


@click.command("install-app")
@click.argument("apps", nargs=-1)
@click.option("--force", is_flag=True)
@pass_context
def install_app(context, apps, force):
    "Install apps to site"
    failed = False
    if not context.sites:
        raise SiteNotSpecifiedError
    for site in context.sites:
        connect(site)
        with filelock("install_app"):
            for app in apps:
                try:
                    installer.install_app(app)
                except Exception as error:
                    print(f"An error occurred while installing {app}: {error}")
                    failed = True
        frappe.destroy()
    sys.exit(1 if failed else 0)


@click.command("uninstall-app")
@click.argument("app")
@click.option("--yes", "-y", is_flag=True)
@click.option("--dry-run", is_flag=True)
@click.option("--no-backup", is_flag=True)
@click.option("--force", is_flag=True)
@pass_context
def uninstall_app(context, app, yes, dry_run, no_backup, force):
    "Remove app and linked modules from site"
    from frappe.backups import take_backup

    for site in context.sites:
        connect(site)
        if not yes:
            click.confirm("All doctypes and modules related to this app will be deleted. Continue?", abort=True)
        if not (dry_run or no_backup):
            print("Backing up...")
            take_backup(with_files=True)
        if not dry_run:
            with filelock("uninstall_app"):
                installer.uninstall_app(app)
        frappe.destroy()
    if not context.sites:
        raise SiteNotSpecifiedError


commands = [list_apps, install_app, uninstall_app]
