"""Writes an archive of a logdir by what docs/archive-format.md says, without any code of this package: write_archive.py LOGDIR ARCHIVE.

As simple as can be: every record is `raw`, with its step, time and plain numbers in the columns beside, in row groups of 50 rows and what is left of a record, in
another codec and other encodings than this package's.
"""

import hashlib
import json
import pathlib
import struct
import sys

import pyarrow
import pyarrow.parquet
from tensorboard.compat.proto.event_pb2 import Event

SCHEMA = pyarrow.schema(
    [
        pyarrow.field("run", pyarrow.string(), nullable=False),
        pyarrow.field("tag", pyarrow.string()),
        pyarrow.field("step", pyarrow.int64()),
        pyarrow.field("wall_time", pyarrow.float64()),
        pyarrow.field("value", pyarrow.float64()),
        pyarrow.field("plugin", pyarrow.string()),
        pyarrow.field("text", pyarrow.string()),
        pyarrow.field("numbers", pyarrow.list_(pyarrow.field("element", pyarrow.float64(), nullable=False))),
        pyarrow.field("data", pyarrow.list_(pyarrow.field("element", pyarrow.binary(), nullable=False))),
        pyarrow.field("file", pyarrow.int32(), nullable=False),
        pyarrow.field("record", pyarrow.int32(), nullable=False),
        pyarrow.field("position", pyarrow.int32(), nullable=False),
        pyarrow.field("layout", pyarrow.binary()),
        pyarrow.field("raw", pyarrow.binary()),
    ]
)


def rows_of(content, run, ordinal):
    """The rows of a file of whole records."""
    at = record = 0
    while at < len(content):
        (length,) = struct.unpack_from("<Q", content, at)
        end = at + 12 + length + 4
        event = Event.FromString(content[at + 12 : end - 4])
        base = {"run": run, "step": event.step, "wall_time": event.wall_time, "file": ordinal, "record": record}
        for position, value in enumerate(event.summary.value or [None]):
            row = {**base, "position": position, "raw": content[at:end] if position == 0 else None}
            if value is not None:
                row["tag"] = value.tag
                if value.HasField("simple_value"):
                    row.update(value=value.simple_value, plugin="scalars")
            yield row
        at, record = end, record + 1


def main(logdir, archive):
    groups, files = [[]], []
    for ordinal, path in enumerate(sorted(path for path in pathlib.Path(logdir).rglob("*") if path.is_file())):
        content = path.read_bytes()
        relative = path.relative_to(logdir)
        run = relative.parent.as_posix()
        is_events = "tfevents" in path.name
        if is_events:
            rows = list(rows_of(content, run, ordinal))
        else:
            rows = [{"run": run, "file": ordinal, "record": 0, "position": 0, "raw": content}] if content else []
        own = set()
        for row in rows:
            # A record is not torn.
            if len(groups[-1]) >= 50 and row["position"] == 0:
                groups.append([])
            groups[-1].append(row)
            own.add(len(groups) - 1)
        records = rows[-1]["record"] + 1 if rows else 0
        files.append(
            {
                "path": relative.as_posix(),
                "run": run,
                "kind": "events" if is_events else "other",
                "size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                "modified": path.stat().st_mtime * 1000,
                "records": records,
                "raw": records,
                "firstGroup": min(own, default=-1),
                "lastGroup": max(own, default=-1),
            }
        )
    manifest = {"format": 1, "createdBy": "write_archive.py", "created": "2026-11-25T12:00:00Z", "files": files, "links": []}
    schema = SCHEMA.with_metadata({"tensorboard-node-logger": json.dumps(manifest)})
    with pyarrow.parquet.ParquetWriter(archive, schema, compression="snappy") as writer:
        for rows in groups:
            writer.write_table(pyarrow.Table.from_pylist(rows, schema))


main(*sys.argv[1:])
