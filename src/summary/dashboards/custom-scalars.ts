// Charts of several scalars: the Custom Scalars dashboard has one layout a run, to which calls add.

import { ArgumentError } from "../../errors.js";
import type { EventSink } from "../../events/event-sink.js";
import type { LayoutCategory, LayoutChart } from "../../wire/layout.js";
import { checkRecord, checkText } from "../checks.js";
import {
  encodeCustomScalars,
  layoutOf,
  marginChart,
  multilineChart,
  type LayoutInput,
  type MarginInput,
} from "../custom-scalars.js";
import { exactExpression, type TagPattern } from "../tag-pattern.js";
import { writeValues } from "./write.js";

/**
 * All layouts of a run have this step, and the last one written is shown. With a step that rises, the layout of a run that is
 * continued with `purgeStep` would be void where the step is behind that, although the curves before it are kept.
 */
const LAYOUT_STEP = 0;

/** The writer that `addScalars` logs through: it puts its prefix before each tag itself. */
export interface StepLog {
  readonly prefix: string;
  /** Takes all the scalars of a step, as `SummaryWriter.addStep`. */
  readonly addStep: (step: number, values: Readonly<Record<string, number>>, wallTime?: number) => void;
}

/** The layout of one writer's run. Each call that changes it writes the whole of it. */
export class CustomScalars {
  readonly #sink: EventSink;
  readonly #categories = new Map<string, Category>();
  /** The names in each chart that `addScalars` made, by its whole main tag. */
  readonly #scalars = new Map<string, Set<string>>();

  constructor(sink: EventSink) {
    this.#sink = sink;
  }

  /**
   * Adds charts of scalars that are logged anyway, by category and title: `{ losses: { both: { tags: ["loss/*"] }, band: { margin: [["mean",
   * "low", "high"]] } } }`. `tags` are tags, globs over tags or regular expressions; the three tags of a band are logged at the same
   * steps. A list of `{ title, charts, closed }` has categories that are folded at first. May be called again, at any time: a chart takes the
   * place of the one with its category and title. The layouts of all runs are shown as one. After torch's
   * `add_custom_scalars(layout)`, of which a second call hides the first; its form is taken too, but a string is a tag or a glob there
   * as well, and no regular expression.
   *
   * Throws an `ArgumentError`, or a `WriteError` when the event file cannot be written.
   */
  addLayout(layout: LayoutInput): void {
    const categories = layoutOf(layout);
    for (const { title, charts, closed } of categories) this.#put(title, charts, closed);
    this.#write();
  }

  /**
   * Adds a chart with a line for each of `tags`, as `addLayout` takes them. After torch's `add_custom_scalars_multilinechart`. Throws as
   * `addLayout`.
   */
  addMultilineChart(tags: readonly TagPattern[], category = "default", title = "untitled"): void {
    this.#addChart(category, multilineChart(checkText("title", title), tags, "tags"));
  }

  /**
   * Adds a chart with a line in a band, or several: `["mean", "low", "high"]`, or a list of such. After torch's
   * `add_custom_scalars_marginchart`. Throws as `addLayout`.
   */
  addMarginChart(
    series: MarginInput | readonly MarginInput[],
    category = "default",
    title = "untitled",
  ): void {
    const isOne = !Array.isArray(series) || typeof series[0] === "string";
    const all = (isOne ? [series] : series) as readonly MarginInput[];
    this.#addChart(category, marginChart(checkText("title", title), all, "series"));
  }

  /**
   * Logs several scalars that share a chart: `addScalars("loss", { train: 0.1, val: 0.2 }, step)` logs the tags `loss/train` and `loss/val`
   * in one event, and adds a chart of them with the title `loss` to the layout, once for each new name. So they stay
   * in the run; torch's `add_scalars(main_tag, tag_scalar_dict, global_step)` makes a run, a directory and a file for each name. The
   * chart's category is what is before the first `/` of the main tag.
   *
   * Throws an `ArgumentError`, or a `WriteError` when the event file cannot be written.
   */
  addScalars(
    log: StepLog,
    mainTag: string,
    values: Readonly<Record<string, number>>,
    step: number,
    wallTime?: number,
  ): void {
    if (checkText("mainTag", mainTag) === "") {
      throw new ArgumentError("mainTag", "a string that is not empty", mainTag);
    }
    checkRecord("values", values, "numbers by name");
    const names = Object.keys(values);
    if (names.includes("")) {
      throw new ArgumentError("values", "numbers by names that are not empty", values, 'one named ""');
    }
    const tagged: Record<string, number> = {};
    for (const name of names) tagged[`${mainTag}/${name}`] = values[name]!;
    // First, since it checks the numbers.
    log.addStep(step, tagged, wallTime);
    const title = log.prefix + mainTag;
    const known = this.#scalars.get(title) ?? new Set();
    if (names.every((name) => known.has(name))) return;
    for (const name of names) known.add(name);
    this.#scalars.set(title, known);
    // As the cards of the Scalars dashboard are grouped.
    const [group] = title.split("/") as [string];
    this.#put(group, [{ title, multiline: [...known].map((name) => exactExpression(`${title}/${name}`)) }]);
    this.#write();
  }

  #addChart(category: string, chart: LayoutChart): void {
    this.#put(checkText("category", category), [chart]);
    this.#write();
  }

  /** A chart takes the place of the one with the same title in the category. */
  #put(title: string, charts: readonly LayoutChart[], closed?: boolean): void {
    const category = this.#categories.get(title) ?? { charts: new Map<string, LayoutChart>() };
    for (const chart of charts) category.charts.set(chart.title, chart);
    if (closed !== undefined) category.closed = closed;
    this.#categories.set(title, category);
  }

  #write(): void {
    const layout = [...this.#categories].map(([title, { charts, closed }]): LayoutCategory => ({
      title,
      charts: [...charts.values()],
      ...(closed && { closed }),
    }));
    writeValues(this.#sink, [encodeCustomScalars(layout)], LAYOUT_STEP);
  }
}

interface Category {
  readonly charts: Map<string, LayoutChart>;
  closed?: boolean;
}
