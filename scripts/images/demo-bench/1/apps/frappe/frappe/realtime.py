"""Realtime events: published in Redis, where the socketio process of the bench listens."""

import json

import redis

from frappe.context import local


def publish(event, message, room=None, user=None):
    """Returns how many socketio processes heard it."""
    room = room or (f"user:{user}" if user else "all")
    text = json.dumps({"event": event, "message": message, "room": room, "namespace": local.site})
    try:
        return redis.from_url(local.conf.redis_queue).publish("events", text)
    except redis.ConnectionError:
        return 0
