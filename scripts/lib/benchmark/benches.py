"""1, 5 and 20 benches on one host: what a run costs as they become more."""

import json

from installation import Installation
from measure import Samples, clean, mebibytes, say


class Benches:
    def __init__(self, options, directory):
        self.options = options
        self.directory = directory
        self.counts = [int(count) for count in options.benches.split(",")]
        self.samples = Samples()
        self.facts = {}

    def measure(self):
        ours = Installation(
            self.options.program, self.directory, "benches", self.options.subnet(3), self.options.ports(3))
        try:
            for count in self.counts:
                self.with_benches(ours, count)
        finally:
            clean([ours.remove])

    def with_benches(self, ours, count):
        say(f"{count} benches")
        documents = [ours.host()]
        for number in range(count):
            documents += [ours.bench(f"bench{number}"), ours.site(f"site{number}", f"bench{number}")]
        ours.run("up", "-f", ours.write("benches.yaml", documents))
        ours.run("down")
        self.samples.add(f"fresh {count}", ours.run("up")[0])
        ours.until_healthy()
        for _ in range(max(self.options.rounds, 10)):
            self.samples.add(f"converged {count}", ours.run("up")[0])
            self.samples.add(f"status {count}", ours.run("status")[0])
            self.samples.add(f"list {count}", ours.run("site", "list")[0])
        status = json.loads(ours.run("status", "--json")[1])
        components = [one for bench in status["benches"] for one in bench["components"]] + status["shared"]
        memory = ours.resources("up")[0]
        self.facts[count] = (
            len(components), len(ours.calls("up")), memory, sum(one.get("memory") or 0 for one in components))

    def rows(self, table):
        for count in self.counts:
            containers, calls, memory, used = self.facts[count]
            first = self.counts[0]

            def row(what, name):
                table.add(
                    f"{count} benches: {what}", self.samples.spread(f"{name} {count}"),
                    "" if count == first else f"{first}: {self.samples.spread(f'{name} {first}')}",
                    None if count == first else self.samples.ratio(f"{name} {count}", f"{name} {first}"))

            row(f"converged `up`, {containers} containers", "converged")
            row("`status`", "status")
            row("`site list`", "list")
            row("fresh up", "fresh")
            table.add(f"{count} benches: Engine calls, converged", str(calls), "", None, "at most 4", calls <= 4)
            table.add(f"{count} benches: peak memory of `up`, of all containers", mebibytes(memory), mebibytes(used))
