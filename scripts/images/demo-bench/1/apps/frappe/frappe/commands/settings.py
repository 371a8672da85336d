"""Configuration, maintenance, passwords and questions."""

import importlib
import json

import click

import frappe
from frappe import config
from frappe.commands import SiteNotSpecifiedError, connect, each_site, get_site, pass_context


@click.command("set-config")
@click.argument("key")
@click.argument("value")
@click.option("-g", "--global", "global_", is_flag=True, help="Set in common_site_config.json")
@click.option("-p", "--parse", "--as-dict", "parse", is_flag=True, help="Read the value as a Python literal")
@pass_context
def set_config(context, key, value, global_, parse):
    "Insert/Update a value in site_config.json"
    value = config.parse(value, parse)
    if global_:
        return config.update(config.common_path(), key, value)
    if not context.sites:
        raise SiteNotSpecifiedError
    for site in context.sites:
        config.update(config.site_path(site), key, value)


@click.command("show-config")
@click.option("--format", "-f", "as_", default="text", type=click.Choice(["text", "json"]))
@pass_context
def show_config(context, as_):
    "Print configuration"
    found = {site: config.read(site) for site in context.sites}
    if as_ == "json":
        return print(json.dumps(found, indent=1, sort_keys=True))
    for site, conf in found.items():
        print(site)
        for key in sorted(conf):
            print(f"  {key}: {conf[key]}")


@click.command("set-maintenance-mode")
@click.option("--site")
@click.argument("state", type=click.Choice(["on", "off"]))
@pass_context
def set_maintenance_mode(context, site, state):
    "Put the site in maintenance mode for upgrades"
    config.update(config.site_path(get_site(context, site)), "maintenance_mode", 1 if state == "on" else 0)


@click.command("set-admin-password")
@click.argument("admin-password", required=False)
@click.option("--logout-all-sessions", is_flag=True)
@each_site
def set_admin_password(site, admin_password, logout_all_sessions):
    "Set Administrator password for a site"
    import getpass

    from frappe.utils.password import update_password

    password = admin_password or getpass.getpass(f"Administrator's password for {site}: ")
    update_password("Administrator", password)
    if logout_all_sessions:
        frappe.db.sql("DELETE FROM `tabSessions` WHERE user='Administrator'")


@click.command("clear-cache")
@each_site
def clear_cache(site):
    "Clear cache"
    import redis

    cache = redis.from_url(frappe.conf.redis_cache)
    cache.delete("assets_json", *cache.scan_iter(f"{frappe.conf.db_name}|*"))


@click.command("execute")
@click.argument("method")
@click.option("--args")
@click.option("--kwargs")
@each_site
def execute(site, method, args, kwargs):
    "Execute a method; its result is printed as JSON unless it is empty"
    import ast

    result = frappe.get_attr(method)(*ast.literal_eval(args or "()"), **ast.literal_eval(kwargs or "{}"))
    frappe.db.commit()
    if result:
        print(json.dumps(result, default=str))


@click.command("browse")
@click.argument("site", required=False)
@click.option("--user")
@pass_context
def browse(context, site, user):
    "Print a link that logs in as a user"
    from frappe.sessions import make_session
    from frappe.utils import get_url

    site = get_site(context, site)
    connect(site)
    sid = ""
    if user == "Administrator" or (user and frappe.conf.developer_mode):
        sid = f"/app?sid={make_session(user)}"
        frappe.db.commit()
    elif user:
        print("Please enable developer mode to login as a user")
    if user == "Administrator":
        print(f"Login URL: {get_url(site)}{sid}")


@click.command("version")
@click.option("--format", "-f", "as_", default="legacy", type=click.Choice(["legacy", "plain", "table", "json"]))
def version(as_):
    "Show the versions of all the installed apps"
    found = [{"app": app, "version": importlib.import_module(app).__version__} for app in frappe.get_all_apps()]
    if as_ == "json":
        return print(json.dumps(found, indent=1))
    for line in found:
        print(line["app"], line["version"])


@click.command("use")
@click.argument("site")
def use(site):
    "Set a default site"
    config.update(config.common_path(), "default_site", site)
    print(f"Current Site set to {site}")


@click.command("console")
@pass_context
def console(context):
    "Start a Python console for a site"
    import code

    connect(get_site(context))
    apps = frappe.get_installed_apps()
    names = {"frappe": frappe, **{app: importlib.import_module(app) for app in apps}}
    try:
        code.interact(banner="Apps in this namespace:\n" + ", ".join(apps), local=names, exitmsg="")
    finally:
        frappe.destroy()


commands = [set_config, show_config, set_maintenance_mode, set_admin_password, console]
commands += [clear_cache, execute, browse, version, use]
