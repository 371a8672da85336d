"""Where `bench` arrives: `main()` reads sys.argv, whose first word is the group `frappe`, in the directory sites/."""

import importlib
import os
import sys
import traceback

import click

import frappe
from frappe import config
from frappe.utils import get_sites


class Context:
    """What stands before the command: `bench --site NAME|all`."""

    def __init__(self, sites, force=False):
        self.sites, self.force = sites, force


def chosen_sites(site):
    if site == "all":
        return get_sites()
    site = site or os.environ.get("FRAPPE_SITE") or config.read().default_site
    return [site] if site else []


@click.option("--site")
@click.option("--verbose", is_flag=True)
@click.option("--force", is_flag=True)
@click.pass_context
def app_group(context, site=None, verbose=False, force=False):
    context.obj = Context(chosen_sites(site), force)


def commands_of_apps():
    """The commands of every app in apps.txt. An app that the image lacks is reported and skipped."""
    found = {}
    for app in frappe.get_all_apps():
        try:
            module = importlib.import_module(f"{app}.commands")
        except ModuleNotFoundError as error:
            if error.name != f"{app}.commands":
                traceback.print_exc()
            continue
        found.update({command.name: command for command in module.commands})
    return found


def main():
    sys.stdout.reconfigure(line_buffering=True)
    group = click.group(name="frappe", commands=commands_of_apps())(app_group)
    click.Group(commands={"frappe": group})(prog_name="bench")


if __name__ == "__main__":
    main()
