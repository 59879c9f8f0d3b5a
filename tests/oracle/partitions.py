"""Which partition a record of a topic is in, computed apart from the engine: Kafka's murmur2."""

import json


def murmur2(data):
    """As org.apache.kafka.common.utils.Utils.murmur2: 32 bits, signed input bytes, seed 0x9747b28c."""
    mask, m = 0xFFFFFFFF, 0x5BD1E995
    h = (0x9747B28C ^ len(data)) & mask
    for at in range(0, len(data) - len(data) % 4, 4):
        k = int.from_bytes(data[at:at + 4], "little") * m & mask
        k = (k ^ (k >> 24)) * m & mask
        h = (h * m & mask) ^ k
    tail = data[len(data) - len(data) % 4:]
    if tail:
        h = (h ^ int.from_bytes(tail, "little")) * m & mask
    h = (h ^ (h >> 13)) * m & mask
    return h ^ (h >> 15)


def partition_of(key, count):
    return (murmur2(key.encode()) & 0x7FFFFFFF) % count


def user_of(line):
    """The key that a producer gives the record, or None."""
    try:
        user = json.loads(line)["user_id"]
    except (ValueError, TypeError, KeyError):
        return None
    return user if isinstance(user, str) else None


def split_by_partition(file, folder, stem, count):
    """Writes folder/stem-<partition>.jsonl, each in the order of `file`."""
    outs = [(folder / f"{stem}-{n}.jsonl").open("w") for n in range(count)]
    with file.open() as lines:
        for line in lines:
            user = user_of(line)
            outs[0 if user is None else partition_of(user, count)].write(line)
    for out in outs:
        out.close()
