"""A frappectl installation of its own, and what docker compose runs instead of it."""

import json
import os
import shutil
import socket

from engine import CountingProxy, Engine
from measure import resources, run, until

IMAGES = {
    "bench": os.environ.get("FRAPPECTL_BENCHMARK_BENCH", "frappectl/demo-bench:1"),
    "mariadb": os.environ.get("FRAPPECTL_BENCHMARK_MARIADB", "frappectl/mariadb:10.11"),
    "redis": os.environ.get("FRAPPECTL_BENCHMARK_REDIS", "frappectl/redis:7"),
}
# With mariadb, two Redis, socketio, scheduler and edge: fifteen containers.
FIFTEEN = {"gunicorn": 3, "workerDefault": 2, "workerShort": 2, "workerLong": 2}


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Installation:
    """A root under the benchmark's directory, with ports and subnets that nothing else has."""

    def __init__(self, program, directory, name, subnets, upstream_ports):
        self.program = program
        self.directory = f"{directory}/{name}"
        self.root = f"{self.directory}/root"
        self.subnets = subnets
        self.upstream_ports = upstream_ports
        self.port = free_port()
        self.engine = Engine()
        self.environment = dict(os.environ, FRAPPECTL_ROOT=self.root, NO_COLOR="1")
        os.makedirs(self.directory, mode=0o755)

    def host(self):
        return (
            "apiVersion: frappectl.dev/v1alpha1\nkind: Host\nspec:\n"
            f"  ingress: {{address: 127.0.0.1, httpPort: {self.port}, service: false}}\n"
            f"  upstreamPorts: {self.upstream_ports}\n  subnets: {self.subnets}\n"
            f"  images: {{mariadb: '{IMAGES['mariadb']}', redis: '{IMAGES['redis']}'}}\n"
            "  mariadb: {memory: 512Mi}\n")

    def bench(self, name, replicas=None, web_memory=None):
        repository, tag = IMAGES["bench"].rsplit(":", 1)
        text = (
            "apiVersion: vyogo.tech/v1alpha1\nkind: FrappeBench\n"
            f"metadata: {{name: {name}}}\nspec:\n  frappeVersion: '1'\n"
            f"  imageConfig: {{repository: '{repository}', tag: '{tag}', pullPolicy: Never}}\n")
        if replicas:
            text += f"  componentReplicas: {json.dumps(replicas)}\n"
        if web_memory:
            text += f"  componentResources: {{gunicorn: {{limits: {{memory: {web_memory}}}}}}}\n"
        return text

    def site(self, name, bench):
        return (
            "apiVersion: vyogo.tech/v1alpha1\nkind: FrappeSite\n"
            f"metadata: {{name: {name}}}\nspec:\n  benchRef: {{name: {bench}}}\n  siteName: {name}.localhost\n")

    def write(self, name, documents):
        path = f"{self.directory}/{name}"
        with open(path, "w") as file:
            file.write("---\n".join(documents))
        return path

    def run(self, *arguments, environment=None):
        return run([self.program, *arguments], environment or self.environment, self.directory)

    def resources(self, *arguments):
        return resources([self.program, *arguments], self.environment, self.directory)

    def calls(self, *arguments):
        """The calls of the Engine that a run makes."""
        proxy = CountingProxy(f"{self.directory}/engine.sock")
        try:
            self.run(*arguments, environment=dict(self.environment, DOCKER_HOST=f"unix://{proxy.path}"))
        finally:
            proxy.stop()
        return proxy.calls

    @property
    def root_id(self):
        return json.loads(self.run("status", "--json")[1])["rootID"]

    @property
    def label(self):
        return f"dev.frappectl.root={self.root_id}"

    def until_healthy(self):
        """Until the Engine's own probes have run: before that `up` asks each container itself."""
        label = self.label
        until("the Engine's first probe of every container", 150, lambda: self.engine.all_healthy(label))

    def remove(self):
        if not os.path.exists(f"{self.root}/agent/state.sqlite"):
            return
        label = self.label
        try:
            self.run("down")
        finally:
            self.engine.remove(label)
        shutil.rmtree(self.directory)


class Compose:
    """What `frappectl compose` prints, run by docker compose on the data of an installation that is down."""

    def __init__(self, program, installation):
        self.program = program
        self.installation = installation
        self.directory = installation.directory
        self.port = free_port()
        self.file = f"{self.directory}/compose.json"
        self.environment = dict(os.environ)
        text = installation.run("compose", "--port", str(self.port))[1]
        with open(f"{self.directory}/compose.yaml", "w") as file:
            file.write(text)
        self.model = self.quickened()
        self.save()

    def quickened(self):
        """Every health check each second, or the first start would take minutes."""
        arguments = [self.program, "--file", f"{self.directory}/compose.yaml", "config", "--format", "json"]
        model = json.loads(run(arguments, self.environment, self.directory)[1])
        for service in model["services"].values():
            if "healthcheck" in service:
                service["healthcheck"]["interval"] = "1s"
        return model

    def drop_gates(self):
        """Nothing waits for anything; what copied secrets into a volume, which is filled, would only run again."""
        services = self.model["services"]
        for name in [name for name in services if name.endswith("-secrets")]:
            del services[name]
        for service in services.values():
            service.pop("depends_on", None)
        self.save()

    def save(self):
        with open(self.file, "w") as file:
            json.dump(self.model, file)

    @property
    def label(self):
        return f"com.docker.compose.project={self.model['name']}"

    def arguments(self, *arguments):
        return [self.program, "--ansi", "never", "--progress", "quiet", "--file", self.file, *arguments]

    def run(self, *arguments, environment=None):
        return run(self.arguments(*arguments), environment or self.environment, self.directory)

    def resources(self, *arguments):
        return resources(self.arguments(*arguments), self.environment, self.directory)

    def calls(self, *arguments):
        proxy = CountingProxy(f"{self.directory}/compose.sock")
        try:
            self.run(*arguments, environment=dict(self.environment, DOCKER_HOST=f"unix://{proxy.path}"))
        finally:
            proxy.stop()
        return proxy.calls

    def change_web(self, memory):
        for name, service in self.model["services"].items():
            if name == "web" or name.startswith("web-"):
                service["mem_limit"] = str(memory)
                service["memswap_limit"] = str(memory)
                service["mem_reservation"] = str(min(int(service.get("mem_reservation", memory)), memory))
        self.save()
