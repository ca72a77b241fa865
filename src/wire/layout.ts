// The layout of the Custom Scalars dashboard, as plain values (tensorboard/plugins/custom_scalar/layout.proto).

import { tensorboard } from "./proto/messages.js";
import { wellFormed } from "./text.js";

/** Three tags whose values at the same step are a line and the borders of the band around it. */
export interface MarginSeries {
  readonly value: string;
  readonly lower: string;
  readonly upper: string;
}

/** A chart with a line for each tag that one of the regular expressions matches from its beginning on, or with lines in bands. */
export interface LayoutChart {
  readonly title: string;
  readonly multiline?: readonly string[];
  readonly margin?: readonly MarginSeries[];
}

/** Charts under a heading. */
export interface LayoutCategory {
  readonly title: string;
  readonly charts: readonly LayoutChart[];
  /** Whether it is folded at first. */
  readonly closed?: boolean;
}

/** Serializes a Layout. */
export function encodeLayout(categories: readonly LayoutCategory[]): Uint8Array {
  const layout = {
    category: categories.map(({ title, charts, closed }) => ({
      title: wellFormed(title),
      chart: charts.map(chartToMessage),
      ...(closed && { closed }),
    })),
  };
  return Uint8Array.from(tensorboard.custom_scalars.Layout.encode(layout).finish());
}

/** Parses a Layout. Throws the codec's error when `bytes` is none. */
export function decodeLayout(bytes: Uint8Array): LayoutCategory[] {
  const { category } = tensorboard.custom_scalars.Layout.decode(bytes);
  return (category ?? []).map(({ title, chart, closed }) => ({
    title: title ?? "",
    charts: (chart ?? []).map(chartFromMessage),
    ...(closed && { closed }),
  }));
}

function chartToMessage(chart: LayoutChart): tensorboard.custom_scalars.Chart.$Properties {
  const title = wellFormed(chart.title);
  if (chart.margin === undefined) {
    return { title, multiline: { tag: (chart.multiline ?? []).map(wellFormed) } };
  }
  const series = chart.margin.map(({ value, lower, upper }) => ({
    value: wellFormed(value),
    lower: wellFormed(lower),
    upper: wellFormed(upper),
  }));
  return { title, margin: { series } };
}

function chartFromMessage(chart: tensorboard.custom_scalars.Chart.$Properties): LayoutChart {
  const title = chart.title ?? "";
  if (chart.margin) {
    const series = (chart.margin.series ?? []).map(({ value, lower, upper }) => ({
      value: value ?? "",
      lower: lower ?? "",
      upper: upper ?? "",
    }));
    return { title, margin: series };
  }
  return chart.multiline ? { title, multiline: chart.multiline.tag ?? [] } : { title };
}
