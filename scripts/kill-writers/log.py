"""Logs with a SummaryWriter of Python until it is killed, or logs whole sessions. argv: torch or tensorboardX, a job as JSON.

log.ts does the same in Node; job.ts says what a job is.
"""

import json
import os
import struct
import sys
import time

if sys.argv[1] == "torch":
    from torch.utils.tensorboard import SummaryWriter
else:
    from tensorboardX import SummaryWriter


def log(dir, options, clockSpeed, tag, first, steps, stepMs, flushEvery, notes, atEnd):
    file = os.open(notes, os.O_RDWR)
    flushed = first - 1
    if atEnd == "close":
        print("ready", flush=True)
        sys.stdin.readline()
    print("started", flush=True)
    before = int(time.time())
    writer = SummaryWriter(dir, **options)
    after = int(time.time())
    start = time.perf_counter()
    step = first
    end = first + steps
    while step < end:
        due = end if stepMs == 0 else min(end, first + 1 + (time.perf_counter() - start) * 1000 / stepMs)
        while step < due:
            writer.add_scalar(tag, step % 1024, step)
            os.pwrite(file, struct.pack("<dd", step, flushed), 0)
            if flushEvery > 0 and (step - first) % flushEvery == flushEvery - 1:
                writer.flush()
                flushed = step
                os.pwrite(file, struct.pack("<dd", step, flushed), 0)
            step += 1
        if stepMs > 0:
            time.sleep(0.001)
    if atEnd == "close":
        writer.close()
        print(before, after, flush=True)
        return
    print("done", flush=True)
    # When it ends, nobody is left to kill this one.
    sys.stdin.read()
    os._exit(0)


def log_sessions(runs, tag, steps, values):
    for run in runs:
        writer = SummaryWriter(run["dir"], **run["options"])
        for step in range(run["from"], run["from"] + steps):
            writer.add_scalar(tag, step % 1024 if values == "first" else -1 - step % 1024, step)
        writer.close()


job = json.loads(sys.argv[2])
if "runs" in job:
    log_sessions(**job)
else:
    log(**job)
