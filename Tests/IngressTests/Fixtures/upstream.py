"""A small server behind nginx: says what it received. Arguments: name=unix:<path> or name=tcp:<port>; ends with its
standard input, on SIGTERM after the requests in flight."""
import json
import os
import signal
import socket
import socketserver
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_one(self):
        length = int(self.headers.get("Content-Length") or 0)
        received = 0
        while received < length:
            chunk = self.rfile.read(min(1 << 20, length - received))
            if not chunk:
                return
            received += len(chunk)
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if (self.headers.get("Upgrade") or "").lower() == "websocket":
            return self.upgrade()
        if "seconds" in query:
            time.sleep(float(query["seconds"]))
        body = json.dumps({
            "server": self.server.label, "method": self.command, "path": self.path, "received": received,
            "headers": [[name, value] for name, value in self.headers.items()],
        }).encode()
        self.send_response(int(query.get("status", 200)))
        self.send_header("Content-Type", query.get("type", "application/json"))
        for name, value in (("X-Accel-Redirect", query.get("accel")), ("Cache-Control", query.get("cache")),
                            ("X-Frame-Options", query.get("frame"))):
            if value is not None:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.close_connection = True

    do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = handle_one

    def upgrade(self):
        headers = json.dumps({name.lower(): value for name, value in self.headers.items()})
        self.wfile.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        self.wfile.write(headers.encode() + b"\n")
        self.wfile.flush()
        while True:
            line = self.rfile.readline()
            if not line:
                break
            self.wfile.write(b"echo " + line)
            self.wfile.flush()
        self.close_connection = True

    def handle(self):
        try:
            super().handle()
        except OSError:
            pass

    def log_message(self, *arguments):
        pass

    def address_string(self):
        return "client"


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = False
    request_queue_size = 1024
    allow_reuse_address = True

    def __init__(self, label, place):
        kind, _, where = place.partition(":")
        self.label = label
        self.path = None
        if kind == "unix":
            self.address_family = socket.AF_UNIX
            self.path = where
            super().__init__(where, Handler)
            os.chmod(where, 0o666)
        else:
            super().__init__(("127.0.0.1", int(where)), Handler)

    def get_request(self):
        connection, _ = self.socket.accept()
        return connection, ("client", 0)

    def stop(self):
        if self.path:
            os.unlink(self.path)
        self.shutdown()
        self.server_close()


def main():
    servers = [Server(*argument.split("=", 1)) for argument in sys.argv[1:]]
    for server in servers:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    os.write(1, b"ready\n")
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    stop.wait()
    for server in servers:
        server.stop()
    os._exit(0)


main()
