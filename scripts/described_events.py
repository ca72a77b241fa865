"""What must be read from an event file, as generate-fixtures.py and generate-peer-fixtures.py write it into test/fixtures.

It is made by TensorBoard's own record reader and Google's protobuf, never by the code under test, in the words of src/wire. In the
.json, {"$bytes": hex}, {"$bigint": digits} and {"$float": "NaN"} stand for what JSON cannot say; floats are float32 where the file has
float32. "scalars" lists tag, step and number of each value that is one real number.
"""

import json
import math
from pathlib import Path

import numpy as np
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto import event_pb2, types_pb2
from tensorboard.util import tensor_util

FIXTURES = Path(__file__).resolve().parent.parent / "test" / "fixtures"
SAFE = 2**53


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


def fixture_files(name, logdir, program, **more):
    """The fixture of the one event file in `logdir`: file name to bytes. `more` are further texts for its .json."""
    [path] = logdir.glob("*tfevents*")
    events = [event_pb2.Event.FromString(record) for record in RawEventFileLoader(str(path)).Load()]
    lines = {
        "program": program,
        **more,
        "events": [described(event) for event in events],
        "scalars": [scalar for event in events for scalar in scalars(event)],
    }
    rows = ",\n".join(
        f"{json.dumps(key)}: "
        + (json.dumps(value) if isinstance(value, str) else "[\n" + ",\n".join(json.dumps(v) for v in value) + "\n]")
        for key, value in lines.items()
    )
    return {f"{name}.tfevents": path.read_bytes(), f"{name}.json": f"{{\n{rows}\n}}\n".encode()}
