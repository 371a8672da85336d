"""Measures frappectl beside docker compose and the Engine's own floor, and prints one table. See scripts/benchmark."""

import argparse
import os
import platform
import shutil
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from benches import Benches
from engine import Engine
from fifteen import Fifteen
from measure import Failed, Table, run, say
from sites import Sites

SECTIONS = {"fifteen": Fifteen, "benches": Benches, "sites": Sites}


def options():
    parser = argparse.ArgumentParser(prog="scripts/benchmark", description=__doc__)
    parser.add_argument("--program", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--sites-program", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--compose", type=os.path.abspath, metavar="PATH", help="docker compose; without it our side and the floor alone")
    parser.add_argument("--rounds", type=int, default=5, help="of each measurement (default 5)")
    parser.add_argument("--only", choices=sorted(SECTIONS), action="append", help="one part; may be repeated")
    parser.add_argument("--idle", type=int, default=60, help="seconds of an idle bench (default 60)")
    parser.add_argument("--benches", default="1,5,20", help="how many on one host (default 1,5,20)")
    parser.add_argument("--sites", default="1,100,10000", help="how many in nginx (default 1,100,10000)")
    parser.add_argument("--https-sites", default="100,1000", help="how many over HTTPS (default 100,1000)")
    parser.add_argument("--subnets", default="10.123", help="first half of free addresses (default 10.123)")
    parser.add_argument("--ports", type=int, default=23100, help="first of 800 free ports (default 23100)")
    chosen = parser.parse_args()
    chosen.subnet = lambda number: f"{chosen.subnets}.{number * 32}.0/19"
    base = chosen.ports
    chosen.ports = lambda number: f"{base + number * 200}-{base + number * 200 + 199}"
    return chosen


def machine(chosen):
    """What was measured on, as a line."""
    engine = Engine().get("/version")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    parts = [
        time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), f"{os.cpu_count()} cores", f"{memory:.0f} GiB",
        f"Linux {platform.release()}", f"Engine {engine['Version']}",
        run([chosen.program, "version"])[1].strip(), f"load before {os.getloadavg()[0]:.1f}",
    ]
    if chosen.compose:
        parts.append(f"docker compose {run([chosen.compose, 'version', '--short'])[1].strip()}")
    return ", ".join(parts)


def main():
    chosen = options()
    directory = f"{os.environ.get('TMPDIR', '/tmp')}/frappectl-benchmark-{os.getpid()}"
    os.makedirs(directory, mode=0o755)
    said = machine(chosen)
    # So that what was started is taken away again.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    texts, failed = [], False
    try:
        for name in chosen.only or SECTIONS:
            say(f"== {name}")
            try:
                section = SECTIONS[name](chosen, directory)
                section.measure()
                table = Table()
                section.rows(table)
                texts.append(table.text())
            except Failed as failure:
                failed = True
                texts.append(f"{name} was not measured: {failure}")
    finally:
        print(f"\n{said}, {chosen.rounds} rounds; median (lowest to highest)\n")
        print("\n\n".join(texts))
        shutil.rmtree(directory)
    return 1 if failed else 0


sys.exit(main())
