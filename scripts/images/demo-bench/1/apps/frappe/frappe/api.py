"""/api/method/<name> and /api/resource/<DocType>."""

import json
import urllib.request
import uuid

from werkzeug.exceptions import Forbidden, NotFound, Unauthorized
from werkzeug.wrappers import Response

import frappe
from frappe import files, realtime
from frappe.context import local
from frappe.sessions import end_session, make_session
from frappe.utils import get_url
from frappe.utils.background_jobs import enqueue as enqueue_job
from frappe.utils.password import check_password
from frappe.www.login import login_via_key


def answer(values, status=200):
    return Response(json.dumps(values, default=str), status, mimetype="application/json")


def respond(request):
    _, _, kind, name, *_ = f"{request.path}//".split("/", 4)
    if kind == "method" and name in METHODS:
        return METHODS[name](request)
    if kind == "resource" and name == "Note":
        require_login()
        return create_note(request) if request.method == "POST" else list_notes()
    raise NotFound(f"Failed to get method for command {name}")


def require_login():
    if local.session.user == "Guest":
        raise Forbidden("Login to access")


def signed_in(function):
    def run(request):
        require_login()
        return function(request)

    return run


def arguments(request):
    return (request.get_json() if request.is_json else None) or {**request.args, **request.form}


def ping(request):
    return answer({"message": "pong"})


def login(request):
    given = arguments(request)
    user = given.get("usr", "")
    if not check_password(user, given.get("pwd", "")):
        raise Unauthorized("Invalid login credentials")
    sid = make_session(user)
    local.db.commit()
    response = answer({"message": "Logged In", "home_page": "/app", "full_name": user})
    response.set_cookie("sid", sid, httponly=True, samesite="Lax", max_age=7 * 24 * 3600)
    response.set_cookie("user_id", user, samesite="Lax")
    return response


def logout(request):
    end_session(local.session.sid)
    local.db.commit()
    response = answer({})
    response.delete_cookie("sid")
    return response


def get_logged_user(request):
    require_login()
    return answer({"message": local.session.user})


def get_user_info(request):
    """What the socketio process asks in the name of a client, through the site's public name."""
    kind = local.db.get_value("SELECT user_type FROM `tabUser` WHERE name=%s", (local.session.user,))
    apps = frappe.get_installed_apps()
    return answer({"message": {"user": local.session.user, "user_type": kind, "installed_apps": apps}})


@signed_in
def enqueue(request):
    """?queue=short&seconds=N: a job that shows when it started and when it finished; `job` tells how far it is."""
    given = arguments(request)
    queue, seconds, name = given.get("queue", "short"), float(given.get("seconds", 0)), uuid.uuid4().hex[:12]
    local.db.sql(
        "INSERT INTO `tabDemo Job` (name, creation, modified, queue, seconds) VALUES (%s, NOW(6), NOW(6), %s, %s)",
        (name, queue, seconds),
    )
    local.db.commit()
    job = enqueue_job("frappe.utils.background_jobs.demo_job", queue, seconds=seconds, name=name)
    return answer({"message": {"name": name, "job_id": job.id}})


@signed_in
def job(request):
    """?name=...: a row of Demo Job; without a name all of them."""
    name = request.args.get("name")
    rows = local.db.sql(
        "SELECT name, queue, seconds, creation, started, finished FROM `tabDemo Job` WHERE name=%s OR %s IS NULL "
        "ORDER BY creation",
        (name, name),
        as_dict=True,
    )
    return answer({"message": rows})


@signed_in
def publish(request):
    """?event=E&message=M: to the rooms of the user."""
    given = arguments(request)
    receivers = realtime.publish(given.get("event", "demo"), given.get("message", "hello"), user=local.session.user)
    return answer({"message": {"receivers": receivers}})


@signed_in
def printview_url(request):
    """Does what PDF printing does: asks the site's own public URL, from inside this container."""
    url = f"{get_url()}/printview"
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return answer({"message": {"url": url, "status": response.status, "bytes": len(response.read())}})
    except OSError as error:
        return answer({"message": {"url": url, "error": str(error)}}, 500)


def list_notes():
    return answer({"data": local.db.sql("SELECT name, title, content FROM `tabNote` ORDER BY creation", as_dict=True)})


def create_note(request):
    given, name = arguments(request), uuid.uuid4().hex[:10]
    local.db.sql(
        "INSERT INTO `tabNote` (name, creation, modified, owner, title, content) "
        "VALUES (%s, NOW(6), NOW(6), %s, %s, %s)",
        (name, local.session.user, given.get("title", ""), given.get("content", "")),
    )
    realtime.publish("list_update", {"doctype": "Note", "name": name}, room="doctype:Note")
    return answer({"data": {"name": name, "title": given.get("title", ""), "content": given.get("content", "")}})


METHODS = {
    "ping": ping,
    "frappe.ping": ping,
    "login": login,
    "logout": logout,
    "frappe.www.login.login_via_key": login_via_key,
    "frappe.auth.get_logged_user": get_logged_user,
    "frappe.realtime.get_user_info": get_user_info,
    "upload_file": signed_in(lambda request: answer({"message": files.upload(request)})),
    "enqueue": enqueue,
    "job": job,
    "publish": publish,
    "printview_url": printview_url,
}
