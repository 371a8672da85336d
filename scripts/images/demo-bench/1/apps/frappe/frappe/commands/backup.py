"""Backing up and restoring."""

import sys

import click

import frappe
from frappe.commands import SiteNotSpecifiedError, connect, get_site, pass_context
from frappe.commands.site import root_options
from frappe.utils.synchronization import filelock


@click.command("backup")
@click.option("--with-files", is_flag=True)
@click.option("--backup-path")
@click.option("--compress", is_flag=True)
@click.option("--verbose", is_flag=True)
@click.option("--ignore-backup-conf", is_flag=True)
@pass_context
def backup(context, with_files, backup_path, compress, verbose, ignore_backup_conf):
    "Backup"
    from frappe.backups import take_backup

    failed = False
    for site in context.sites:
        try:
            connect(site)
            take_backup(with_files, backup_path, compress)
            print(f"Backup for Site {site} has been successfully completed{' with files' if with_files else ''}")
        except Exception as error:
            print(f"Backup failed for Site {site}. Database or site_config.json may be corrupted")
            if verbose:
                print(error)
            failed = True
        finally:
            frappe.destroy()
    if not context.sites:
        raise SiteNotSpecifiedError
    sys.exit(1 if failed else 0)


@click.command("restore")
@click.argument("sql-file-path")
@root_options
@click.option("--db-name")
@click.option("--admin-password")
@click.option("--install-app", multiple=True)
@click.option("--with-public-files")
@click.option("--with-private-files")
@click.option("--encryption-key")
@click.option("--force", is_flag=True)
@pass_context
def restore(context, sql_file_path, with_public_files, with_private_files, **options):
    "Restore site database from an sql file"
    from frappe.restore import restore_database, restore_files

    site = get_site(context)
    frappe.init(site)
    with filelock("site_restore"):
        restore_database(sql_file_path, options)
        for path in (with_public_files, with_private_files):
            if path:
                restore_files(path, options["encryption_key"])
    files = " with files" if with_public_files or with_private_files else ""
    click.secho(f"Site {site} has been restored{files}", fg="green")


commands = [backup, restore]
