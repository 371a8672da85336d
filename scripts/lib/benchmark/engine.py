"""The Docker Engine over its socket: raw calls, a proxy that counts calls, events."""

import http.client
import json
import os
import socket
import threading
import time
from urllib.parse import quote

from measure import Failed


def socket_path():
    host = os.environ.get("DOCKER_HOST", "")
    return host.removeprefix("unix://") if host.startswith("unix://") else "/var/run/docker.sock"


class Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("engine")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self.path)


class Engine:
    """Calls of the API, each on a connection of its own: the Engine ends those that nobody used for a while."""

    def __init__(self):
        self.path = socket_path()

    def call(self, method, path, body=None, raw=None, kind="application/json"):
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        headers = {} if data is None else {"Content-Type": kind}
        connection = Connection(self.path)
        try:
            connection.request(method, path, data, headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Failed(f"{method} {path}: {error or type(error).__name__}") from error
        finally:
            connection.close()
        if answer.status >= 400 and answer.status != 404:
            raise Failed(f"{method} {path}: {answer.status} {text.decode(errors='replace')}")
        return answer.status, text

    def get(self, path):
        return json.loads(self.call("GET", path)[1])

    def containers(self, label):
        filters = quote(json.dumps({"label": [label]}))
        return self.get(f"/containers/json?all=1&filters={filters}")

    def inspect(self, container):
        return self.get(f"/containers/{container}/json")

    def exit_code(self, container, command):
        """Runs a command inside, as a health check is run."""
        _, text = self.call(
            "POST", f"/containers/{container}/exec",
            {"Cmd": command, "AttachStdout": True, "AttachStderr": True})
        exec_id = json.loads(text)["Id"]
        self.call("POST", f"/exec/{exec_id}/start", {"Detach": False, "Tty": False})
        return self.get(f"/exec/{exec_id}/json")["ExitCode"]

    def all_healthy(self, label):
        found = self.containers(label)
        return bool(found) and all(
            one["State"] == "running" and "(health: starting)" not in one["Status"]
            and "(unhealthy)" not in one["Status"] or one["State"] == "exited" for one in found)

    def processor_seconds(self, containers):
        total = 0
        for container in containers:
            stats = self.get(f"/containers/{container}/stats?stream=false&one-shot=true")
            total += stats["cpu_stats"]["cpu_usage"]["total_usage"]
        return total / 1e9

    def remove(self, label):
        for container in self.containers(label):
            self.call("DELETE", f"/containers/{container['Id']}?force=1&v=1")
        filters = quote(json.dumps({"label": [label]}))
        for network in self.get(f"/networks?filters={filters}"):
            self.call("DELETE", f"/networks/{network['Id']}")


class Events:
    """What happened to containers with a label between `with` and its end: (time, action, attributes)."""

    def __init__(self, label):
        self.label = label
        self.found = []

    def __enter__(self):
        self.connection = Connection(socket_path())
        filters = quote(json.dumps({"type": ["container"], "event": ["die", "start"], "label": [self.label]}))
        self.connection.request("GET", f"/events?filters={filters}")
        self.answer = self.connection.getresponse()
        # Closing the connection ends the answer too.
        self.sock = self.connection.sock
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()
        return self

    def read(self):
        try:
            while line := self.answer.readline():
                event = json.loads(line)
                self.found.append((event["timeNano"] / 1e9, event["Action"], event["Actor"]["Attributes"]))
        except (OSError, ValueError, http.client.HTTPException):
            pass

    def __exit__(self, *_):
        time.sleep(0.5)
        self.sock.shutdown(socket.SHUT_RDWR)
        self.thread.join()


class CountingProxy:
    """A socket before the Engine's that counts the requests which pass; only for runs whose time is not measured."""

    def __init__(self, path):
        self.path = path
        self.calls = []
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        if os.path.exists(path):
            os.unlink(path)
        self.listener.bind(path)
        self.listener.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()

    def stop(self):
        self.listener.close()
        os.unlink(self.path)

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            engine = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            engine.connect(socket_path())
            threading.Thread(target=self.requests, args=(client, engine), daemon=True).start()
            threading.Thread(target=self.answers, args=(engine, client), daemon=True).start()

    def answers(self, engine, client):
        try:
            while data := engine.recv(1 << 16):
                client.sendall(data)
            client.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def requests(self, client, engine):
        """Passes requests on, head by head, so that each is counted once."""
        reader = client.makefile("rb")
        try:
            while line := reader.readline():
                head = [line]
                while (field := reader.readline()) not in (b"\r\n", b""):
                    head.append(field)
                self.calls.append(" ".join(line.decode().split()[:2]))
                engine.sendall(b"".join(head) + b"\r\n")
                fields = {name.strip().lower(): value.strip() for name, _, value in
                          (field.decode().partition(":") for field in head[1:])}
                if "upgrade" in fields:
                    break
                self.body(reader, engine, fields)
            while data := reader.read1(1 << 16):
                engine.sendall(data)
            engine.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def body(self, reader, engine, fields):
        if fields.get("transfer-encoding", "").lower() == "chunked":
            size = 1
            while size:
                line = reader.readline()
                size = int(line.split(b";")[0], 16)
                engine.sendall(line + reader.read(size + 2))
        elif length := int(fields.get("content-length", 0)):
            engine.sendall(reader.read(length))
