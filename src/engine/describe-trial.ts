// A trial in words (torchbearer/trial.py, __str__).

import { nameOf } from "./callback-list.js";
import type { MetricList } from "./metrics/metric-list.js";
import type { State } from "./state.js";

const WIDTH = 52;

/** Optimizer, criterion, metrics, callbacks and model, a section each. */
export function describeTrial(state: State, metrics: MetricList): string {
  const { optimizer, criterion, callbackList, model } = state;
  const groups = optimizer?.paramGroups.map(({ lr, params }) => `lr ${lr}, ${params.length} parameters`);
  const parameters = model.namedParameters().map(([name, { data }]) => `  ${name}: ${data.length}`);
  return [
    section("optimizer", optimizer === undefined ? "none" : `${optimizer.name} (${groups!.join("; ")})`),
    section("criterion", criterion === undefined ? "none" : criterion.name || "a function"),
    section("metrics", listed(metrics.names)),
    section("callbacks", listed(callbackList.callbacks.map(nameOf))),
    section("model", [model.name, ...parameters].join("\n")),
  ].join("\n");
}

function section(title: string, content: string): string {
  const dashes = WIDTH - title.length - 2;
  const left = "-".repeat(Math.floor(dashes / 2));
  return `${left} ${title.toUpperCase()} ${"-".repeat(dashes - left.length)}\n${content}\n`;
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.join(", ");
}
