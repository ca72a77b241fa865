// Layouts of the Custom Scalars dashboard: what a program gives, how it is written, and what calls add to it.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { MemorySink } from "../../src/events/memory-sink.js";
import { CustomScalars } from "../../src/summary/dashboards/custom-scalars.js";
import {
  decodeCustomScalars,
  encodeCustomScalars,
  layoutOf,
  type LayoutInput,
} from "../../src/summary/custom-scalars.js";
import { forPeer, proves } from "../compatibility/proves.js";
import { bytes } from "../helpers/bytes.js";
import { errorOf } from "../helpers/errors.js";
import { decodedOf } from "./decoded.js";

const band = { value: "mean", lower: "low", upper: "high" };

describe("layoutOf", () => {
  it("takes charts by category and title, and torch's form of them", () => {
    const expected = [
      {
        title: "a",
        charts: [
          { title: "lines", multiline: ["^loss$", "(?s:.*?)(?:val)"] },
          { title: "band", margin: [band] },
        ],
      },
      { title: "b", charts: [] },
    ];
    expect(
      layoutOf({
        a: { lines: { tags: ["loss", /val/] }, band: { margin: [["mean", "low", "high"]] } },
        b: {},
      }),
    ).toEqual(expected);
    const torch = {
      lines: ["Multiline", ["loss", /val/]],
      band: ["Margin", ["mean", "low", "high"]],
    } as const;
    expect(layoutOf({ a: torch, b: {} })).toEqual(expected);
    expect(
      layoutOf([
        { title: "a", charts: torch },
        { title: "b", charts: {} },
      ]),
    ).toEqual(expected);
  });

  it("takes several bands, and categories in any order, folded or not", () => {
    const layout = layoutOf([
      { title: "10", charts: { two: { margin: [band, ["a", "b", "c"]] } }, closed: true },
      { title: "2", charts: {}, closed: false },
    ]);
    expect(layout).toEqual([
      {
        title: "10",
        charts: [{ title: "two", margin: [band, { value: "a", lower: "b", upper: "c" }] }],
        closed: true,
      },
      { title: "2", charts: [] },
    ]);
  });

  const chart = "a chart: { tags: [...] } or { margin: [[value, lower, upper], ...] }";
  it.each<[string, unknown, string]>([
    ["nothing", undefined, "Expected `layout` to be charts by category and title, got undefined"],
    ["a category that is none", { a: 1 }, "Expected `layout.a` to be charts by title, got 1 (number)"],
    ["a list of charts", { a: [] }, "Expected `layout.a` to be charts by title, got an array"],
    [
      "a category without a title",
      [{ charts: {} }],
      "Expected `layout[0].title` to be a string, got undefined",
    ],
    [
      "a category without charts",
      [{ title: "a" }],
      "Expected `layout[0].charts` to be charts by title, got undefined",
    ],
    ["a list item that is none", [7], "Expected `layout[0]` to be a category, got 7 (number)"],
    [
      "a chart that is none",
      { a: { b: {} } },
      `Expected \`layout.a.b\` to be ${chart}, got an object (Object)`,
    ],
    [
      "a chart of another kind",
      { a: { "b c": ["Pie", ["x"]] } },
      `Expected \`layout.a["b c"]\` to be ${chart}, got an array`,
    ],
    [
      "no tags",
      { a: { b: { tags: [] } } },
      "Expected `layout.a.b.tags` to be a list of at least one tag or pattern, got an array",
    ],
    [
      "a tag alone",
      { a: { b: { tags: "x" } } },
      'Expected `layout.a.b.tags` to be a list of at least one tag or pattern, got "x" (string)',
    ],
    [
      "an empty tag",
      { a: { b: { tags: ["x", ""] } } },
      'Expected `layout.a.b.tags[1]` to be a tag, a glob over tags or a regular expression, got "" (string)',
    ],
    [
      "no bands",
      { a: { b: { margin: [] } } },
      "Expected `layout.a.b.margin` to be a list of at least one [value, lower, upper], got an array",
    ],
    [
      "a band of two",
      { a: { b: { margin: [["x", "y"]] } } },
      "Expected `layout.a.b.margin[0]` to be three tags: value, lower and upper, got an array",
    ],
    [
      "a band without upper",
      { a: { b: { margin: [{ value: "x", lower: "y" }] } } },
      "Expected `layout.a.b.margin[0]` to be three tags: value, lower and upper, got an object (Object)",
    ],
    [
      "torch's band of four",
      { a: { b: ["Margin", ["1", "2", "3", "4"]] } },
      "Expected `layout.a.b[1]` to be three tags: value, lower and upper, got an array",
    ],
  ])("refuses %s", (_, layout, message) => {
    expect(errorOf(ArgumentError, () => layoutOf(layout as LayoutInput)).message).toBe(message);
  });
});

describe("encodeCustomScalars and decodeCustomScalars", () => {
  it("give and take a string of the serialized layout, under the one tag for it", () => {
    const layout = [{ title: "a", charts: [{ title: "b", multiline: ["^c$"] }] }];
    const value = encodeCustomScalars(layout);
    expect(value).toStrictEqual({
      tag: "custom_scalars__config__",
      metadata: { pluginName: "custom_scalars", dataClass: 2 },
      tensor: { dtype: 7, shape: [], stringVal: [bytes("12 0f 0a0161 12 0a 0a0162 12 05 0a03 5e6324")] },
    });
    expect(decodeCustomScalars(value)).toEqual(layout);
  });

  it("read torch's and tensorboardX's", () => {
    proves(forPeer(["torch", "tensorboardX"], "addCustomScalars", "read"));
    expect(decodedOf("peer-torch-plots", decodeCustomScalars)).toEqual([
      [
        "custom_scalars__config__",
        0,
        [
          {
            title: "a",
            charts: [
              { title: "lines", multiline: ["loss/.*", "accuracy"] },
              { title: "band", margin: [band] },
            ],
          },
        ],
      ],
    ]);
    expect(decodedOf("tensorboardx-dashboards", decodeCustomScalars).map(([, , layout]) => layout)).toEqual([
      [{ title: "loss", charts: [{ title: "both", multiline: ["loss/.*"] }] }],
    ]);
  });

  it("go by the tag's metadata, and give nothing for other values", () => {
    const { metadata, ...bare } = encodeCustomScalars([]);
    expect(decodeCustomScalars(bare)).toBeUndefined();
    expect(decodeCustomScalars(bare, metadata)).toEqual([]);
    const broken = { dtype: 7, shape: [], stringVal: [bytes("12ff")] };
    expect(decodeCustomScalars({ ...bare, tensor: broken }, metadata)).toBeUndefined();
    expect(decodeCustomScalars({ tag: "a", simpleValue: 1 }, metadata)).toBeUndefined();
  });
});

describe("CustomScalars", () => {
  /** What each call wrote: layouts, and the scalars of `addScalars`. */
  function recorded() {
    const sink = new MemorySink();
    const steps: [number, Record<string, number>, number?][] = [];
    return {
      scalars: new CustomScalars(sink),
      log: {
        prefix: "",
        addStep: (step: number, values: Readonly<Record<string, number>>, wallTime?: number) => {
          steps.push(wallTime === undefined ? [step, { ...values }] : [step, { ...values }, wallTime]);
        },
      },
      steps,
      layouts: () =>
        sink.events.flatMap(({ summary = [] }) => summary.map((value) => decodeCustomScalars(value))),
    };
  }

  it("adds to the layout with each call, and takes a chart's place with one of the same title", () => {
    const { scalars, layouts } = recorded();
    scalars.addMultilineChart(["x"], "a", "one");
    scalars.addMarginChart(["mean", "low", "high"], "a", "two");
    scalars.addLayout([{ title: "b", charts: { three: { tags: ["y"] } }, closed: true }]);
    scalars.addMultilineChart(["z"], "a", "one");
    scalars.addMarginChart([band, ["1", "2", "3"]]);
    const one = { title: "one", multiline: ["^x$"] };
    const two = { title: "two", margin: [band] };
    const b = { title: "b", charts: [{ title: "three", multiline: ["^y$"] }], closed: true };
    const changed = { title: "a", charts: [{ title: "one", multiline: ["^z$"] }, two] };
    const untitled = { title: "untitled", margin: [band, { value: "1", lower: "2", upper: "3" }] };
    expect(layouts()).toEqual([
      [{ title: "a", charts: [one] }],
      [{ title: "a", charts: [one, two] }],
      [{ title: "a", charts: [one, two] }, b],
      [changed, b],
      [changed, b, { title: "default", charts: [untitled] }],
    ]);
  });

  it("logs the scalars of one chart under tags of their own, and writes the chart once for each new name", () => {
    const { scalars, log, steps, layouts } = recorded();
    scalars.addScalars(log, "val/loss", { a: 1, b: 2 }, 0);
    scalars.addScalars(log, "val/loss", { a: 3 }, 1, 9.5);
    scalars.addScalars(log, "val/loss", { b: 4, "c.d": 5 }, 2);
    scalars.addScalars(log, "acc", { a: 6 }, 2);
    scalars.addScalars(log, "acc", {}, 3);
    expect(steps).toEqual([
      [0, { "val/loss/a": 1, "val/loss/b": 2 }],
      [1, { "val/loss/a": 3 }, 9.5],
      [2, { "val/loss/b": 4, "val/loss/c.d": 5 }],
      [2, { "acc/a": 6 }],
      [3, {}],
    ]);
    const ab = { title: "val/loss", multiline: ["^val/loss/a$", "^val/loss/b$"] };
    const abc = { title: "val/loss", multiline: [...ab.multiline, String.raw`^val/loss/c\.d$`] };
    expect(layouts()).toEqual([
      [{ title: "val", charts: [ab] }],
      [{ title: "val", charts: [abc] }],
      [
        { title: "val", charts: [abc] },
        { title: "acc", charts: [{ title: "acc", multiline: ["^acc/a$"] }] },
      ],
    ]);
  });

  it("writes no chart of scalars that were refused", () => {
    const { scalars, layouts } = recorded();
    const addStep = () => {
      throw new Error("refused");
    };
    expect(() => scalars.addScalars({ prefix: "", addStep }, "a", { b: 1 }, 0)).toThrow("refused");
    expect(layouts()).toEqual([]);
  });

  const anything = (value: unknown) => value as never;
  const noLog = { prefix: "", addStep: () => {} };
  it.each<[string, (scalars: CustomScalars) => void, string]>([
    [
      "a category that is none",
      (s) => s.addMultilineChart(["a"], anything(1)),
      "Expected `category` to be a string, got 1 (number)",
    ],
    [
      "a title that is none",
      (s) => s.addMarginChart(["a", "b", "c"], "d", anything(null)),
      "Expected `title` to be a string, got null",
    ],
    [
      "no tags",
      (s) => s.addMultilineChart([]),
      "Expected `tags` to be a list of at least one tag or pattern, got an array",
    ],
    [
      "tags that are two",
      (s) => s.addMarginChart(anything(["a", "b"])),
      "Expected `series[0]` to be three tags: value, lower and upper, got an array",
    ],
    [
      "no main tag",
      (s) => s.addScalars(noLog, "", { a: 1 }, 0),
      'Expected `mainTag` to be a string that is not empty, got "" (string)',
    ],
    [
      "a name that is empty",
      (s) => s.addScalars(noLog, "a", { b: 1, "": 2 }, 0),
      'Expected `values` to be numbers by names that are not empty, got one named ""',
    ],
    [
      "values that are a list",
      (s) => s.addScalars(noLog, "a", anything([1]), 0),
      "Expected `values` to be numbers by name, got an array",
    ],
    [
      "a layout that is none",
      (s) => s.addLayout(anything("a")),
      'Expected `layout` to be charts by category and title, got "a" (string)',
    ],
  ])("refuses %s, and writes nothing", (_, call, message) => {
    const { scalars, layouts } = recorded();
    expect(errorOf(ArgumentError, () => call(scalars)).message).toBe(message);
    expect(layouts()).toEqual([]);
  });
});
