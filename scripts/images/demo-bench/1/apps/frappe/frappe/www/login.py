"""Links that log in once: made by the framework for e-mails, and by whoever operates the bench."""

import secrets

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from frappe import cache, website
from frappe.context import local
from frappe.sessions import make_session
from frappe.utils import get_url


def _generate_temporary_login_link(email, expiry):
    key = secrets.token_hex(28)
    cache.set_value(f"one_time_login_key:{key}", email, expires_in_sec=expiry * 60)
    return get_url(f"/api/method/frappe.www.login.login_via_key?key={key}")


def login_via_key(request):
    cache_key = f"one_time_login_key:{request.args.get('key', '')}"
    email = cache.get_value(cache_key)
    if not email:
        text = "<p>The link you trying to login is invalid or expired.</p>"
        return Response(website.page("Not Permitted", text), 403, mimetype="text/html")
    cache.delete_value(cache_key)
    sid = make_session(email)
    local.db.commit()
    response = redirect("/app")
    response.set_cookie("sid", sid, httponly=True, samesite="Lax", max_age=7 * 24 * 3600)
    response.set_cookie("user_id", email, samesite="Lax")
    return response
