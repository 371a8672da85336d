"""The web application: `gunicorn frappe.app:application`, started in sites/."""

import os
import time
import traceback

from werkzeug.exceptions import HTTPException, NotFound, ServiceUnavailable
from werkzeug.wrappers import Request, Response

import frappe
from frappe import api, cache, files, website
from frappe.context import local
from frappe.sessions import user_of

# With --preload gunicorn imports this before it listens: a slow or failing import is a slow or failing start.
time.sleep(float(os.environ.get("DEMO_SLOW_START_SECONDS") or 0))


def application(environ, start_response):
    request = Request(environ)
    try:
        response = respond(request)
    except HTTPException as error:
        response = failure(request, error)
    except Exception:
        traceback.print_exc()
        response = failure(request, HTTPException("Server Error"))
    finally:
        frappe.destroy()
    return response(environ, start_response)


def respond(request):
    choose_site(request)
    local.session.sid = request.args.get("sid") or request.cookies.get("sid")
    local.session.user = user_of(local.session.sid) or "Guest"
    if request.path.startswith("/api/"):
        response = api.respond(request)
    elif request.path.startswith("/private/files/"):
        response = files.send_private(request)
    elif request.path.startswith("/files/"):
        response = files.send_public(request)
    else:
        response = website.respond(request)
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        local.db.commit()
    if "sid" in request.args and local.session.user != "Guest":
        response.set_cookie("sid", local.session.sid, httponly=True, samesite="Lax")
    return response


def choose_site(request):
    """The site of the header X-Frappe-Site-Name, else of Host."""
    site = request.headers.get("X-Frappe-Site-Name") or request.host.partition(":")[0]
    if "/" in site or site in ("", ".", "..") or not os.path.isfile(f"{site}/site_config.json"):
        raise NotFound(f"{site} does not exist")
    frappe.init(site)
    if not local.conf.db_name:
        raise NotFound(f"{site} does not exist")
    cache.get(f"{local.conf.db_name}|session-defaults")
    frappe.connect(set_admin_as_user=False)
    if local.conf.maintenance_mode:
        raise ServiceUnavailable("The system is being updated. Please refresh again after a few moments.")


def failure(request, error):
    code = error.code or 500
    if request.path.startswith("/api/"):
        kind = {404: "DoesNotExistError", 503: "SessionStopped", 403: "PermissionError", 401: "AuthenticationError"}
        return api.answer({"exc_type": kind.get(code, type(error).__name__), "message": error.description}, code)
    return Response(website.page("Error", f"<p>{error.description}</p>"), code, mimetype="text/html")
