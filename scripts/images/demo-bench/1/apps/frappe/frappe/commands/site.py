"""Making, dropping and migrating sites."""

import os
import shutil
import sys

import click

import frappe
from frappe import installer
from frappe.commands import connect, pass_context
from frappe.commands import SiteNotSpecifiedError

ROOT_OPTIONS = [
    click.option("--db-root-username", "--mariadb-root-username", "db_root_username"),
    click.option("--db-root-password", "--mariadb-root-password", "db_root_password"),
]


def root_options(function):
    for option in ROOT_OPTIONS:
        function = option(function)
    return function


@click.command("new-site")
@click.argument("site")
@root_options
@click.option("--db-name")
@click.option("--db-user")
@click.option("--db-password")
@click.option("--db-type", default="mariadb", type=click.Choice(["mariadb"]))
@click.option("--db-host")
@click.option("--db-port", type=int)
@click.option("--mariadb-user-host-login-scope", "scope", help="Host part of the database user, for example %")
@click.option("--setup-db/--no-setup-db", default=True, help="Create user and database; only fill the latter if false")
@click.option("--admin-password")
@click.option("--install-app", multiple=True)
@click.option("--set-default", is_flag=True)
@click.option("--force", is_flag=True)
@click.option("--verbose", is_flag=True)
def new_site(site, set_default, verbose, **options):
    "Create a new site"
    installer.new_site(site, installer.NewSite(**options))
    if set_default:
        frappe.config.update(frappe.config.common_path(), "default_site", site)
        print(f"Current Site set to {site}")


@click.command("drop-site")
@click.argument("site")
@click.option("--db-root-username", "--mariadb-root-username", "--root-login", "db_root_username")
@click.option("--db-root-password", "--mariadb-root-password", "--root-password", "db_root_password")
@click.option("--archived-sites-path")
@click.option("--no-backup", is_flag=True)
@click.option("--force", is_flag=True)
def drop_site(site, db_root_username, db_root_password, archived_sites_path, no_backup, force):
    "Remove a site from database and filesystem"
    from frappe.backups import take_backup

    connect(site)
    if not no_backup:
        click.secho(f"Taking backup of {site}", fg="green")
        try:
            take_backup(with_files=True)
        except Exception as error:
            if not force:
                print("=" * 80)
                print(f"Error: The operation has stopped because backup of {site}'s database failed.")
                print(f"Reason: {error}\nHint: Use 'bench drop-site {site} --force' to force the removal of {site}")
                sys.exit(1)
    print("Dropping site database and user")
    frappe.db.close()  # a transaction that has read a table holds up whoever drops it
    installer.drop_database_and_user(db_root_username, db_root_password)

    # Trap 3: the default is in no volume.
    archive = os.path.realpath(archived_sites_path or "../archived/sites")
    print(f"Moving site to archive under {archive}")
    os.makedirs(archive, exist_ok=True)
    target, number = os.path.join(archive, site), 0
    while os.path.exists(target):
        number += 1
        target = os.path.join(archive, f"{site}{number}")
    shutil.move(site, target)


@click.command("migrate")
@click.option("--skip-failing", is_flag=True)
@click.option("--skip-search-index", is_flag=True)
@pass_context
def migrate(context, skip_failing, skip_search_index):
    "Run patches, sync schema and rebuild files/translations"
    from frappe.migrate import migrate_site

    if not context.sites:
        raise SiteNotSpecifiedError
    for site in context.sites:
        print(f"Migrating {site}")
        connect(site)
        try:
            migrate_site(skip_failing, skip_search_index)
        finally:
            frappe.destroy()


commands = [new_site, drop_site, migrate]
