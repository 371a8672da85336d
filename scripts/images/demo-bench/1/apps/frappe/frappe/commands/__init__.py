"""The commands of `bench`."""

import functools

import click

import frappe

pass_context = click.pass_obj


class SiteNotSpecifiedError(click.ClickException):
    def __init__(self):
        super().__init__("Please specify --site sitename")


def get_site(context, site=None):
    if not (site or context.sites):
        raise SiteNotSpecifiedError
    return site or context.sites[0]


def each_site(function):
    """Runs a command once for every chosen site, connected to its database."""

    @functools.wraps(function)
    def run(context, *args, **kwargs):
        if not context.sites:
            raise SiteNotSpecifiedError
        for name in context.sites:
            connect(name)
            try:
                function(name, *args, **kwargs)
                frappe.db.commit()
            finally:
                frappe.destroy()

    return pass_context(run)


def connect(site):
    frappe.init(site)
    if not frappe.conf.db_name:
        raise click.ClickException(f"Site {site} does not exist!")
    frappe.connect()


from frappe.commands import apps, backup, processes, settings, site  # noqa: E402

commands = [*site.commands, *apps.commands, *backup.commands, *settings.commands, *processes.commands]
