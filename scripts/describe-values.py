"""Writes beside each test/fixtures/*.tfevents a .values.json: what TensorBoard's own code makes of the values in it, dashboard by dashboard.

    .venv/bin/python scripts/describe-values.py            # the environment of the tests, test/requirements.txt
    .venv/bin/python scripts/describe-values.py --check    # writes nothing, exits 1 when a file differs

TensorBoard's EventFileLoader brings old forms into the new one, says which plugin a tag is of, and its protobufs and make_ndarray read the
content; none of this is the code under test. Special numbers, bytes and large integers: described_events.py. What no plugin of TensorBoard's
reads is "unknown", without its content.
"""

import json
import sys
from importlib.metadata import version

from tensorboard.backend.event_processing.event_file_loader import EventFileLoader, LegacyEventFileLoader
from tensorboard.compat.proto import graph_pb2, types_pb2
from tensorboard.plugins.custom_scalar import layout_pb2
from tensorboard.plugins.hparams import plugin_data_pb2 as hparams_pb2
from tensorboard.plugins.mesh import plugin_data_pb2 as mesh_pb2

from described_events import FIXTURES, array_of, number, raw


def numbers(array):
    if isinstance(array, list):
        return [numbers(each) for each in array]
    return number(array)


def texts(array):
    if isinstance(array, list):
        return [texts(each) for each in array]
    return array.decode()


def present(**fields):
    return {name: value for name, value in fields.items() if value}


def image(value):
    width, height, *images = array_of(value.tensor)
    return {"width": int(width), "height": int(height), "images": [raw(each) for each in images]}


def audio(value):
    rows = array_of(value.tensor).tolist()
    # What labels there are, TensorBoard drops of some forms when it reads them.
    return [raw(row[0] if isinstance(row, list) else row) for row in rows]


def pr_curve(value):
    names = ["truePositives", "falsePositives", "trueNegatives", "falseNegatives", "precision", "recall"]
    return dict(zip(names, numbers(array_of(value.tensor).tolist()), strict=True))


def chart(message):
    if message.WhichOneof("content") == "multiline":
        return {"title": message.title, "multiline": list(message.multiline.tag)}
    series = [{"value": each.value, "lower": each.lower, "upper": each.upper} for each in message.margin.series]
    return {"title": message.title, "margin": series}


def layout(value):
    message = layout_pb2.Layout.FromString(array_of(value.tensor).item())
    return [{"title": each.title, "charts": [chart(one) for one in each.chart]} | present(closed=each.closed) for each in message.category]


def plain(value):
    return getattr(value, value.WhichOneof("kind"))


def domain(info):
    kind = info.WhichOneof("domain")
    if kind == "domain_interval":
        return {"domain": {"min": info.domain_interval.min_value, "max": info.domain_interval.max_value}}
    return {"domain": [plain(each) for each in info.domain_discrete.values]} if kind else {}


def labels(info):
    return present(displayName=info.display_name, description=info.description)


def hparams(metadata):
    data = hparams_pb2.HParamsPluginData.FromString(metadata.plugin_data.content)
    kind = data.WhichOneof("data")
    if kind == "session_start_info":
        start = data.session_start_info
        values = {name: plain(start.hparams[name]) for name in sorted(start.hparams)}
        more = present(modelUri=start.model_uri, monitorUrl=start.monitor_url, groupName=start.group_name, startTime=start.start_time_secs)
        return {"sessionStart": {"hparams": values} | more}
    if kind == "session_end_info":
        end = data.session_end_info
        return {"sessionEnd": {"status": end.status} | present(endTime=end.end_time_secs)}
    experiment = data.experiment
    columns = [{"name": i.name, "type": i.type, "differs": i.differs} | labels(i) | domain(i) for i in experiment.hparam_infos]
    metrics = [
        {"tag": i.name.tag} | present(group=i.name.group, datasetType=i.dataset_type) | labels(i) for i in experiment.metric_infos
    ]
    about = present(
        name=experiment.name, description=experiment.description, user=experiment.user, timeCreated=experiment.time_created_secs
    )
    return {"experiment": about | {"hparams": columns, "metrics": metrics}}


def mesh(value, metadata):
    data = mesh_pb2.MeshPluginData.FromString(metadata.plugin_data.content)
    part = {
        mesh_pb2.MeshPluginData.VERTEX: "vertices",
        mesh_pb2.MeshPluginData.FACE: "faces",
        mesh_pb2.MeshPluginData.COLOR: "colors",
    }[data.content_type]
    array = array_of(value.tensor)
    elements = {"shape": list(array.shape), "data": numbers(array.flatten().tolist())}
    return {"name": data.name, "part": part} | elements | {"config": json.loads(data.json_config)}


def graph(value):
    message = graph_pb2.GraphDef.FromString(array_of(value.tensor)[0])
    return [{"name": node.name, "op": node.op} | present(inputs=list(node.input), device=node.device) for node in message.node]


def tensor(value):
    array = array_of(value.tensor)
    dtype = types_pb2.DataType.Name(value.tensor.dtype)
    elements = array.flatten().tolist()
    return {"dtype": dtype, "shape": list(array.shape), "data": [raw(e) if isinstance(e, bytes) else number(e) for e in elements]}


def first_string(value):
    array = array_of(value.tensor)
    return array.item() if array.shape == () else array[0]


def content(value, metadata):
    """The kind, in the words of the package, and the value."""
    plugin = metadata.plugin_data.plugin_name
    has_tensor = value.HasField("tensor")
    if plugin == "hparams":
        return "hparams", hparams(metadata)
    if not has_tensor:
        return "unknown", None
    array = array_of(value.tensor)
    if plugin in ("scalars", "histograms") and array.dtype.kind not in "fiu" or plugin == "scalars" and array.size != 1:
        # What is none of its tag's kind.
        return "unknown", None
    if plugin == "scalars":
        return "scalar", number(array.item())
    if plugin == "histograms":
        return "histogram", numbers(array.tolist())
    if plugin == "images":
        return "image", image(value)
    if plugin == "audio":
        return "audio", audio(value)
    if plugin == "text" and value.tensor.dtype != types_pb2.DT_STRING:
        return "unknown", None
    if plugin == "text":
        return "text", texts(array_of(value.tensor).tolist())
    if plugin == "pr_curves":
        return "prCurve", pr_curve(value)
    if plugin == "custom_scalars":
        return "customScalars", layout(value)
    if plugin == "mesh":
        return "mesh", mesh(value, metadata)
    if plugin == "graphs":
        return "graph", graph(value)
    if plugin in ("graph_tagged_run_metadata", "graph_run_metadata", "graph_run_metadata_graph"):
        return "runMetadata", raw(first_string(value))
    if plugin == "graph_keras_model":
        return "kerasModel", json.loads(first_string(value))
    return "tensor", tensor(value)


def described_values(path):
    # Display names and descriptions as they stand there: TensorBoard gives old forms others.
    said = {}
    for event in LegacyEventFileLoader(str(path)).Load():
        for value in event.summary.value:
            if value.HasField("metadata"):
                said.setdefault(value.tag, value.metadata)
    first = {}
    for event in EventFileLoader(str(path)).Load():
        if event.WhichOneof("what") == "meta_graph_def":
            at = {"tag": "__meta_graph__", "step": number(event.step), "wallTime": number(event.wall_time)}
            yield at | {"kind": "metaGraph", "value": raw(event.meta_graph_def)}
        for value in event.summary.value:
            # As in plugin_event_accumulator.py.
            tag = value.tag or (value.node_name if value.HasField("tensor") else "")
            metadata = first.setdefault(tag, value.metadata)
            kind, what = content(value, metadata)
            described = {"tag": tag, "step": number(event.step), "wallTime": number(event.wall_time), "kind": kind}
            labelled = said.get(value.tag)
            if labelled is not None:
                described |= present(displayName=labelled.display_name, description=labelled.summary_description)
            yield described | ({} if what is None else {"value": what})


def main():
    stale = []
    for path in sorted(FIXTURES.glob("*.tfevents")):
        rows = ",\n".join(json.dumps(value) for value in described_values(path))
        reader = json.dumps(f"tensorboard {version('tensorboard')}")
        data = f'{{\n"reader": {reader},\n"values": [\n{rows}\n]\n}}\n'.encode()
        target = path.with_suffix(".values.json")
        if "--check" not in sys.argv:
            target.write_bytes(data)
        elif not target.exists() or target.read_bytes() != data:
            stale.append(target.name)
    if stale:
        sys.exit(f"stale: {', '.join(stale)}; run scripts/describe-values.py")


if __name__ == "__main__":
    main()
