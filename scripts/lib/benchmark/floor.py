"""The Engine's own floor: the same containers by raw calls of its API, as many at once as there are."""

import http.client
import io
import json
import tarfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from measure import Failed

LABEL = "dev.frappectl.benchmark"
# In the order in which a bench's components need each other; each group waits for those before it.
FIRST = ("mariadb", "redis-cache", "redis-queue")


class Floor:
    """Recorded from a bench that runs; made again once it is down."""

    def __init__(self, installation, mark):
        self.engine = installation.engine
        self.mark = mark
        self.networks = []
        self.containers = []
        root = f"dev.frappectl.root={installation.root_id}"
        names = {}
        for network in self.engine.get("/networks"):
            if network["Labels"].get("dev.frappectl.root") == installation.root_id:
                names[network["Name"]] = f"{mark}-{len(names)}"
                self.networks.append((names[network["Name"]], network["IPAM"]))
        for summary in self.engine.containers(root):
            self.containers.append(self.recorded(summary, names))

    def recorded(self, summary, names):
        found = self.engine.inspect(summary["Id"])
        config, host = found["Config"], found["HostConfig"]
        component = config["Labels"]["dev.frappectl.component"]
        config["Labels"] = {LABEL: self.mark}
        config.pop("Hostname", None)
        host["NetworkMode"] = names[host["NetworkMode"]]
        endpoints = {
            names[name]: {"Aliases": [alias for alias in endpoint["Aliases"] or [] if alias != summary["Id"][:12]]}
            for name, endpoint in found["NetworkSettings"]["Networks"].items()}
        first = endpoints.pop(host["NetworkMode"])
        body = dict(config, HostConfig=host, NetworkingConfig={"EndpointsConfig": {host["NetworkMode"]: first}})
        files = self.files(summary["Id"], component)
        return component, f"{self.mark}-{component}-{summary['Id'][:6]}", body, endpoints, files

    def files(self, container, component):
        """What was uploaded into it, as one archive."""
        place = {"mariadb": "/run/secrets/frappectl", "edge": "/run/frappectl-edge"}.get(component)
        if place is None:
            return None
        _, archive = self.engine.call("GET", f"/containers/{container}/archive?path={place}")
        above = place.rsplit("/", 1)[0].strip("/")
        target = io.BytesIO()
        with tarfile.open(fileobj=io.BytesIO(archive)) as old, tarfile.open(fileobj=target, mode="w") as new:
            for member in old:
                content = old.extractfile(member) if member.isfile() else None
                member.name = f"{above}/{member.name}"
                new.addfile(member, content)
        return target.getvalue()

    def make(self):
        """Networks, then every container created, given its files and started, all at the same time."""
        for name, address in self.networks:
            body = {"Name": name, "Labels": {LABEL: self.mark}, "IPAM": address, "CheckDuplicate": True}
            self.engine.call("POST", "/networks/create", body)
        with ThreadPoolExecutor(len(self.containers)) as pool:
            return list(pool.map(self.start, self.containers))

    def start(self, container):
        component, name, body, others, files = container
        _, text = self.engine.call("POST", f"/containers/create?name={name}", body)
        made = json.loads(text)["Id"]
        if files:
            self.engine.call("PUT", f"/containers/{made}/archive?path=/", raw=files, kind="application/x-tar")
        self.engine.call("POST", f"/containers/{made}/start")
        for network, endpoint in others.items():
            self.engine.call(
                "POST", f"/networks/{network}/connect", {"Container": made, "EndpointConfig": endpoint})
        return made, self.probe(body)

    @staticmethod
    def probe(body):
        test = body.get("Healthcheck", {}).get("Test") or []
        if test[:1] == ["CMD"]:
            return test[1:]
        return ["/bin/sh", "-c", *test[1:]] if test[:1] == ["CMD-SHELL"] else None

    def prove(self, container):
        made, probe = container
        deadline = time.monotonic() + 120
        while probe and time.monotonic() < deadline:
            if self.engine.exit_code(made, probe) == 0:
                return
            time.sleep(0.05)
        if probe:
            raise Failed(f"the container {made[:12]} of the floor never answered its probe")

    def measure(self):
        """Seconds until all were started, and until each answered its own health check once."""
        began = time.perf_counter()
        try:
            made = self.make()
            started = time.perf_counter() - began
            with ThreadPoolExecutor(len(made)) as pool:
                list(pool.map(self.prove, made))
            return started, time.perf_counter() - began
        finally:
            self.engine.remove(f"{LABEL}={self.mark}")


class Requests:
    """Requests to one page without end, four at a time, while something else is done; each that fails is kept."""

    def __init__(self, port, host, path="/api/method/ping"):
        self.port, self.host, self.path = port, host, path
        self.sent, self.failures, self.stopped = 0, [], False
        self.lock = threading.Lock()

    def __enter__(self):
        self.threads = [threading.Thread(target=self.ask) for _ in range(4)]
        for thread in self.threads:
            thread.start()
        time.sleep(0.3)
        return self

    def __exit__(self, *_):
        time.sleep(0.3)
        self.stopped = True
        for thread in self.threads:
            thread.join()

    def ask(self):
        while not self.stopped:
            failure = None
            began = time.time()
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                connection.request("GET", self.path, headers={"Host": self.host, "Connection": "close"})
                status = connection.getresponse().status
                connection.close()
                failure = None if status == 200 else str(status)
            except OSError as error:
                failure = str(error) or type(error).__name__
            except http.client.HTTPException as error:
                failure = type(error).__name__
            with self.lock:
                self.sent += 1
                if failure:
                    self.failures.append((began, failure))
            time.sleep(0.01)

    @property
    def dead(self):
        """Seconds from the first to the last failure; 0 without any."""
        times = [began for began, _ in self.failures]
        return max(times) - min(times) if times else 0.0
