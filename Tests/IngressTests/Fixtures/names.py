"""A name server on 127.0.0.1 that answers every question for an address with 127.0.0.1. Argument: its UDP port."""
import os
import socket
import sys
import threading

threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", int(sys.argv[1])))
os.write(1, b"ready\n")
while True:
    question, client = server.recvfrom(512)
    head = question[:2] + b"\x81\x80" + question[4:6] + b"\x00\x01\x00\x00\x00\x00"
    record = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x05\x00\x04\x7f\x00\x00\x01"
    server.sendto(head + question[12:] + record, client)
