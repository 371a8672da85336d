"""Asks an external Redis what a bench needs to know of it, from where containers ask; prints one line of JSON, no secret."""
import json
import sys

import redis

with open("/run/secrets/frappectl/input.json") as file:
    wanted = json.load(file)

connection = redis.Redis(
    host=wanted["host"], port=wanted["port"], username=wanted.get("user"), password=wanted.get("password"),
    socket_timeout=5, socket_connect_timeout=5,
)
try:
    info = connection.info()
except redis.RedisError as error:
    print(json.dumps({"trouble": str(error)}))
    sys.exit(0)
try:
    saves = bool(connection.config_get("save").get("save"))
except redis.RedisError:
    # Whoever runs it for others allows no questions about that.
    saves = None
print(json.dumps({
    "version": info.get("redis_version", ""),
    "policy": info.get("maxmemory_policy", ""),
    "journal": bool(info.get("aof_enabled")),
    "saves": saves,
    "replica": info.get("role") == "slave",
    "dragonfly": "dragonfly_version" in info,
}))
