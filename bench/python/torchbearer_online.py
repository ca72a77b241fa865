"""The "Breaking ADAM" online problem with torchbearer and its TensorBoard callback, timed without the imports.

Runs each optimizer with each batch step size and prints one JSON object a run: optimizer, batchStepSize, seconds (of
Trial.run, which closes the event files too) and estimate (the last `est`).
"""

import argparse
import json
import time

# The callback imports tensorboardX when it first needs it: imported here, it is not the run's time.
import tensorboardX  # noqa: F401
import torch
import torchbearer
from torchbearer import Trial, callbacks, metrics


class Online(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.x = torch.nn.Parameter(torch.zeros(1))

    def forward(self, _, state):
        coefficient = 1010 if state[torchbearer.BATCH] % 101 == 1 else -10
        return coefficient * self.x


def loss(y_pred, _):
    return y_pred


@metrics.to_dict
class Estimate(metrics.Metric):
    def __init__(self):
        super().__init__("est")

    def process(self, state):
        return state[torchbearer.MODEL].x.item()


@callbacks.on_step_training
def greedy_update(state):
    state[torchbearer.MODEL].x.data.clamp_(-1, 1)


def run(optimizer, steps, batch_step_size, logdir):
    model = Online()
    adam = torch.optim.Adam(
        model.parameters(), lr=0.001, betas=(0.9, 0.99), amsgrad=optimizer == "amsgrad"
    )
    tensorboard = callbacks.TensorBoard(
        log_dir=logdir,
        comment=optimizer,
        write_graph=False,
        write_batch_metrics=True,
        batch_step_size=batch_step_size,
        write_epoch_metrics=False,
    )
    trial = Trial(model, adam, loss, metrics=[Estimate()], callbacks=[greedy_update, tensorboard])
    trial.for_train_steps(steps)
    start = time.perf_counter()
    history = trial.run(verbose=0)
    seconds = time.perf_counter() - start
    return {
        "optimizer": optimizer,
        "batchStepSize": batch_step_size,
        "seconds": seconds,
        "estimate": history[-1]["est"],
    }


parser = argparse.ArgumentParser()
parser.add_argument("--optimizer", action="append", choices=["adam", "amsgrad"], required=True)
parser.add_argument("--steps", type=int, required=True)
parser.add_argument("--batch-step-size", action="append", type=int, required=True)
parser.add_argument("--logdir", required=True)
args = parser.parse_args()
for batch_step_size in args.batch_step_size:
    logdir = f"{args.logdir}/every-{batch_step_size}"
    for optimizer in args.optimizer:
        print(json.dumps(run(optimizer, args.steps, batch_step_size, logdir)))
