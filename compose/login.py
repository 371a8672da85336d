# Makes a link that logs a user in once, the way the framework itself does for links by e-mail. What it prints for us
# starts with a word of its own: apps may print what they like.
import json
import os
import secrets
import sys

site, user, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3])
os.chdir("sites")
import frappe  # noqa: E402


def answer(**values):
    print("frappectl-login " + json.dumps(values), flush=True)


def main():
    try:
        from frappe.www.login import login_via_key  # noqa: F401
    except ImportError:
        return answer(problem="framework")
    frappe.init(site=site)
    frappe.connect()
    try:
        rows = frappe.db.sql("SELECT name, enabled FROM `tabUser` WHERE name = %s", (user,))
        if not rows:
            return answer(problem="unknown")
        if not rows[0][1]:
            return answer(problem="disabled")
        cache = frappe.cache() if callable(frappe.cache) else frappe.cache
        key = secrets.token_hex(28)
        name = f"one_time_login_key:{key}"
        cache.set_value(name, rows[0][0], expires_in_sec=seconds)
        # The cache may be away, which its client does not tell.
        if cache.get_value(name) != rows[0][0]:
            return answer(problem="cache")
        answer(key=key)
    finally:
        frappe.destroy()


main()
