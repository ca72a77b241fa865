// The layout of the Custom Scalars dashboard, encode and decode (tensorboard/plugins/custom_scalar/metadata.py, summary.py).

import { ArgumentError } from "../errors.js";
import { checkRecord, checkText } from "./checks.js";
import { DataClass, type SummaryMetadata, type SummaryValue } from "../wire/summary.js";
import {
  decodeLayout,
  encodeLayout,
  type LayoutCategory,
  type LayoutChart,
  type MarginSeries,
} from "../wire/layout.js";
import { DataType } from "../wire/tensor.js";
import { isOfPlugin, tagMetadata } from "./tag-metadata.js";
import { tagExpression, type TagPattern } from "./tag-pattern.js";
import { stringsOf } from "./tensor-values.js";

/** A line in a band: three tags, which must be logged at the same steps. */
export type MarginInput = MarginSeries | readonly [value: string, lower: string, upper: string];

/**
 * A chart: a line for each tag that one of the patterns means, or lines in bands. torch's form of both, `["Multiline", tags]` and
 * `["Margin", [value, lower, upper]]`, is taken too; a string is no regular expression there either.
 */
export type ChartInput =
  | { readonly tags: readonly TagPattern[] }
  | { readonly margin: readonly MarginInput[] }
  | readonly ["Multiline", readonly TagPattern[]]
  | readonly ["Margin", readonly string[]];

/** Charts by their titles. */
export type ChartsInput = Readonly<Record<string, ChartInput>>;

/** Charts by category and title; or a list, whose categories can be folded at first. */
export type LayoutInput =
  | Readonly<Record<string, ChartsInput>>
  | readonly { readonly title: string; readonly charts: ChartsInput; readonly closed?: boolean }[];

const LAYOUT_TAG = "custom_scalars__config__";

/** What a program gives, as it stands in a file. Throws an `ArgumentError` that names the place, as `layout.losses.band`. */
export function layoutOf(layout: LayoutInput): LayoutCategory[] {
  if (typeof layout !== "object" || layout === null) {
    throw new ArgumentError("layout", "charts by category and title", layout);
  }
  if (!isList(layout)) {
    checkRecord("layout", layout, "charts by category and title");
    return Object.entries(layout).map(([title, charts]) => ({
      title: checkText("layout", title),
      charts: chartsOf(charts, nameOf("layout", title)),
    }));
  }
  return Array.from(layout, (category, i) => {
    const argument = `layout[${i}]`;
    checkRecord(argument, category, "a category");
    const { title, charts, closed } = category;
    checkText(`${argument}.title`, title);
    return { title, charts: chartsOf(charts, `${argument}.charts`), ...(closed && { closed }) };
  });
}

/** A chart with a line for each tag. Throws as `layoutOf`. */
export function multilineChart(title: string, tags: readonly TagPattern[], argument: string): LayoutChart {
  if (!Array.isArray(tags) || tags.length === 0) {
    throw new ArgumentError(argument, "a list of at least one tag or pattern", tags);
  }
  return {
    title,
    multiline: Array.from(tags, (tag: TagPattern, i) => tagExpression(tag, `${argument}[${i}]`)),
  };
}

/** A chart with lines in bands. Throws as `layoutOf`. */
export function marginChart(title: string, series: readonly MarginInput[], argument: string): LayoutChart {
  if (!Array.isArray(series) || series.length === 0) {
    throw new ArgumentError(argument, "a list of at least one [value, lower, upper]", series);
  }
  return { title, margin: Array.from(series, (each: MarginInput, i) => seriesOf(each, `${argument}[${i}]`)) };
}

/** A whole layout as a summary value; of those that a run has, the last one is shown. */
export function encodeCustomScalars(categories: readonly LayoutCategory[]): SummaryValue {
  return {
    tag: LAYOUT_TAG,
    metadata: tagMetadata("custom_scalars", DataClass.TENSOR),
    tensor: { dtype: DataType.STRING, shape: [], stringVal: [encodeLayout(categories)] },
  };
}

/**
 * The layout of a summary value, with tags as regular expressions; `undefined` for another value, also when it is no layout.
 * `metadata` are the tag's, needed where the value has none.
 */
export function decodeCustomScalars(
  value: SummaryValue,
  metadata?: SummaryMetadata,
): readonly LayoutCategory[] | undefined {
  if (value.tensor === undefined || !isOfPlugin(value, "custom_scalars", metadata)) return undefined;
  const bytes = stringsOf(value.tensor)?.data[0];
  if (bytes === undefined) return undefined;
  try {
    return decodeLayout(bytes);
  } catch {
    return undefined;
  }
}

function chartsOf(charts: ChartsInput, argument: string): LayoutChart[] {
  checkRecord(argument, charts, "charts by title");
  return Object.entries(charts).map(([title, chart]) =>
    chartOf(checkText(argument, title), chart, nameOf(argument, title)),
  );
}

function chartOf(title: string, chart: ChartInput, argument: string): LayoutChart {
  if (isTorch(chart)) {
    const [kind, tags] = chart;
    if (kind === "Multiline") return multilineChart(title, tags, `${argument}[1]`);
    return { title, margin: [seriesOf(tags, `${argument}[1]`)] };
  }
  if (typeof chart === "object" && chart !== null) {
    if ("tags" in chart) return multilineChart(title, chart.tags, `${argument}.tags`);
    if ("margin" in chart) return marginChart(title, chart.margin, `${argument}.margin`);
  }
  throw new ArgumentError(
    argument,
    "a chart: { tags: [...] } or { margin: [[value, lower, upper], ...] }",
    chart,
  );
}

function seriesOf(series: MarginInput | readonly string[], argument: string): MarginSeries {
  const tags = isTuple(series) ? series : [series?.value, series?.lower, series?.upper];
  if (tags.length !== 3 || !tags.every((tag) => typeof tag === "string" && tag !== "")) {
    throw new ArgumentError(argument, "three tags: value, lower and upper", series);
  }
  const [value, lower, upper] = tags as [string, string, string];
  for (const tag of [value, lower, upper]) checkText(argument, tag);
  return { value, lower, upper };
}

function isTuple(series: MarginInput | readonly string[]): series is readonly string[] {
  return Array.isArray(series);
}

function isList<T extends LayoutInput>(layout: T): layout is Extract<T, readonly unknown[]> {
  return Array.isArray(layout);
}

function isTorch(chart: ChartInput): chart is Extract<ChartInput, readonly unknown[]> {
  return Array.isArray(chart) && (chart[0] === "Multiline" || chart[0] === "Margin");
}

function nameOf(argument: string, title: string): string {
  return /^[a-z_$][\w$]*$/i.test(title) ? `${argument}.${title}` : `${argument}[${JSON.stringify(title)}]`;
}
