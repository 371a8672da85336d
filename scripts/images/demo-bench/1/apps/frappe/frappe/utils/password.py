"""Passwords of users, in the table __Auth."""

import hashlib
import os

from frappe.context import local


def digest(password, salt):
    return hashlib.pbkdf2_hmac("sha256", password.encode(), bytes.fromhex(salt), 20_000).hex()


def update_password(user, password):
    salt = os.urandom(16).hex()
    local.db.sql(
        "REPLACE INTO `__Auth` (doctype, name, fieldname, password) VALUES ('User', %s, 'password', %s)",
        (user, f"{salt}${digest(password, salt)}"),
    )


def check_password(user, password):
    stored = local.db.get_value(
        "SELECT password FROM `__Auth` WHERE doctype='User' AND name=%s AND fieldname='password'", (user,)
    )
    salt, _, expected = (stored or "").partition("$")
    return bool(expected) and digest(password, salt) == expected
