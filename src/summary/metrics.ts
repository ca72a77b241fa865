// The metrics of a run, declared once: which tags there are, how they are shown, how often they are kept.

import { ArgumentError, UnknownNameError } from "../errors.js";
import { nearestName } from "../math/nearest-name.js";
import { checkTag } from "./checks.js";
import { checkRule, type SamplingRule } from "./sampling-rules.js";
import { checkDescription, type TagDescription } from "./scalar.js";

/** What is known of a tag before anything is logged under it. */
export interface MetricDefinition extends TagDescription {
  /** Which of its values are kept; goes before the writer's `sampling`. */
  readonly sampling?: SamplingRule;
}

/** The metrics of a run by tag. */
export type MetricDefinitions<Tag extends string = string> = Readonly<Record<Tag, MetricDefinition>>;

/**
 * Declares the metrics of a run: `const metrics = defineMetrics({ "train/loss": { displayName: "Loss" }, lr: {} })`. A writer that is given them
 * takes these tags alone: another one is an error of the compiler, and at run time an `UnknownNameError`.
 *
 * Throws an `ArgumentError` when a tag, a text or a rule cannot be used.
 */
export function defineMetrics<Tag extends string>(metrics: MetricDefinitions<Tag>): MetricDefinitions<Tag> {
  if (typeof metrics !== "object" || metrics === null) {
    throw new ArgumentError("metrics", "an object of definitions by tag", metrics);
  }
  for (const [tag, definition] of Object.entries<MetricDefinition>(metrics)) {
    const place = `metrics[${JSON.stringify(tag)}]`;
    checkTag(tag);
    if (typeof definition !== "object" || definition === null) {
      throw new ArgumentError(place, "an object", definition);
    }
    checkDescription(definition, `${place}.`);
    if (definition.sampling !== undefined) checkRule(`${place}.sampling`, definition.sampling);
  }
  return metrics;
}

/** The definition of `tag`. Throws an `UnknownNameError` that names the nearest known one. */
export function definitionOf(metrics: MetricDefinitions, tag: string): MetricDefinition {
  const definition = Object.hasOwn(metrics, tag) ? metrics[tag] : undefined;
  if (definition !== undefined) return definition;
  const known = Object.keys(metrics);
  throw new UnknownNameError("tag", tag, known, nearestName(tag, known));
}
