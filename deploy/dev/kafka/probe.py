#!/usr/bin/env python3
"""Asks a Kafka broker for its metadata; exit 0 when it answers as a working cluster.

  probe.py 9092          prints `brokers 1 topics 7`
  probe.py --free 3      prints three free ports instead
"""

import socket
import struct
import sys


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, layout):
        (value,) = struct.unpack_from(">" + layout, self.data, self.at)
        self.at += struct.calcsize(">" + layout)
        return value

    def text(self):
        size = self.take("h")
        if size < 0:
            return None
        self.at += size
        return self.data[self.at - size:self.at].decode()


def receive(connection, size):
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            raise OSError("connection closed")
        data += part
    return data


def metadata(port):
    """Metadata request, version 1, all topics."""
    client = b"weir-probe"
    request = struct.pack(">hhih", 3, 1, 1, len(client)) + client + struct.pack(">i", -1)
    with socket.create_connection(("127.0.0.1", port), timeout=3) as connection:
        connection.sendall(struct.pack(">i", len(request)) + request)
        (size,) = struct.unpack(">i", receive(connection, 4))
        reader = Reader(receive(connection, size))
    reader.take("i")  # correlation
    brokers = reader.take("i")
    for _ in range(brokers):
        reader.take("i"), reader.text(), reader.take("i"), reader.text()
    controller = reader.take("i")
    topics = 0
    for _ in range(reader.take("i")):
        reader.take("h")
        reader.text()
        topics += 0 if reader.take("b") else 1
        for _ in range(reader.take("i")):
            reader.take("h"), reader.take("i"), reader.take("i")
            for _ in range(2):
                for _ in range(reader.take("i")):
                    reader.take("i")
    return brokers, controller, topics


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    return [each.getsockname()[1] for each in sockets]


def main():
    if sys.argv[1] == "--free":
        print(*free_ports(int(sys.argv[2])))
        return 0
    try:
        brokers, controller, topics = metadata(int(sys.argv[1]))
    except (OSError, struct.error) as problem:
        print(f"no answer: {problem}", file=sys.stderr)
        return 1
    if brokers < 1 or controller < 0:
        print("the broker has not joined its cluster", file=sys.stderr)
        return 1
    print(f"brokers {brokers} topics {topics}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
