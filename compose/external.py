"""Looks at a database on a server that others run, and prints as one line of JSON what it found; nothing secret.

The login comes from a file of mode 0400, or over standard input, and goes to the client in a file in memory. `try`
makes, changes and drops a table, since only that tells what the account may do; `clear` takes away what an unfinished
site left in a database that was empty before.
"""
import json
import os
import re
import shutil
import socket
import subprocess
import sys

INPUT = "/run/secrets/frappectl/input.json"
PROBE = "_frappectl_check"
SECONDS = 5


def in_memory(name, text):
    descriptor = os.memfd_create(name, 0)
    # The client passes over options that others could have written.
    os.fchmod(descriptor, 0o600)
    os.write(descriptor, text.encode())
    return descriptor


def option(name, value):
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'{name}="{text}"\n'


def quoted(name):
    return "`" + name.replace("`", "``") + "`"


class Server:
    def __init__(self, login):
        self.login = login
        self.files = {}
        for name in ("ca", "cert", "key"):
            if login.get(name):
                self.files[name] = in_memory(name, login[name])

    def options(self, tls):
        login = self.login
        text = "[client]\nprotocol=tcp\ndefault-character-set=utf8mb4\n" + option("connect-timeout", SECONDS)
        text += "".join(option(name, login[name]) for name in ("host", "port", "user", "password"))
        if tls == "none":
            return text + "skip-ssl\n"
        if tls == "any":
            return text + "ssl\nskip-ssl-verify-server-cert\n"
        text += "ssl\nssl-verify-server-cert\n"
        return text + "".join(option(f"ssl-{name}", f"/proc/self/fd/{fd}") for name, fd in self.files.items())

    def run(self, sql, tls, database=None):
        """Rows, or the server's complaint as a code and a text."""
        options = in_memory("client.cnf", self.options(tls))
        client = shutil.which("mariadb") or shutil.which("mysql")
        if not client:
            return None, (0, "there is no MariaDB client in the image")
        command = [client, f"--defaults-file=/proc/self/fd/{options}", "--batch", "--skip-column-names"]
        try:
            done = subprocess.run(
                command + ([database] if database else []), input=sql, capture_output=True, text=True,
                pass_fds=[options, *self.files.values()], timeout=3 * SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return None, (0, f"no answer within {3 * SECONDS} s")
        finally:
            os.close(options)
        if done.returncode == 0:
            return [line.split("\t") for line in done.stdout.splitlines()], None
        lines = done.stderr.strip().splitlines() or [f"the client exited with {done.returncode}"]
        match = re.match(r"ERROR (\d+) \(\w+\)(?: at line \d+)?: (.*)", lines[-1])
        return None, (int(match[1]), match[2]) if match else (0, lines[-1])


def reach(login):
    """What keeps a connection from coming about, before anything is said."""
    try:
        found = socket.getaddrinfo(login["host"], login["port"], socket.AF_INET, socket.SOCK_STREAM)
    except OSError as error:
        return {"stage": "resolve", "error": error.strerror or str(error)}
    try:
        socket.create_connection(found[0][4], timeout=SECONDS).close()
    except OSError as error:
        return {"stage": "connect", "error": error.strerror or str(error), "address": found[0][4][0]}
    return None


SETTINGS = """
SELECT VERSION(), @@character_set_server, @@collation_server, CURRENT_USER(),
  (SELECT COUNT(*) FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE NOT IN ('USAGE'));
SHOW STATUS LIKE 'Ssl_cipher';
"""
DATABASE = """
SELECT DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA
  WHERE SCHEMA_NAME = DATABASE();
SELECT COUNT(*), COALESCE(SUM(TABLE_NAME IN ('tabDocType', 'tabDefaultValue', '__Auth')), 0)
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME <> '_frappectl_check';
"""
TRY = f"""
DROP TABLE IF EXISTS {PROBE};
CREATE TABLE {PROBE} (name INT PRIMARY KEY) ENGINE=InnoDB;
ALTER TABLE {PROBE} ADD COLUMN value VARCHAR(10);
CREATE INDEX value ON {PROBE} (value);
INSERT INTO {PROBE} VALUES (1, 'a');
UPDATE {PROBE} SET value = 'b';
DELETE FROM {PROBE};
DROP TABLE {PROBE};
"""
# Without TLS is how the framework asks a server unless it is told otherwise.
REFUSALS_WITHOUT_TLS = {1045, 3159, 2026, 1251, 0}


def look(login, tries):
    trouble = reach(login)
    if trouble:
        return trouble
    server = Server(login)
    tls = "verified" if login.get("ca") else "none"
    rows, error = server.run(SETTINGS, tls)
    found = {"stage": "login"}
    if error and tls == "none" and error[0] in REFUSALS_WITHOUT_TLS:
        found["tlsRequired"] = server.run("SELECT 1;", "any")[1] is None
    if error:
        return {**found, "code": error[0], "error": error[1]}
    found.update(
        version=rows[0][0], serverCharset=rows[0][1], serverCollation=rows[0][2], account=rows[0][3],
        globalPrivileges=int(rows[0][4]), encrypted=len(rows[1]) > 1 and rows[1][1] != "")
    rows, error = server.run(DATABASE, tls, login["database"])
    if error:
        return {**found, "stage": "database", "code": error[0], "error": error[1]}
    found.update(charset=rows[0][0], collation=rows[0][1], tables=int(rows[1][0]), frameworkTables=int(rows[1][1]))
    if tries:
        _, error = server.run(TRY, tls, login["database"])
        if error:
            return {**found, "stage": "privileges", "code": error[0], "error": error[1]}
    return {**found, "stage": "done"}


def clear(login):
    server = Server(login)
    tls = "verified" if login.get("ca") else "none"
    sql = "SELECT TABLE_TYPE, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE();"
    rows, error = server.run(sql, tls, login["database"])
    if not error:
        kinds = {"VIEW": "VIEW", "SEQUENCE": "SEQUENCE"}
        drops = [f"DROP {kinds.get(kind, 'TABLE')} IF EXISTS {quoted(name)};" for kind, name in rows]
        _, error = server.run("SET FOREIGN_KEY_CHECKS = 0;\n" + "\n".join(drops), tls, login["database"])
    return {"stage": "clear", "code": error[0], "error": error[1]} if error else {"stage": "done"}


if os.path.exists(INPUT):
    with open(INPUT) as file:
        work = json.load(file)
else:
    work = json.load(sys.stdin)
print(json.dumps(clear(work["login"]) if work["action"] == "clear" else look(work["login"], work["action"] == "try")))
