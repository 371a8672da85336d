"""Socket.IO for every site of the bench: a namespace each, named /<site>."""

import asyncio
import ctypes
import json
import os
import signal
import sys

import redis.asyncio
import socketio
from aiohttp import web

from authentication import Refused, authenticate
from frappe import config

PR_SET_PDEATHSIG = 1


class SiteNamespace(socketio.AsyncNamespace):
    """Who may come in, which rooms they are in, and what they may ask."""

    async def on_connect(self, sid, environ):
        try:
            user = await authenticate(environ, self.namespace)
        except Refused as error:
            raise socketio.exceptions.ConnectionRefusedError(str(error)) from error
        self.enter_room(sid, f"user:{user['user']}")
        self.enter_room(sid, "website")
        if user["user_type"] == "System User":
            self.enter_room(sid, "all")

    async def on_ping(self, sid):
        await self.emit("pong", room=sid)

    async def on_doctype_subscribe(self, sid, doctype):
        self.enter_room(sid, f"doctype:{doctype}")

    async def on_doctype_unsubscribe(self, sid, doctype):
        self.leave_room(sid, f"doctype:{doctype}")


class Server(socketio.AsyncServer):
    async def _handle_connect(self, eio_sid, namespace, data):
        """Debian's python-socketio knows no patterns for namespaces: each is made when its first client comes."""
        if namespace and namespace not in self.namespace_handlers:
            self.register_namespace(SiteNamespace(namespace))
        await super()._handle_connect(eio_sid, namespace, data)


async def forward_events(server, url):
    """From Redis to the clients. Without redis-queue the process ends with 1 (trap 7)."""
    try:
        subscriber = redis.asyncio.from_url(url).pubsub(ignore_subscribe_messages=True)
        await subscriber.subscribe("events")
        async for received in subscriber.listen():
            event = json.loads(received["data"])
            room, namespace = event.get("room"), f"/{event.get('namespace')}"
            await server.emit(event["event"], event["message"], room=room, namespace=namespace)
    except redis.RedisError as error:
        print(f"Redis at {url}: {error}", file=sys.stderr, flush=True)
    os._exit(1)


async def main():
    conf = config.read(sites_path="sites")
    server = Server(async_mode="aiohttp", cors_allowed_origins="*")
    app = web.Application()
    server.attach(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    port = int(os.environ.get("FRAPPE_SOCKETIO_PORT") or conf.socketio_port)
    await web.TCPSite(runner, "0.0.0.0", port).start()
    print("Realtime service listening on: ", port, flush=True)
    await forward_events(server, os.environ.get("FRAPPE_REDIS_QUEUE") or conf.redis_socketio or conf.redis_queue)


if __name__ == "__main__":
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    asyncio.run(main())
