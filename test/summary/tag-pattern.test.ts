// Patterns over tags as regular expressions of Python, asked of Python.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { tagExpression, type TagPattern } from "../../src/summary/tag-pattern.js";
import { errorOf } from "../helpers/errors.js";
import { describeWithPython, runPython } from "../helpers/python.js";

const TAGS = [
  ...["loss", "loss/train", "loss/train_2", "loss/val", "val/loss", "loss/deep/er", "lossy", "Loss/train"],
  ...[
    "acc[0]",
    "acc0",
    "a.b",
    "axb",
    "a+b",
    "aab",
    "f(x)",
    "fx",
    "{x}",
    "x",
    ".hidden",
    "größe 🙂",
    "back\\slash",
    "a|b",
    "$1",
    "🙂 x",
    "\\🙂",
  ],
];

const CASES: [TagPattern, string[]][] = [
  // Exact tags, whatever is in them.
  ["loss/train", ["loss/train"]],
  ["loss", ["loss"]],
  ["a.b", ["a.b"]],
  ["acc[0]", ["acc[0]", "acc0"]],
  ["a+b", ["a+b"]],
  ["f(x)", ["f(x)", "fx"]],
  ["{x}", ["{x}"]],
  ["größe 🙂", ["größe 🙂"]],
  ["back\\slash", ["back\\slash"]],
  ["a|b", ["a|b"]],
  ["$1", ["$1"]],
  // Globs.
  ["loss/*", ["loss/train", "loss/train_2", "loss/val"]],
  ["loss/**", ["loss", "loss/train", "loss/train_2", "loss/val", "loss/deep/er"]],
  ["**/loss", ["loss", "val/loss"]],
  ["{loss,val}/*", ["loss/train", "loss/train_2", "loss/val", "val/loss"]],
  ["loss?*", ["lossy"]],
  ["*hidden", [".hidden"]],
  ["🙂*", ["🙂 x"]],
  ["🙂?x", ["🙂 x"]],
  ["größ?*🙂", ["größe 🙂"]],
  ["[🙂]*x", ["🙂 x"]],
  // Regular expressions, which match anywhere, as they do here.
  [/loss$/, ["loss", "val/loss"]],
  [/^loss\//, ["loss/train", "loss/train_2", "loss/val", "loss/deep/er"]],
  [/^loss$|^val/, ["loss", "val/loss"]],
  [/LOSS\/TRAIN$/i, ["loss/train", "Loss/train"]],
  [/[[]0]|\{/, ["acc[0]", "{x}"]],
  [/(?<=a)b|a(?=a)/, ["aab"]],
  [/🙂|\\s/, ["größe 🙂", "back\\slash", "🙂 x", "\\🙂"]],
];

describeWithPython("a pattern over tags", () => {
  it("matches in Python, joined with others as TensorBoard joins them, exactly the tags that it means", async () => {
    const expressions = CASES.map(([pattern]) => tagExpression(pattern, "tags[0]"));
    const found = await runPython(
      `import json, re, sys
expressions, tags = json.loads(sys.argv[1])
# As the dashboard joins the expressions of a chart, and the server matches them.
alone = [[tag for tag in tags if re.compile("(" + each + ")").match(tag)] for each in expressions]
every = "|".join("(" + each + ")" for each in expressions)
print(json.dumps([alone, [tag for tag in tags if re.compile(every).match(tag)]]))`,
      [JSON.stringify([expressions, TAGS])],
    );
    const [alone, every] = JSON.parse(found) as [string[][], string[]];
    const named = (lists: readonly string[][]) => lists.map((tags, i) => [String(CASES[i]![0]), tags]);
    expect(named(alone)).toEqual(CASES.map(([pattern, tags]) => [String(pattern), tags]));
    expect(every).toEqual(TAGS.filter((tag) => CASES.some(([, tags]) => tags.includes(tag))));
  });
});

describe("tagExpression", () => {
  it.each<[unknown, string]>([
    ["", 'Expected `tags[3]` to be a tag, a glob over tags or a regular expression, got "" (string)'],
    [7, "Expected `tags[3]` to be a tag, a glob over tags or a regular expression, got 7 (number)"],
    [/a/u, "Expected `tags[3]` to be a regular expression without the flags u, v and y, got /a/u"],
    [/a/y, "Expected `tags[3]` to be a regular expression without the flags u, v and y, got /a/y"],
    [
      /(?<n>a)/,
      "Expected `tags[3]` to be a regular expression without named groups and references to groups, got /(?<n>a)/",
    ],
    [
      /\\(a)\1/,
      String.raw`Expected ${"`tags[3]`"} to be a regular expression without named groups and references to groups, got /\\(a)\1/`,
    ],
  ])("refuses %s", (pattern, message) => {
    expect(errorOf(ArgumentError, () => tagExpression(pattern as TagPattern, "tags[3]")).message).toBe(
      message,
    );
  });

  it("takes a backslash before a digit that is text", () => {
    expect(tagExpression(/a\\1/, "tags[0]")).toBe(String.raw`(?s:.*?)(?:a\\1)`);
  });
});
