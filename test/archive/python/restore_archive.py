"""Restores an archive by what docs/archive-format.md says, without any code of this package: restore_archive.py ARCHIVE TARGET.

Prints a line of JSON a file: path, sha256, and whether it is the one of the manifest.
"""

import hashlib
import json
import pathlib
import struct
import sys

import pyarrow.parquet
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
# By message and field: the message that stands there.
CHILDREN = {
    ("Event", 5): "Summary",
    ("Summary", 1): "Value",
    ("Value", 4): "Image",
    ("Value", 5): "Histogram",
    ("Value", 6): "Audio",
    ("Value", 8): "Tensor",
}
# By message, field and wire type: what was taken out.
EMPTIED = {
    ("Event", 1, FIXED64): "wall_time",
    ("Event", 2, VARINT): "step",
    ("Value", 1, BYTES): "tag",
    ("Value", 2, FIXED32): "float",
    ("Image", 4, BYTES): "payload",
    ("Audio", 4, BYTES): "payload",
    **{("Histogram", field, FIXED64): "double" for field in range(1, 8)},
    ("Histogram", 6, BYTES): "doubles",
    ("Histogram", 7, BYTES): "doubles",
    ("Tensor", 4, BYTES): "content",
    ("Tensor", 5, BYTES): "floats",
    ("Tensor", 5, FIXED32): "float",
    ("Tensor", 6, BYTES): "doubles",
    ("Tensor", 6, FIXED64): "double",
    **{("Tensor", field, BYTES): "payload" for field in (7, 8, 10, 11, 13, 16, 17)},
}


def varint(value):
    value &= 2**64 - 1
    digits = bytearray()
    while value >= 0x80:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*digits, value])


def fields(message):
    """Number, wire type, the bytes with the key, and those of the content alone."""
    at = 0

    def read():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        start = at
        key = read()
        content = at
        if key & 7 == VARINT:
            read()
        elif key & 7 == BYTES:
            length = read()
            content = at
            at += length
        else:
            at += {FIXED64: 8, FIXED32: 4}[key & 7]
        yield key >> 3, key & 7, message[start:at], message[content:at]


class Value:
    """What the columns have of a value, given back in order."""

    def __init__(self, row):
        self.tag = row["tag"]
        numbers = [row["value"]] if row["value"] is not None else row["numbers"]
        payloads = [row["text"].encode()] if row["text"] is not None else row["data"]
        self.count = len(numbers or [])
        self.numbers = iter(numbers or [])
        self.payloads = iter(payloads or [])


def made(kind, message, row, values):
    """The message again. `values` begins with the one that comes next; the one at hand is `values[0]` inside of it."""
    parts = list(fields(message))
    names = [EMPTIED.get((kind, number, wire)) for number, wire, _, _ in parts]
    type_of_tensor = next((content[0] for number, _, _, content in parts if number == 1), None) if kind == "Tensor" else None
    formats = {"float": "<f", "floats": "<f", "double": "<d", "doubles": "<d"}
    names = [{1: "floats", 2: "doubles"}.get(type_of_tensor, "payload") if name == "content" else name for name in names]
    lists = sum(name in ("floats", "doubles") for name in names)
    singles = sum(name in ("float", "double") for name in names)
    out = bytearray()
    for (number, wire, whole, content), name in zip(parts, names):
        key = varint(number << 3 | wire)
        if wire == BYTES and (kind, number) in CHILDREN:
            child = CHILDREN[kind, number]
            inner = made(child, content, row, values)
            if child == "Value":
                values.pop(0)
            out += key + varint(len(inner)) + inner
        elif name is None:
            out += whole
        elif name == "wall_time":
            out += key + struct.pack("<d", row["wall_time"])
        elif name == "step":
            out += key + varint(row["step"])
        elif name in ("float", "double"):
            out += key + struct.pack(formats[name], next(values[0].numbers))
        else:
            if name == "tag":
                inner = values[0].tag.encode()
            elif name == "payload":
                inner = next(values[0].payloads)
            else:
                count = (values[0].count - singles) // lists
                inner = b"".join(struct.pack(formats[name], next(values[0].numbers)) for _ in range(count))
            out += key + varint(len(inner)) + inner
    return bytes(out)


def record_of(rows):
    """The bytes of a record from its rows."""
    if rows[0]["layout"] is None:
        return b"".join(row["raw"] for row in rows if row["raw"] is not None)
    event = made("Event", rows[0]["layout"], rows[0], [Value(row) for row in rows])
    length = struct.pack("<Q", len(event))
    return length + struct.pack("<I", masked_crc32c(length)) + event + struct.pack("<I", masked_crc32c(event))


def main(archive, target):
    table = pyarrow.parquet.read_table(archive)
    manifest = json.loads(table.schema.metadata[b"tensorboard-node-logger"])
    assert manifest["format"] == 1, manifest["format"]
    rows = sorted(table.to_pylist(), key=lambda row: (row["file"], row["record"], row["position"]))
    at = 0
    for ordinal, file in enumerate(manifest["files"]):
        records = []
        while at < len(rows) and rows[at]["file"] == ordinal:
            end = at
            while end < len(rows) and (rows[end]["file"], rows[end]["record"]) == (ordinal, rows[at]["record"]):
                end += 1
            records.append(record_of(rows[at:end]))
            at = end
        content = b"".join(records)
        path = pathlib.Path(target, file["path"])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        sha256 = hashlib.sha256(content).hexdigest()
        same = sha256 == file["sha256"] and len(content) == file["size"] and len(records) == file["records"]
        print(json.dumps({"path": file["path"], "sha256": sha256, "same": same}))
    assert at == len(rows), "rows of no file"


main(*sys.argv[1:])
