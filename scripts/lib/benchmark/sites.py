"""nginx with 1, 100 and 10,000 sites, and some over HTTPS: our own work, its own test and reload, its memory, and a
request's latency."""

import json
import os
import shutil
import socket
import subprocess
import time
from typing import NamedTuple

from installation import free_port
from measure import Failed, Samples, mebibytes, say, seconds

OWN = ("render", "stage", "swap")
# One connection carries a thousand.
REQUESTS = 900


class Case(NamedTuple):
    sites: int
    secure: bool = False

    def __str__(self):
        return f"{self.sites} sites" + (" over HTTPS" if self.secure else "")


class Sites:
    def __init__(self, options, directory):
        self.options = options
        self.directory = directory
        self.cases = [Case(int(count)) for count in options.sites.split(",")]
        self.cases += [Case(int(count), True) for count in options.https_sites.split(",") if count]
        self.samples = Samples()
        self.memory = {}

    def measure(self):
        for number in range(self.options.rounds):
            for case in self.cases:
                say(f"{case}, round {number + 1} of {self.options.rounds}")
                self.once(case)

    def once(self, case):
        directory, port = f"{self.directory}/sites", free_port()
        os.makedirs(f"{directory}/bench/sites/site-0.example.com/public/files", mode=0o755)
        with open(f"{directory}/bench/sites/site-0.example.com/public/files/hello.txt", "w") as file:
            file.write("hello\n")
        certificate = [self.certificate(directory)] if case.secure else []
        process = subprocess.Popen(
            [self.options.sites_program, directory, str(port), str(case.sites)] + certificate, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        try:
            line = process.stdout.readline()
            if not line:
                raise Failed(f"{self.options.sites_program} ended before it measured anything")
            for name, value in json.loads(line).items():
                self.samples.add(f"{case} {name}", value)
            self.memory[case] = self.worker_memory(directory)
            if not case.secure:
                self.latency(case, port)
        finally:
            process.stdin.close()
            process.wait()
            shutil.rmtree(directory)

    def certificate(self, directory):
        """One that all sites share: nginx reads it for each of them, as it would their own."""
        path = f"{directory}/site.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", "/CN=example.com", "-keyout", path, "-out", f"{path}.crt"], check=True, stderr=subprocess.DEVNULL)
        with open(path, "a") as file, open(f"{path}.crt") as made:
            file.write(made.read())
        return path

    def worker_memory(self, directory):
        with open(f"{directory}/nginx/nginx.pid") as file:
            master = file.read().strip()
        with open(f"/proc/{master}/task/{master}/children") as file:
            workers = file.read().split()
        return max(resident(worker) for worker in workers), resident(master)

    def latency(self, case, port):
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
        self.samples.add(f"{case} latency", times[len(times) // 2])
        self.samples.add(f"{case} slow latency", times[len(times) * 99 // 100])

    def own(self, case, prefix=""):
        return sum(self.samples.median(f"{case} {prefix}{name}") for name in OWN)

    def rows(self, table):
        plain = [case for case in self.cases if not case.secure]
        for case in self.cases:
            own = self.own(case)
            most = case.sites == max(other.sites for other in plain)
            table.add(
                f"{case}: rendered, staged, swapped by us", seconds(own), "", None, "below 1 s" if most else "",
                own < 1 if most else None)
            table.add(f"{case}: nginx's own test", self.samples.spread(f"{case} test"))
            table.add(f"{case}: start, until confirmed", self.samples.spread(f"{case} start"))
            change, first = self.own(case, "one "), plain[0]
            table.add(
                f"{case}: one changed, by us", seconds(change),
                "" if case == first else f"{first.sites}: {seconds(self.own(first, 'one '))}",
                None if case == first else change / self.own(first, "one "), "" if case == first else "the same")
            table.add(f"{case}: one changed, nginx's own test", self.samples.spread(f"{case} one test"))
            table.add(f"{case}: one changed, reload until confirmed", self.samples.spread(f"{case} one reload"))
            table.add(f"{case}: nothing changed, by us", self.samples.spread(f"{case} unchanged"))
            worker, master = self.memory[case]
            table.add(f"{case}: memory of a worker, of the master", mebibytes(worker), mebibytes(master))
            if not case.secure:
                table.add(
                    f"{case}: a request, median and 99 %", self.samples.spread(f"{case} latency"),
                    self.samples.spread(f"{case} slow latency"))


def resident(process):
    with open(f"/proc/{process}/status") as file:
        for line in file:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) << 10
    return 0
