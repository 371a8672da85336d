"""Configuration: sites/common_site_config.json, below sites/<site>/site_config.json, below the environment."""

import ast
import json
import os

ENVIRONMENT = {
    "FRAPPE_DB_HOST": "db_host",
    "FRAPPE_DB_PORT": "db_port",
    "FRAPPE_DB_NAME": "db_name",
    "FRAPPE_DB_USER": "db_user",
    "FRAPPE_DB_PASSWORD": "db_password",
    "FRAPPE_REDIS_CACHE": "redis_cache",
    "FRAPPE_REDIS_QUEUE": "redis_queue",
}
DEFAULTS = {"db_host": "127.0.0.1", "db_port": 3306, "db_type": "mariadb", "socketio_port": 9000}


class Conf(dict):
    """A dictionary whose missing names are None."""

    def __getattr__(self, name):
        return self.get(name)


def load(path):
    if not os.path.exists(path):
        return {}
    with open(path) as file:
        return json.load(file)


def common_path(sites_path="."):
    return os.path.join(sites_path, "common_site_config.json")


def site_path(site, sites_path="."):
    return os.path.join(sites_path, site, "site_config.json")


def read(site="", sites_path="."):
    conf = Conf(DEFAULTS)
    conf.update(load(common_path(sites_path)))
    if site:
        conf.update(load(site_path(site, sites_path)))
    conf.update({key: os.environ[name] for name, key in ENVIRONMENT.items() if os.environ.get(name)})
    conf["db_port"] = int(conf["db_port"])
    if conf.db_name and not conf.db_user:
        conf["db_user"] = conf.db_name
    return conf


def parse(value, literally):
    """The value of `bench set-config`: text, unless it is asked to be read as a literal or looks like a flag."""
    if literally:
        return ast.literal_eval(value)
    return {"0": 0, "1": 1, "false": False, "true": True}.get(value, value)


def update(path, key, value):
    """Sets one key; the value None removes it. The file stays readable by everybody, as in Frappe (0644)."""
    conf = load(path)
    if value is None or value == "None":
        conf.pop(key, None)
    else:
        conf[key] = value
    with open(path, "w") as file:
        json.dump(conf, file, indent=1, sort_keys=True)
