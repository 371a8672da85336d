# Becomes the database client with what the site's own configuration says. The options are in a file in memory that
# only this process has: a password is in no argument, no environment and on no disk.
import json
import os
import shutil
import sys

site, *arguments = sys.argv[1:]
conf = {}
for path in ("sites/common_site_config.json", f"sites/{site}/site_config.json"):
    with open(path) as file:
        conf.update(json.load(file))
client = shutil.which("mariadb") or shutil.which("mysql")
if conf.get("db_type", "mariadb") != "mariadb" or not client:
    sys.exit("there is no client for the database of this site in the image")


def line(name, value):
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'{name}="{text}"\n'


options = "[client]\n" + line("user", conf.get("db_user") or conf["db_name"]) + line("password", conf["db_password"])
if conf.get("db_socket"):
    options += line("socket", conf["db_socket"])
else:
    options += line("host", conf.get("db_host", "127.0.0.1")) + line("port", conf.get("db_port", 3306))
if conf.get("db_ssl_ca"):
    options += "ssl\n" + "".join(
        line(f"ssl-{name}", conf[f"db_ssl_{name}"]) for name in ("ca", "cert", "key") if conf.get(f"db_ssl_{name}"))
descriptor = os.memfd_create("client.cnf", 0)
os.fchmod(descriptor, 0o600)
os.write(descriptor, options.encode())
# Where the framework keeps it: statements stay with the site.
os.environ["MYSQL_HISTFILE"] = os.path.abspath(f"sites/{site}/logs/mariadb_console.log")
os.execv(client, [client, f"--defaults-extra-file=/proc/self/fd/{descriptor}", *arguments, conf["db_name"]])
