"""Writes test/fixtures/*.tfevents with other programs' writers, and beside each a .json of what must be read from it.

    .venv/bin/python scripts/generate-fixtures.py            # the environment of the tests, test/requirements.txt
    .venv/bin/python scripts/generate-fixtures.py --check    # writes nothing, exits 1 when a file differs

What is in the .json: described_events.py. The first files of runs that the tests continue: generate-peer-fixtures.py.
"""

import logging
import socket
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import tensorboardX
from tensorboard.compat.proto import config_pb2, event_pb2, graph_pb2, summary_pb2, tensor_pb2
from tensorboard.compat.proto import tensor_shape_pb2
from tensorboard.plugins.audio import metadata as audio_metadata
from tensorboard.plugins.custom_scalar import layout_pb2
from tensorboard.plugins.custom_scalar import metadata as custom_scalar_metadata
from tensorboard.plugins.graph import metadata as graph_metadata
from tensorboard.plugins.histogram import summary_v2 as histogram_summary
from tensorboard.plugins.hparams import plugin_data_pb2 as hparams_pb2
from tensorboard.plugins.hparams import metadata as hparams_metadata
from tensorboard.plugins.hparams import summary_v2 as hparams_summary
from tensorboard.plugins.image import metadata as image_metadata
from tensorboard.plugins.mesh import plugin_data_pb2 as mesh_pb2
from tensorboard.plugins.mesh import metadata as mesh_metadata
from tensorboard.plugins.pr_curve import metadata as pr_curve_metadata
from tensorboard.plugins.scalar import summary_v2 as scalar_summary
from tensorboard.plugins.text import summary_v2 as text_summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.summary.writer.record_writer import RecordWriter
from tensorboard.util import tensor_util

from described_events import FIXTURES, SAFE, fixture_files

TIME = 1700000000.25
SPECIAL = [0.5, 0.0, -0.0, float("nan"), float("inf"), float("-inf"), 0.1, 3.4e38, 1e-45]

Event = event_pb2.Event
Summary = summary_pb2.Summary


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


def value_of(tag, metadata, array, data_class=summary_pb2.DATA_CLASS_UNKNOWN):
    metadata.data_class = data_class
    return Summary.Value(tag=tag, metadata=metadata, tensor=tensor_util.make_tensor_proto(array))


def plugin_metadata(plugin_name, content=b""):
    return summary_pb2.SummaryMetadata(plugin_data={"plugin_name": plugin_name, "content": content})


def dashboards(logdir):
    # The protobufs of TensorBoard's own plugins, most without a data class, as TensorFlow wrote them before there were any.
    writer = EventFileWriter(str(logdir))

    def write(step, *values):
        writer.add_event(Event(step=step, wall_time=TIME + step, summary=Summary(value=values)))

    def write_again(step, value):
        # As TensorFlow 1: the metadata stand at a tag's first value.
        again = Summary.Value()
        again.CopyFrom(value)
        again.ClearField("metadata")
        write(step, value)
        write(step + 1, again)

    scalar = scalar_summary.scalar_pb("scalar", 0.25, description="*first*")
    write(1, *scalar.value, *histogram_summary.histogram_pb("histogram", [0.5, 1.5, 1.5, 4], buckets=3).value)
    write(2, *scalar_summary.scalar_pb("scalar", 0.5, description="second").value)
    write(3, *text_summary.text_pb("text", [["a", "b"], ["ü", ""]]).value, *text_summary.text_pb("text/text_summary", "one").value)
    pictures = [b"3", b"2", b"first picture", b"second picture"]
    write_again(4, value_of("image", image_metadata.create_summary_metadata("Pictures", "of *two*"), pictures))
    clips = [[b"first clip", b"**label**"], [b"second clip", b""]]
    audio = audio_metadata.create_summary_metadata("Clips", "", audio_metadata.Encoding.Value("WAV"))
    write_again(6, value_of("audio", audio, clips))
    curve = np.float32([[4, 3, 1], [3, 1, 0], [0, 2, 3], [0, 1, 3], [0.5, 0.75, 1], [1, 0.75, 0.25]])
    write_again(8, value_of("pr curve", pr_curve_metadata.create_summary_metadata("Curve", "of three", 3), curve))
    chart = layout_pb2.Chart(title="both", multiline={"tag": ["scalar", "loss/.*"]})
    band = layout_pb2.Chart(title="band", margin={"series": [{"value": "mean", "lower": "low", "upper": "high"}]})
    layout = layout_pb2.Layout(category=[{"title": "all", "chart": [chart, band], "closed": True}])
    layout_metadata = custom_scalar_metadata.create_summary_metadata()
    write(10, value_of(custom_scalar_metadata.CONFIG_SUMMARY_TAG, layout_metadata, layout.SerializeToString()))
    session = hparams_summary.hparams_pb({"lr": 0.125, "deep": True, "name": "größe"}, trial_id="7", start_time_secs=TIME)
    data = session.value[0].metadata.plugin_data
    # protobuf gives the entries of a map another order at each making.
    data.content = hparams_pb2.HParamsPluginData.FromString(data.content).SerializeToString(deterministic=True)
    write(11, *session.value)
    interval = hparams_summary.HParam("lr", hparams_summary.RealInterval(0.0, 1.0), display_name="rate", description="of *learning*")
    choice = hparams_summary.HParam("name", hparams_summary.Discrete(["a", "größe"]))
    metric = hparams_summary.Metric("scalar", group="val", display_name="S", dataset_type=hparams_summary.Metric.VALIDATION)
    write(11, *hparams_summary.hparams_config_pb([interval, choice], [metric], time_created_secs=TIME).value)
    end = hparams_pb2.HParamsPluginData(session_end_info={"status": 2, "end_time_secs": TIME})
    end_metadata = hparams_metadata.create_summary_metadata(end)
    # Without a tensor, as programs wrote it for a time.
    write(12, Summary.Value(tag=hparams_metadata.SESSION_END_INFO_TAG, metadata=end_metadata))
    points = np.float32([[[1, 1, 1], [-1, -1, 1], [1, -1, -1]]])
    for kind, array in [
        (mesh_pb2.MeshPluginData.VERTEX, points),
        (mesh_pb2.MeshPluginData.FACE, np.int32([[[0, 1, 2]]])),
        (mesh_pb2.MeshPluginData.COLOR, np.uint8([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]])),
    ]:
        config = '{"camera": {"cls": "PerspectiveCamera", "fov": 75}}'
        metadata = mesh_metadata.create_summary_metadata("mesh", "Mesh", kind, 14, array.shape, "of one", config)
        write_again(13, value_of(mesh_metadata.get_instance_name("mesh", kind), metadata, array))
    graph = graph_pb2.GraphDef(node=[{"name": "a", "op": "Const", "device": "/cpu:0"}, {"name": "b", "op": "Neg", "input": ["a"]}])
    writer.add_event(Event(step=15, wall_time=TIME, graph_def=graph.SerializeToString()))
    stats = config_pb2.RunMetadata(step_stats={"dev_stats": [{"device": "/device:CPU:0"}]}).SerializeToString()
    for name in (graph_metadata.PLUGIN_NAME_RUN_METADATA, graph_metadata.PLUGIN_NAME_RUN_METADATA_WITH_GRAPH):
        write(16, value_of(name, plugin_metadata(name, b"1"), stats))
    keras = b'{"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "Dense", "config": {"name": "d"}}]}}'
    write(17, value_of("keras", plugin_metadata(graph_metadata.PLUGIN_NAME_KERAS_MODEL, b"1"), keras))
    tensor = summary_pb2.DATA_CLASS_TENSOR
    write(18, value_of("own numbers", plugin_metadata("own", b"\x01\xff"), np.float64([[0.1, 2]]), tensor))
    write(18, value_of("own strings", plugin_metadata("own"), [b"a", b"\xff"], tensor), Summary.Value(tag="own", simple_value=7))
    write(19, Summary.Value(tag="own nothing", metadata=plugin_metadata("own")))
    # What is none of its tag's kind.
    write(20, *text_summary.text_pb("scalar", "a text").value, Summary.Value(tag="text", simple_value=1))
    write(21, *histogram_summary.histogram_pb("scalar", [1, 2], buckets=2).value)
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
    "tensorboard-dashboards": (dashboards, "tensorboard"),
    "tensors": (tensors, "tensorboard"),
    "steps-and-times": (steps_and_times, "tensorboard"),
    "old-programs": (old_programs, "tensorboard"),
}


def fixture(name):
    write, package = WRITERS[name]
    with tempfile.TemporaryDirectory() as directory:
        write(Path(directory))
        return fixture_files(name, Path(directory), f"{package} {version(package)}")


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
