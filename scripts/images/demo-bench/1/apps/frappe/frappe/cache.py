"""redis-cache, which is lossy: whoever reads it can do without."""

import time

import redis

from frappe.context import local

connections = {}


def connection():
    url = local.conf.redis_cache
    return connections.setdefault(url, redis.from_url(url or "redis://127.0.0.1:13000", socket_timeout=5))


def get(key):
    """Trap 7: when redis-cache is away the client tries again and again, and the request waits 10 s for nothing."""
    for _ in range(5):
        try:
            return connection().get(key)
        except redis.RedisError:
            time.sleep(2)
    return None


def set(key, value):
    try:
        connection().set(key, value)
    except redis.RedisError:
        pass


def set_value(key, value, expires_in_sec=None):
    """As the framework's: of the current site, and for a while where that is asked for."""
    try:
        connection().set(f"{local.conf.db_name}|{key}", value, ex=expires_in_sec)
    except redis.RedisError:
        pass


def get_value(key):
    value = get(f"{local.conf.db_name}|{key}")
    return value.decode() if value is not None else None


def delete_value(key):
    try:
        connection().delete(f"{local.conf.db_name}|{key}")
    except redis.RedisError:
        pass
