"""Files of a site: public ones under /files, private ones for people who are logged in."""

import hashlib
import mimetypes
import os
import uuid
from urllib.parse import quote

from werkzeug.exceptions import BadRequest, Forbidden, NotFound, RequestEntityTooLarge
from werkzeug.utils import secure_filename, send_file
from werkzeug.wrappers import Response

from frappe.context import local


def upload(request):
    sent = request.files.get("file")
    if not sent or not (name := secure_filename(sent.filename or "")):
        raise BadRequest("No file was sent")
    private = request.form.get("is_private", "0") == "1"
    content = sent.read()
    if len(content) > int(local.conf.max_file_size or 25 * 1024 * 1024):
        raise RequestEntityTooLarge("File size exceeded the maximum allowed size")
    folder, url = ("private", "/private/files") if private else ("public", "/files")
    stem, extension = os.path.splitext(name)
    if os.path.exists(f"{local.site}/{folder}/files/{name}"):
        name = f"{stem}{uuid.uuid4().hex[:6]}{extension}"
    with open(f"{local.site}/{folder}/files/{name}", "wb") as file:
        file.write(content)
    digest = hashlib.md5(content).hexdigest()
    values = (uuid.uuid4().hex[:10], name, f"{url}/{name}", int(private), len(content), digest)
    local.db.sql(
        "INSERT INTO `tabFile` (name, creation, modified, file_name, file_url, is_private, file_size, content_hash) "
        "VALUES (%s, NOW(6), NOW(6), %s, %s, %s, %s, %s)",
        values,
    )
    return dict(zip(("name", "file_name", "file_url", "is_private", "file_size", "content_hash"), values))


def send_private(request):
    known = local.db.get_value("SELECT name FROM `tabFile` WHERE file_url=%s", (request.path,))
    if local.session.user == "Guest" or not known:
        raise Forbidden("You don't have permission to access this file")
    if request.headers.get("X-Use-X-Accel-Redirect"):
        # nginx adds the site: /protected/private/files/x is <site>/private/files/x there.
        response = Response(mimetype=mimetypes.guess_type(request.path)[0] or "application/octet-stream")
        response.headers["X-Accel-Redirect"] = quote("/protected" + request.path)
        if is_scriptable(request.path):
            response.headers.add("Content-Disposition", "attachment", filename=os.path.basename(request.path))
        return response
    return send(request, "private")


def send_public(request):
    return send(request, "public")


def send(request, kind):
    folder = os.path.realpath(f"{local.site}/{kind}/files")
    path = os.path.realpath(os.path.join(folder, request.path.partition("/files/")[2]))
    if not path.startswith(f"{folder}/") or not os.path.isfile(path):
        raise NotFound("The resource you are looking for is not available")
    return send_file(path, request.environ, as_attachment=is_scriptable(path))


def is_scriptable(path):
    """Browsers run what is in these: never shown, only downloaded."""
    return path.lower().endswith((".svg", ".html", ".htm", ".xml"))
