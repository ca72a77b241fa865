"""Writes test/fixtures/*.tfevents with other programs' writers, and beside each a .json of what must be read from it.

    .venv/bin/python scripts/generate-fixtures.py            # the environment of the tests, test/requirements.txt
    .venv/bin/python scripts/generate-fixtures.py --check    # writes nothing, exits 1 when a file differs

The .json is made by TensorBoard's own record reader and Google's protobuf, never by the code under test. In it, {"$bytes": hex},
{"$bigint": digits} and {"$float": "NaN"} stand for what JSON cannot say; floats are float32 where the file has float32. "scalars" lists
tag, step and number of each value that is one real number.
"""

import json
import logging
import math
import socket
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import tensorboardX
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto import config_pb2, event_pb2, graph_pb2, summary_pb2, tensor_pb2
from tensorboard.compat.proto import tensor_shape_pb2, types_pb2
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.summary.writer.record_writer import RecordWriter
from tensorboard.util import tensor_util

FIXTURES = Path(__file__).resolve().parent.parent / "test" / "fixtures"
TIME = 1700000000.25
SAFE = 2**53
SPECIAL = [0.5, 0.0, -0.0, float("nan"), float("inf"), float("-inf"), 0.1, 3.4e38, 1e-45]

Event = event_pb2.Event
Summary = summary_pb2.Summary


# What must be read, in the words of src/wire.


def number(value):
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"}
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= SAFE:
        return {"$bigint": str(value)}
    return value


def raw(value):
    return {"$bytes": bytes(value).hex()}


def described_tensor(tensor):
    fields = {
        "floatVal": tensor.float_val,
        "doubleVal": tensor.double_val,
        "intVal": tensor.int_val,
        "stringVal": tensor.string_val,
        "int64Val": tensor.int64_val,
        "uint32Val": tensor.uint32_val,
        "uint64Val": tensor.uint64_val,
        "boolVal": tensor.bool_val,
        "halfVal": tensor.half_val,
    }
    lists = {name: [raw(v) if isinstance(v, bytes) else number(v) for v in values] for name, values in fields.items()}
    result = {"dtype": tensor.dtype, "shape": [dim.size for dim in tensor.tensor_shape.dim]}
    if tensor.tensor_content:
        result["content"] = raw(tensor.tensor_content)
    return result | {name: values for name, values in lists.items() if values}


def described_metadata(metadata):
    result = {}
    if metadata.plugin_data.plugin_name:
        result["pluginName"] = metadata.plugin_data.plugin_name
    if metadata.plugin_data.content:
        result["pluginContent"] = raw(metadata.plugin_data.content)
    if metadata.display_name:
        result["displayName"] = metadata.display_name
    if metadata.summary_description:
        result["description"] = metadata.summary_description
    if metadata.data_class:
        result["dataClass"] = metadata.data_class
    return result


def described_data(value):
    kind = value.WhichOneof("value")
    if kind == "simple_value":
        return {"simpleValue": number(value.simple_value)}
    if kind == "tensor":
        return {"tensor": described_tensor(value.tensor)}
    if kind == "image":
        image = value.image
        sizes = {"height": image.height, "width": image.width, "colorspace": image.colorspace}
        return {"image": sizes | {"encoded": raw(image.encoded_image_string)}}
    if kind == "histo":
        histo = value.histo
        plain = {name: number(getattr(histo, name)) for name in ("min", "max", "num", "sum")}
        lists = {"bucketLimit": [number(v) for v in histo.bucket_limit], "bucket": list(histo.bucket)}
        return {"histo": plain | {"sumSquares": number(histo.sum_squares)} | lists}
    if kind == "audio":
        audio = value.audio
        plain = {"sampleRate": audio.sample_rate, "numChannels": audio.num_channels, "lengthFrames": audio.length_frames}
        return {"audio": plain | {"encoded": raw(audio.encoded_audio_string), "contentType": audio.content_type}}
    if kind == "obsolete_old_style_histogram":
        return {"oldStyleHistogram": raw(value.obsolete_old_style_histogram)}
    return {}


def described_value(value):
    result = {"tag": value.tag}
    if value.node_name:
        result["nodeName"] = value.node_name
    if value.HasField("metadata"):
        result["metadata"] = described_metadata(value.metadata)
    return result | described_data(value)


def described_session(log):
    result = {"status": log.status}
    if log.checkpoint_path:
        result["checkpointPath"] = log.checkpoint_path
    if log.msg:
        result["message"] = log.msg
    return result


def described(event):
    result = {"wallTime": number(event.wall_time), "step": number(event.step)}
    kind = event.WhichOneof("what")
    if kind == "file_version":
        result["fileVersion"] = event.file_version
    elif kind == "summary":
        result["summary"] = [described_value(value) for value in event.summary.value]
    elif kind == "session_log":
        result["sessionLog"] = described_session(event.session_log)
    elif kind == "graph_def":
        result["graphDef"] = raw(event.graph_def)
    elif kind == "meta_graph_def":
        result["metaGraphDef"] = raw(event.meta_graph_def)
    elif kind == "tagged_run_metadata":
        tagged = event.tagged_run_metadata
        result["taggedRunMetadata"] = {"tag": tagged.tag, "runMetadata": raw(tagged.run_metadata)}
    elif kind == "log_message":
        result["logMessage"] = {"level": event.log_message.level, "message": event.log_message.message}
    if event.HasField("source_metadata"):
        result["sourceMetadata"] = {"writer": event.source_metadata.writer}
    return result


# What TensorBoard's make_ndarray does not know.
UNSIGNED = {types_pb2.DT_UINT32: np.uint32, types_pb2.DT_UINT64: np.uint64}


def array_of(tensor):
    dtype = UNSIGNED.get(tensor.dtype)
    if dtype is None:
        return tensor_util.make_ndarray(tensor)
    if tensor.tensor_content:
        return np.frombuffer(tensor.tensor_content, dtype)
    return np.array([*tensor.uint32_val, *tensor.uint64_val], dtype)


def scalars(event):
    for value in event.summary.value:
        if value.WhichOneof("value") == "simple_value":
            yield [value.tag, number(event.step), number(value.simple_value)]
        elif value.HasField("tensor"):
            array = array_of(value.tensor)
            if array.size == 1 and array.dtype.kind in "fiu":
                yield [value.tag, number(event.step), number(float(array.item()))]


# The files.


def tensorboardx_scalars(logdir):
    with tensorboardX.SummaryWriter(str(logdir)) as writer:
        for step, value in enumerate(SPECIAL):
            writer.add_scalar("batch/est", value, step, walltime=TIME + step)
        writer.add_scalar("no step", 1, walltime=TIME)
        writer.add_scalar("größe/µ 中文 🙂", 2, 5, walltime=TIME)
        writer.add_scalar("described", 3, 6, walltime=TIME, display_name="D", summary_description="*d*")


def tensorboardx_dashboards(logdir):
    values = np.array([-1.5, 0.0, 0.25, 0.5, 2.0, 2.0])
    with tensorboardX.SummaryWriter(str(logdir)) as writer:
        writer.add_histogram("histogram", values, 1, bins=4, walltime=TIME)
        writer.add_text("text", "# *markdown*", 2, walltime=TIME)
        writer.add_pr_curve("pr", np.array([0, 1, 1, 0]), np.array([0.1, 0.8, 0.4, 0.6]), 3, num_thresholds=5, walltime=TIME)
        writer.add_custom_scalars({"loss": {"both": ["Multiline", ["loss/.*"]]}})
        writer.file_writer.add_summary(tensorboardX.summary.hparams({"lr": 0.1}, {"loss": 0})[1], 0, TIME)


def torch_scalars(logdir):
    # torch.utils.tensorboard writes with this class: plain values, with new_style=True tensors, with double_precision=True float64.
    writer = EventFileWriter(str(logdir), filename_suffix=".torch")
    # purge_step=3
    writer.add_event(Event(step=3, file_version="brain.Event:2", wall_time=TIME))
    start = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
    writer.add_event(Event(step=3, session_log=start, wall_time=TIME))
    metadata = summary_pb2.SummaryMetadata(plugin_data=summary_pb2.SummaryMetadata.PluginData(plugin_name="scalars"))
    for step, value in enumerate(SPECIAL, start=3):
        plain = Summary.Value(tag="plain", simple_value=value)
        single = tensor_pb2.TensorProto(float_val=[value], tensor_shape=tensor_shape_pb2.TensorShapeProto(), dtype="DT_FLOAT")
        new = Summary.Value(tag="new", tensor=single, metadata=metadata)
        double = tensor_pb2.TensorProto(double_val=[value], tensor_shape=tensor_shape_pb2.TensorShapeProto(), dtype="DT_DOUBLE")
        exact = Summary.Value(tag="double", tensor=double, metadata=metadata)
        for each in (plain, new, exact):
            writer.add_event(Event(step=step, wall_time=TIME + step, summary=Summary(value=[each])))
    checkpoint = event_pb2.SessionLog(status="CHECKPOINT", checkpoint_path="/tmp/é", msg="saved")
    writer.add_event(Event(step=12, session_log=checkpoint, wall_time=TIME))
    writer.add_event(Event(step=12, session_log=event_pb2.SessionLog(status="STOP"), wall_time=TIME))
    writer.close()


def torch_dashboards(logdir):
    writer = EventFileWriter(str(logdir))
    # Bytes that stand for a picture and a sound; nothing here decodes them.
    image = Summary.Image(height=2, width=3, colorspace=4, encoded_image_string=b"\x89PNG\r\n")
    audio = Summary.Audio(sample_rate=44100, num_channels=1, length_frames=5, encoded_audio_string=b"RIFF", content_type="audio/wav")
    histo = summary_pb2.HistogramProto(
        min=-1, max=2.5, num=3, sum=0.1, sum_squares=7.25, bucket_limit=[0, 1, 1.7976931348623157e308], bucket=[1, 2, 0]
    )
    values = [
        Summary.Value(tag="image", image=image),
        Summary.Value(tag="audio", audio=audio),
        Summary.Value(tag="histogram", histo=histo),
    ]
    writer.add_event(Event(step=1, wall_time=TIME, summary=Summary(value=values)))
    graph = graph_pb2.GraphDef(node=[{"name": "a", "op": "Const"}]).SerializeToString()
    stats = config_pb2.RunMetadata(step_stats={"dev_stats": [{"device": "/device:CPU:0"}]}).SerializeToString()
    writer.add_event(Event(wall_time=TIME, graph_def=graph))
    tagged = event_pb2.TaggedRunMetadata(tag="step1", run_metadata=stats)
    writer.add_event(Event(wall_time=TIME, tagged_run_metadata=tagged))
    writer.close()


def tensors(logdir):
    arrays = {
        "float32": np.array([0.1, np.nan, -np.inf], np.float32),
        "float64": np.array([[0.1, 1e300], [-0.0, np.inf]]),
        "float16": np.array([1.5, np.nan], np.float16),
        "int8": np.array([-128, 127], np.int8),
        "int16": np.array([-32768], np.int16),
        "int32": np.array([-(2**31), 2**31 - 1], np.int32),
        "int64": np.array([-(2**63), 2**63 - 1, 2**53, 7], np.int64),
        "uint8": np.array([0, 255], np.uint8),
        "uint32": np.array([2**32 - 1], np.uint32),
        "uint64": np.array([2**64 - 1, 1], np.uint64),
        "bool": np.array([True, False]),
        "string": np.array([b"", b"\x00\xff", "é".encode()]),
        "empty": np.zeros((0, 3), np.float32),
        "rank 0": np.float32(0.25),
        "rank 0 double": np.float64(0.1),
        "rank 0 int64": np.int64(-5),
        "one element": np.array([[[7.0]]], np.float32),
    }
    writer = EventFileWriter(str(logdir))
    for step, (tag, array) in enumerate(arrays.items()):
        proto = tensor_util.make_tensor_proto(array)
        raw_proto = tensor_pb2.TensorProto(dtype=proto.dtype, tensor_shape=proto.tensor_shape)
        values = [Summary.Value(tag=tag, tensor=proto)]
        if array.dtype.kind in "fiub":
            raw_proto.tensor_content = np.asarray(array).tobytes()
            values.append(Summary.Value(tag=f"{tag} raw", tensor=raw_proto))
        writer.add_event(Event(step=step, wall_time=TIME, summary=Summary(value=values)))
    # One element that stands for all, and a tensor without a shape.
    same = tensor_pb2.TensorProto(dtype="DT_FLOAT", float_val=[2], tensor_shape={"dim": [{"size": 2, "name": "x"}]})
    bare = tensor_pb2.TensorProto(dtype="DT_FLOAT", float_val=[3])
    values = [Summary.Value(tag="same", tensor=same), Summary.Value(tag="bare", tensor=bare)]
    writer.add_event(Event(step=99, wall_time=TIME, summary=Summary(value=values)))
    writer.close()


def steps_and_times(logdir):
    writer = EventFileWriter(str(logdir))
    for step in [0, 1, -1, 127, 128, 2**31, 2**32, SAFE - 1, SAFE, SAFE + 1, 2**62, 2**63 - 1, -SAFE, 1 - SAFE, -(2**63)]:
        value = Summary.Value(tag="a", simple_value=step % 97)
        writer.add_event(Event(step=step, wall_time=TIME, summary=Summary(value=[value])))
    for wall_time in [0.0, -1.5, 1e300, 5e-324, float("nan"), float("inf"), 1700000000.123456]:
        writer.add_event(Event(wall_time=wall_time, summary=Summary(value=[Summary.Value(tag="b", simple_value=1)])))
    writer.close()


def old_programs(logdir):
    # As TensorFlow 1 wrote: no file_version at first, tags as node names, log messages.
    with open(logdir / "events.out.tfevents.1.old", "wb") as file:
        writer = RecordWriter(file)
        node = Summary.Value(node_name="scope/op:0", tensor=tensor_util.make_tensor_proto(np.float32(1)))
        old = Summary.Value(tag="histogram", obsolete_old_style_histogram=b"\x01\x02")
        message = event_pb2.LogMessage(level=event_pb2.LogMessage.WARN, message="watch out")
        for event in [
            Event(wall_time=TIME),
            Event(wall_time=TIME, step=1, summary=Summary(value=[node, old])),
            Event(wall_time=TIME, step=2, log_message=message),
            Event(wall_time=TIME, step=3, meta_graph_def=b"\x0a\x00"),
            Event(wall_time=TIME, step=4, summary=Summary()),
            Event(wall_time=TIME, step=4, summary=Summary(value=[Summary.Value(tag="nothing")])),
            Event(wall_time=TIME, file_version="brain.Event:1"),
        ]:
            writer.write(event.SerializeToString())


WRITERS = {
    "tensorboardx-scalars": (tensorboardx_scalars, "tensorboardX"),
    "tensorboardx-dashboards": (tensorboardx_dashboards, "tensorboardX"),
    "torch-scalars": (torch_scalars, "tensorboard"),
    "torch-dashboards": (torch_dashboards, "tensorboard"),
    "tensors": (tensors, "tensorboard"),
    "steps-and-times": (steps_and_times, "tensorboard"),
    "old-programs": (old_programs, "tensorboard"),
}


def fixture(name):
    write, package = WRITERS[name]
    with tempfile.TemporaryDirectory() as directory:
        logdir = Path(directory)
        write(logdir)
        [path] = logdir.glob("*tfevents*")
        events = [Event.FromString(record) for record in RawEventFileLoader(str(path)).Load()]
        data = path.read_bytes()
    lines = {
        "program": f"{package} {version(package)}",
        "events": [described(event) for event in events],
        "scalars": [scalar for event in events for scalar in scalars(event)],
    }
    rows = ",\n".join(
        f"{json.dumps(key)}: "
        + (json.dumps(value) if isinstance(value, str) else "[\n" + ",\n".join(json.dumps(v) for v in value) + "\n]")
        for key, value in lines.items()
    )
    return {f"{name}.tfevents": data, f"{name}.json": f"{{\n{rows}\n}}\n".encode()}


def main():
    # The same bytes on every day and every machine.
    time.time = lambda: TIME
    socket.gethostname = lambda: "host"
    # tensorboardX warns of NaN.
    logging.disable(logging.WARNING)
    stale = []
    for name in WRITERS:
        for file, data in fixture(name).items():
            path = FIXTURES / file
            if "--check" not in sys.argv:
                path.write_bytes(data)
            elif not path.exists() or path.read_bytes() != data:
                stale.append(file)
    if stale:
        sys.exit(f"stale: {', '.join(stale)}; run scripts/generate-fixtures.py")


if __name__ == "__main__":
    main()
