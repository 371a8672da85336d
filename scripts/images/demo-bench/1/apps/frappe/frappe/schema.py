"""DocTypes: JSON files under apps/<app>/<app>/*/doctype, each of which is a table `tab<name>`."""

import glob
import importlib
import json
import os

TYPES = {
    "Data": "varchar(140)",
    "Text": "text",
    "Long Text": "longtext",
    "Int": "int(11) NOT NULL DEFAULT 0",
    "Check": "tinyint(4) NOT NULL DEFAULT 0",
    "Datetime": "datetime(6)",
}
STANDARD = (
    "name varchar(140) PRIMARY KEY, creation datetime(6), modified datetime(6), modified_by varchar(140), "
    "owner varchar(140), docstatus tinyint(4) NOT NULL DEFAULT 0, idx int(11) NOT NULL DEFAULT 0"
)
# Tables that are no DocTypes: Frappe's own bookkeeping.
BOOKKEEPING = [
    "CREATE TABLE `tabDefaultValue` (name varchar(140) PRIMARY KEY, parent varchar(140), parenttype varchar(140), "
    "defkey varchar(140), defvalue longtext, KEY (parent, defkey))",
    "CREATE TABLE `tabSingles` (doctype varchar(140), field varchar(140), value longtext, KEY (doctype, field))",
    "CREATE TABLE `tabDocType` (" + STANDARD + ", module varchar(140), app varchar(140), migration_hash varchar(140))",
    "CREATE TABLE `tabPatch Log` (" + STANDARD + ", patch longtext, skipped tinyint(4) NOT NULL DEFAULT 0)",
    "CREATE TABLE `tabSessions` (sid varchar(140) PRIMARY KEY, user varchar(140), sessiondata longtext, "
    "ipaddress varchar(16), lastupdate datetime(6), status varchar(20))",
    "CREATE TABLE `__Auth` (doctype varchar(140), name varchar(255), fieldname varchar(140), password text, "
    "encrypted tinyint(4) NOT NULL DEFAULT 0, PRIMARY KEY (doctype, name, fieldname))",
]


def doctypes(app):
    folder = os.path.dirname(importlib.import_module(app).__file__)
    for path in sorted(glob.glob(f"{folder}/**/doctype/*/*.json", recursive=True)):
        with open(path) as file:
            yield json.load(file)


def sync(db, app, progress=lambda done, of: None):
    """Makes or extends the tables of an app. Columns are only ever added."""
    found = list(doctypes(app))
    for number, doctype in enumerate(found):
        progress(number, len(found))
        sync_table(db, doctype)
        db.sql(
            "REPLACE INTO `tabDocType` (name, module, app, creation, modified) VALUES (%s, %s, %s, NOW(6), NOW(6))",
            (doctype["name"], doctype["module"], app),
        )
    progress(len(found), len(found))


def sync_table(db, doctype):
    table = f"tab{doctype['name']}"
    db.sql(f"CREATE TABLE IF NOT EXISTS `{table}` ({STANDARD})")
    known = db.columns(table)
    for field in doctype["fields"]:
        if field["fieldname"] not in known:
            db.sql(f"ALTER TABLE `{table}` ADD COLUMN `{field['fieldname']}` {TYPES[field['fieldtype']]}")


def remove(db, app):
    """Deletes the DocTypes of an app with their data."""
    for (name,) in db.sql("SELECT name FROM `tabDocType` WHERE app=%s", (app,)):
        db.sql(f"DROP TABLE IF EXISTS `tab{name}`")
        db.sql("DELETE FROM `tabDocType` WHERE name=%s", (name,))
