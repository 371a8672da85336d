"""A bench of fifteen containers: ours, docker compose's with and without health gates, and the Engine's floor."""

import os
import time
from functools import partial

from engine import Events
from floor import Floor, Requests
from installation import FIFTEEN, Compose, Installation
from measure import Samples, clean, mebibytes, run, say, seconds, until

SITE = "one"
MEMORY = ("1000Mi", "900Mi")


class Fifteen:
    """Three installations side by side, so that every round runs one after the other and nothing waits for a change."""

    def __init__(self, options, directory):
        self.options = options
        self.directory = directory
        self.samples = Samples()
        self.calls = {}
        self.memory = {}
        self.failures = {}
        self.made = []

    def installation(self, name, number):
        made = Installation(
            self.options.program, self.directory, name, self.options.subnet(number),
            self.options.ports(number))
        self.made.append(made)
        made.manifest = made.write("shop.yaml", [made.host(), made.bench("shop", FIFTEEN), made.site(SITE, "shop")])
        made.run("up", "-f", made.manifest)
        return made

    def measure(self):
        self.composes = []
        try:
            self.ours = self.installation("a", 0)
            self.start_up()
            self.idle()
            if self.options.compose:
                self.gated = self.compose("b", 1, gated=True)
                self.ungated = self.compose("c", 2, gated=False)
            self.fresh()
            self.converged()
            self.changed()
        finally:
            clean([partial(compose.run, "down", "--volumes") for compose in self.composes]
                  + [made.remove for made in self.made])

    def compose(self, name, number, gated):
        installation = self.installation(name, number)
        compose = Compose(self.options.compose, installation)
        installation.run("down")
        self.composes.append(compose)
        compose.run("up", "--detach", "--wait")
        if not gated:
            compose.drop_gates()
            compose.run("up", "--detach", "--remove-orphans")
            until("docker compose's containers", 60, lambda: compose.installation.engine.all_healthy(compose.label))
        return compose

    def start_up(self):
        """In turn with compose's, twenty times each."""
        for _ in range(20):
            self.samples.add("version", run([self.options.program, "version"])[0])
            self.samples.add("help", run([self.options.program, "--help"])[0])
            if self.options.compose:
                self.samples.add("compose version", run([self.options.compose, "version"])[0])
                self.samples.add("compose help", run([self.options.compose, "--help"])[0])

    def idle(self):
        """The containers' own processor time over a minute in which nobody asks for anything, their probes included."""
        self.ours.until_healthy()
        containers = [one["Id"] for one in self.ours.engine.containers(self.ours.label)]
        say(f"idle for {self.options.idle} s")
        before = {one: self.ours.engine.processor_seconds([one]) for one in containers}
        engine = engine_seconds()
        began = time.monotonic()
        time.sleep(self.options.idle)
        passed = time.monotonic() - began
        used = {one: (self.ours.engine.processor_seconds([one]) - before[one]) / passed for one in containers}
        self.samples.add("idle", sum(used.values()))
        self.samples.add("idle engine", (engine_seconds() - engine) / passed)
        names = {one["Id"]: one["Labels"]["dev.frappectl.component"] for one in
                 self.ours.engine.containers(self.ours.label)}
        self.idle_parts = {}
        for one, share in used.items():
            self.idle_parts[names[one]] = self.idle_parts.get(names[one], 0) + share

    def fresh(self):
        """Containers and networks absent, data and sites there, and of the others none that runs and is probed."""
        floor = Floor(self.ours, f"frappectl-benchmark-{os.getpid()}")
        for number in range(self.options.rounds):
            say(f"fresh up, round {number + 1} of {self.options.rounds}")
            self.rest()
            started, proven = floor.measure()
            self.samples.add("floor started", started)
            self.samples.add("floor proven", proven)
            self.samples.add("fresh", self.ours.run("up")[0])
            if self.options.compose:
                self.rest()
                self.samples.add("compose fresh", self.gated.run("up", "--detach")[0])
                self.gated.run("down")
                self.samples.add("compose fresh waiting", self.gated.run("up", "--detach", "--wait")[0])
        self.rest()
        self.calls["fresh"] = len(self.ours.calls("up"))
        self.rest()
        self.memory["fresh"] = self.ours.resources("up")[0]
        if self.options.compose:
            self.rest()
            self.calls["compose fresh"] = len(self.gated.calls("up", "--detach"))
            self.rest()
            self.memory["compose fresh"] = self.gated.resources("up", "--detach")[0]
            self.ungated.run("up", "--detach")
        self.ours.run("up")

    def rest(self):
        """Nothing runs: compose's probes of each second would take a core from whoever is measured beside them."""
        self.ours.run("down")
        for compose in self.composes:
            compose.run("down")

    def converged(self):
        # Our own proof of each container is a moment old: that is the first minute after an `up`.
        for _ in range(self.options.rounds):
            self.samples.add("just proven", self.ours.run("up")[0])
        self.calls["just proven"] = len(self.ours.calls("up"))
        self.ours.until_healthy()
        for number in range(max(self.options.rounds, 10)):
            self.samples.add("converged", self.ours.run("up")[0])
            if self.options.compose:
                self.samples.add("compose gated", self.gated.run("up", "--detach")[0])
                self.samples.add("compose ungated", self.ungated.run("up", "--detach")[0])
                if number < self.options.rounds:
                    self.samples.add("compose waiting", self.gated.run("up", "--detach", "--wait")[0])
        self.calls["converged"] = len(self.ours.calls("up"))
        self.memory["converged"], self.samples.values["processor"] = self.ours.resources("up")[0], [
            self.ours.resources("up")[1] for _ in range(5)]
        if self.options.compose:
            self.calls["compose gated"] = len(self.gated.calls("up", "--detach"))
            self.calls["compose ungated"] = len(self.ungated.calls("up", "--detach"))
            self.calls["compose waiting"] = len(self.gated.calls("up", "--detach", "--wait"))
            self.memory["compose gated"] = self.gated.resources("up", "--detach")[0]

    def changed(self):
        """The three web containers get another memory limit, while somebody asks for a page all the time."""
        for compose in self.composes:
            compose.run("down")
        for number in range(self.options.rounds):
            say(f"a changed web, round {number + 1} of {self.options.rounds}")
            manifest = self.ours.write("changed.yaml", [
                self.ours.host(), self.ours.bench("shop", FIFTEEN, MEMORY[number % 2]), self.ours.site(SITE, "shop")])
            self.once_changed(
                "changed", self.ours.label, self.ours.port, "dev.frappectl.component",
                lambda: self.ours.run("up", "-f", manifest))
        if not self.options.compose:
            return
        self.gated.run("up", "--detach", "--wait")
        for number in range(self.options.rounds):
            say(f"a web changed by compose, round {number + 1} of {self.options.rounds}")
            self.gated.change_web(int(MEMORY[number % 2][:-2]) << 20)
            self.once_changed(
                "compose changed", self.gated.label, self.gated.port, "com.docker.compose.service",
                lambda: self.gated.run("up", "--detach"))
            # Until all of it is healthy again, or the next round would not begin converged.
            self.gated.run("up", "--detach", "--wait")

    def once_changed(self, name, label, port, attribute, work):
        with Events(label) as events, Requests(port, f"{SITE}.localhost") as requests:
            self.samples.add(name, work()[0])
            # Those who come back later than the command says so count as well.
            until("an answer after the change", 60, lambda: answers(requests))
        webs = [(at, action) for at, action, attributes in events.found
                if attributes.get(attribute, "").split("-")[0] == "web"]
        self.samples.add(f"{name} dead", fewest_is_none(webs, 3))
        self.samples.add(f"{name} unanswered", requests.dead)
        sent, failed = self.failures.get(name, (0, 0))
        self.failures[name] = (sent + requests.sent, failed + len(requests.failures))

    def rows(self, table):
        samples, options = self.samples, self.options

        def row(what, ours, theirs, wanted=None, note=""):
            ratio = samples.ratio(ours, theirs)
            met = None if ratio is None or wanted is None else ratio <= wanted
            table.add(
                what, samples.spread(ours), f"{note}{samples.spread(theirs)}" if samples.median(theirs) else "-",
                ratio, "" if wanted is None else f"at most {wanted:.3g}", met)

        row("converged `up`", "converged", "compose gated", 1 / 20, "compose, health gates: ")
        row("", "converged", "compose waiting", None, "compose, gates, `--wait`: ")
        row("", "converged", "compose ungated", 1 / 3, "compose, no gates: ")
        row("`up` in the minute after an `up`", "just proven", "compose gated", None, "compose, health gates: ")
        self.count(table, "Engine calls, converged", "converged", "compose gated", 4)
        self.count(table, "Engine calls, converged, no gates", "converged", "compose ungated", 4)
        self.count(table, "Engine calls in the minute after an `up`", "just proven", "compose gated", None)
        row("fresh up, until all is proven", "fresh", "compose fresh", 0.7, "compose, until all is started: ")
        row("", "fresh", "compose fresh waiting", None, "compose, `--wait`: ")
        row("", "fresh", "floor proven", 1.15, "floor, until all is proven: ")
        row("", "fresh", "floor started", None, "floor, create and start alone: ")
        self.count(table, "Engine calls, fresh", "fresh", "compose fresh", None)
        row("web changed: the command", "changed", "compose changed", None, "compose: ")
        dead = samples.median("changed dead")
        table.add(
            "web changed: no web container runs", seconds(dead), seconds(samples.median("compose changed dead")),
            None, "0 s", dead == 0)
        unanswered = samples.median("changed unanswered")
        table.add(
            "web changed: requests that failed", self.failed("changed"), self.failed("compose changed"), None, "0",
            self.failures["changed"][1] == 0)
        table.add(
            "web changed: first to last failure", seconds(unanswered),
            seconds(samples.median("compose changed unanswered")))
        version = samples.median("version")
        table.add(
            "`version`", samples.spread("version"), samples.spread("compose version"),
            samples.ratio("version", "compose version"), "below 15 ms", version < 0.015)
        row("`--help`", "help", "compose help")
        self.bytes(table, "peak memory, converged", "converged", "compose gated")
        self.bytes(table, "peak memory, fresh", "fresh", "compose fresh")
        table.add("processor time, converged", seconds(samples.median("processor")))
        idle = samples.median("idle")
        table.add("idle bench, 15 containers", f"{idle * 100:.2f} % of a core", "", None, "at most 1 %", idle <= 0.01)
        parts = sorted(self.idle_parts.items(), key=lambda part: -part[1])
        table.add("", ", ".join(f"{name} {share * 100:.2f}" for name, share in parts))
        table.add("the Engine beside it, all its work", f"{samples.median('idle engine') * 100:.2f} % of a core")

    def count(self, table, what, ours, theirs, limit):
        one, two = self.calls[ours], self.calls.get(theirs)
        table.add(
            what, str(one), "-" if two is None else str(two), one / two if two else None,
            "" if limit is None else f"at most {limit}", None if limit is None else one <= limit)

    def bytes(self, table, what, ours, theirs):
        one, two = self.memory[ours], self.memory.get(theirs)
        table.add(
            what, mebibytes(one), mebibytes(two), one / two if two else None, "at most 0.5",
            one / two <= 0.5 if two else None)

    def failed(self, name):
        if name not in self.failures:
            return "-"
        sent, failed = self.failures[name]
        return f"{failed} of {sent}"


def answers(requests):
    """Whether the newest half second of requests went well."""
    newest = max((began for began, _ in requests.failures), default=0)
    return time.time() - newest > 0.5


def fewest_is_none(events, running):
    """Seconds in which none of the containers ran, given how many ran at first."""
    dead, since = 0.0, None
    for at, action in sorted(events):
        running += 1 if action == "start" else -1
        if running <= 0 and since is None:
            since = at
        elif running > 0 and since is not None:
            dead += at - since
            since = None
    return dead


def engine_seconds():
    """Processor time of dockerd, containerd and the shims, with what they ran and waited for."""
    total = 0
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/stat") as file:
                name, fields = file.read().rsplit(")", 1)
        except OSError:
            continue
        if name.split("(", 1)[1].startswith(("dockerd", "containerd")):
            total += sum(int(field) for field in fields.split()[11:15])
    return total / os.sysconf("SC_CLK_TCK")
