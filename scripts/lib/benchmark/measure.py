"""Runs a program once and says what it took; medians; the lines of the table."""

import os
import statistics
import subprocess
import sys
import time


class Failed(Exception):
    pass


def run(arguments, environment=None, directory=None):
    """Seconds by the clock and what was printed; fails unless the program ends with 0."""
    began = time.perf_counter()
    done = subprocess.run(
        arguments, env=environment, cwd=directory, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    seconds = time.perf_counter() - began
    if done.returncode != 0:
        raise Failed(f"{' '.join(arguments)} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return seconds, done.stdout


def resources(arguments, environment=None, directory=None):
    """Peak memory in bytes and processor seconds of one run, its children included.

    A shell stands between: a process starts with the peak of the one that made it, and ours is Python.
    """
    shell = ["/bin/sh", "-c", '"$@" >/dev/null 2>&1; exit $?', "sh"]
    process = subprocess.Popen(
        shell + arguments, env=environment, cwd=directory, stdin=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Failed(f"{' '.join(arguments)} ended with {process.returncode}")
    return usage.ru_maxrss * 1024, usage.ru_utime + usage.ru_stime


def median(values):
    return statistics.median(values) if values else None


def until(what, seconds, condition, pause=0.1):
    """Waits for a condition, which gives something true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(pause)
    raise Failed(f"{what} did not come in {seconds} s")


def clean(steps):
    """Takes every step, also after one that failed."""
    for step in steps:
        try:
            step()
        except Failed as failure:
            say(f"left over: {failure}")


def say(text):
    print(text, file=sys.stderr, flush=True)


class Samples:
    """Measured values by name, each with how it is written."""

    def __init__(self):
        self.values = {}

    def add(self, name, value):
        self.values.setdefault(name, []).append(value)

    def median(self, name):
        return median(self.values.get(name, []))

    def spread(self, name):
        """`median (lowest to highest)` of seconds."""
        values = self.values.get(name, [])
        if not values:
            return "-"
        return f"{seconds(median(values))} ({seconds(min(values))} to {seconds(max(values))})"

    def ratio(self, name, other):
        one, two = self.median(name), self.median(other)
        return None if one is None or not two else one / two


def seconds(value):
    if value is None:
        return "-"
    if value < 0.1:
        return f"{value * 1000:.1f} ms"
    return f"{value:.2f} s"


def mebibytes(value):
    return "-" if value is None else f"{value / 2**20:.1f} MiB"


class Table:
    """Rows of text: what, ours, theirs, ratio, wanted."""

    head = ("what", "frappectl", "compared with", "ratio", "wanted", "")

    def __init__(self):
        self.rows = []

    def add(self, what, ours, theirs="", ratio=None, wanted="", met=None):
        shown = "" if ratio is None else f"{ratio:.3f}" if ratio < 0.1 else f"{ratio:.2f}"
        mark = "" if met is None else "yes" if met else "NO"
        self.rows.append((what, ours, theirs, shown, wanted, mark))

    def text(self):
        rows = [self.head, tuple("---" for _ in self.head)] + self.rows
        return "\n".join("| " + " | ".join(row) + " |" for row in rows)
