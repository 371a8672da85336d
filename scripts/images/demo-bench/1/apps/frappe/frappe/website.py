"""Pages: /login, /app and the few others a person or a probe asks for."""

import importlib
import json
from html import escape

from werkzeug.exceptions import NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

import frappe
from frappe import cache
from frappe.context import local


def respond(request):
    # Trap 5: a page needs the hooks of every installed app, /api/method/ping does not.
    for app in frappe.get_installed_apps():
        importlib.import_module(f"{app}.hooks")
    path = request.path.rstrip("/") or "/"
    if path in ("/", "/login"):
        return html(page("Login", LOGIN))
    if path == "/app":
        return html(page("Notes", notes())) if local.session.user != "Guest" else redirect("/login?redirect-to=/app")
    if path == "/printview":
        return html(page("Print", f'<img src="/assets/frappe/images/pixel.png"><p>{escape(local.site)}</p>'))
    raise NotFound("The resource you are looking for is not available")


LOGIN = """<form method="post" action="/api/method/login">
<input name="usr" placeholder="User"><input name="pwd" type="password"><button>Login</button></form>"""


def notes():
    rows = local.db.sql("SELECT title, content FROM `tabNote` ORDER BY creation DESC LIMIT 50")
    items = "".join(f"<li><b>{escape(title or '')}</b> {escape(content or '')}</li>" for title, content in rows)
    return f"<p>{escape(local.session.user)} on {escape(local.site)}</p><ul>{items}</ul>"


def html(text):
    return Response(text, mimetype="text/html")


def assets():
    """The index of bundles, from redis-cache: stale after a change of images until `assets_json` is dropped there."""
    known = cache.get("assets_json")
    if not known:
        with open("assets/assets.json") as file:
            known = file.read()
        cache.set("assets_json", known)
    return json.loads(known)


def page(title, body):
    try:
        index = assets()
    except (OSError, ValueError):
        index = {}
    return f"""<!doctype html>
<html><head><title>{title}</title><meta name="version" content="{frappe.__version__}">
<link rel="stylesheet" href="{index.get("desk.bundle.css", "")}">
<link rel="stylesheet" href="/assets/frappe/css/plain.css">
<script src="{index.get("desk.bundle.js", "")}"></script></head>
<body><h1>{title}</h1>
{body}
</body></html>
"""
