"""Sessions of users: rows of tabSessions."""

import secrets

from frappe.context import local


def make_session(user):
    sid = secrets.token_hex(28)
    local.db.sql(
        "INSERT INTO `tabSessions` (sid, user, sessiondata, lastupdate, status) "
        "VALUES (%s, %s, '{}', NOW(6), 'Active')",
        (sid, user),
    )
    return sid


def user_of(sid):
    return local.db.get_value("SELECT user FROM `tabSessions` WHERE sid=%s", (sid,)) if sid else None


def end_session(sid):
    local.db.sql("DELETE FROM `tabSessions` WHERE sid=%s", (sid,))
