"""nginx with 1, 100 and 10,000 sites: our own work, its own test and reload, its memory, and a request's latency."""

import json
import os
import shutil
import socket
import subprocess
import time

from installation import free_port
from measure import Failed, Samples, mebibytes, say, seconds

OWN = ("render", "stage", "swap")
# One connection carries a thousand.
REQUESTS = 900


class Sites:
    def __init__(self, options, directory):
        self.options = options
        self.directory = directory
        self.counts = [int(count) for count in options.sites.split(",")]
        self.samples = Samples()
        self.memory = {}

    def measure(self):
        for number in range(self.options.rounds):
            for count in self.counts:
                say(f"{count} sites, round {number + 1} of {self.options.rounds}")
                self.once(count)

    def once(self, count):
        directory, port = f"{self.directory}/sites", free_port()
        os.makedirs(f"{directory}/bench/sites/site-0.example.com/public/files", mode=0o755)
        with open(f"{directory}/bench/sites/site-0.example.com/public/files/hello.txt", "w") as file:
            file.write("hello\n")
        process = subprocess.Popen(
            [self.options.sites_program, directory, str(port), str(count)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        try:
            line = process.stdout.readline()
            if not line:
                raise Failed(f"{self.options.sites_program} ended before it measured anything")
            for name, value in json.loads(line).items():
                self.samples.add(f"{count} {name}", value)
            self.memory[count] = self.worker_memory(directory)
            self.latency(count, port)
        finally:
            process.stdin.close()
            process.wait()
            shutil.rmtree(directory)

    def worker_memory(self, directory):
        with open(f"{directory}/nginx/nginx.pid") as file:
            master = file.read().strip()
        with open(f"/proc/{master}/task/{master}/children") as file:
            workers = file.read().split()
        return max(resident(worker) for worker in workers), resident(master)

    def latency(self, count, port):
        """A small file of one site over one connection, a request after the other."""
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            request = b"GET /files/hello.txt HTTP/1.1\r\nHost: site-0.example.com\r\n\r\n"
            times = []
            for _ in range(REQUESTS):
                began = time.perf_counter()
                connection.sendall(request)
                answer = connection.recv(1 << 16)
                while not answer.endswith(b"hello\n"):
                    more = connection.recv(1 << 16)
                    if not more:
                        raise Failed(f"nginx ended the connection after {answer!r}")
                    answer += more
                times.append(time.perf_counter() - began)
                if not answer.startswith(b"HTTP/1.1 200"):
                    raise Failed(f"nginx answered {answer!r}")
        times.sort()
        self.samples.add(f"{count} latency", times[len(times) // 2])
        self.samples.add(f"{count} slow latency", times[len(times) * 99 // 100])

    def own(self, count, prefix=""):
        return sum(self.samples.median(f"{count} {prefix}{name}") for name in OWN)

    def rows(self, table):
        first = self.counts[0]
        for count in self.counts:
            own = self.own(count)
            table.add(
                f"{count} sites: rendered, staged, swapped by us", seconds(own), "", None,
                "below 1 s" if count == max(self.counts) else "", own < 1 if count == max(self.counts) else None)
            table.add(f"{count} sites: nginx's own test", self.samples.spread(f"{count} test"))
            table.add(f"{count} sites: start, until confirmed", self.samples.spread(f"{count} start"))
            change = self.own(count, "one ")
            table.add(
                f"{count} sites: one changed, by us", seconds(change),
                "" if count == first else f"{first}: {seconds(self.own(first, 'one '))}",
                None if count == first else change / self.own(first, "one "),
                "" if count == first else "the same")
            table.add(f"{count} sites: one changed, nginx's own test", self.samples.spread(f"{count} one test"))
            table.add(
                f"{count} sites: one changed, reload until confirmed", self.samples.spread(f"{count} one reload"))
            table.add(f"{count} sites: nothing changed, by us", self.samples.spread(f"{count} unchanged"))
            worker, master = self.memory[count]
            table.add(f"{count} sites: memory of a worker, of the master", mebibytes(worker), mebibytes(master))
            table.add(
                f"{count} sites: a request, median and 99 %", self.samples.spread(f"{count} latency"),
                self.samples.spread(f"{count} slow latency"))


def resident(process):
    with open(f"/proc/{process}/status") as file:
        for line in file:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) << 10
    return 0
