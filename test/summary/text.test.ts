// Texts: how they are written, and reading what other programs write.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { decodeText, encodeText, type Text } from "../../src/summary/text.js";
import { decodeEvent, encodeEvent } from "../../src/wire/event.js";
import { forPeer, proves } from "../compatibility/proves.js";
import { errorOf } from "../helpers/errors.js";
import { decodedOf } from "./decoded.js";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const table = [
  ["a", "b"],
  ["c", "d"],
];

function throughFile(text: Text): unknown {
  const event = decodeEvent(encodeEvent({ wallTime: 1, summary: [encodeText("t", text)] }));
  return decodeText(event.summary![0]!);
}

describe("encodeText", () => {
  it("gives a tensor of strings under the very tag, with all that the loaders ask for", () => {
    expect(encodeText("notes/today", "*a*", { displayName: "N", description: "d" })).toStrictEqual({
      tag: "notes/today",
      metadata: { pluginName: "text", dataClass: 2, displayName: "N", description: "d" },
      tensor: { dtype: 7, shape: [], stringVal: [utf8("*a*")] },
    });
    expect(encodeText("t", ["a", "b"]).tensor).toMatchObject({
      shape: [2],
      stringVal: [utf8("a"), utf8("b")],
    });
    expect(encodeText("t", table).tensor).toMatchObject({ shape: [2, 2] });
  });

  it.each<[string, Text, unknown]>([
    ["one text", "# größe 中文 🙂\n\n| a |\n|---|\n", "# größe 中文 🙂\n\n| a |\n|---|\n"],
    ["an empty text", "", ""],
    ["a column", ["a", "", "c"], ["a", "", "c"]],
    ["a column of one", ["a"], ["a"]],
    ["a table", table, table],
    ["a table of one column", [["a"], ["b"]], [["a"], ["b"]]],
    ["half a surrogate pair, corrected", "a\udc00", "a\ufffd"],
    ["no text, as an empty one", [], ""],
    ["rows without texts, as an empty one", [[], []], ""],
  ])("keeps %s", (_, text, read) => {
    expect(throughFile(text)).toEqual(read);
  });

  it.each<[string, unknown, string]>([
    ["a number", 5, "Expected `text` to be a string, or strings in a list or a table, got 5 (number)"],
    ["nothing", undefined, "Expected `text` to be a string, or strings in a list or a table, got undefined"],
    [
      "bytes",
      utf8("a"),
      "Expected `text` to be a string, or strings in a list or a table, got an object (Uint8Array)",
    ],
    ["a number among strings", ["a", 5], "Expected `text[1]` to be a string, got 5 (number)"],
    ["a list behind a string", ["a", ["b"]], "Expected `text[1]` to be a string, got an array"],
    ["null in a table", [["a"], [null]], "Expected `text[1][0]` to be a string, got null"],
    ["a list in a table", [[["a"]]], "Expected `text[0][0]` to be a string, got an array"],
    [
      "a shorter row",
      [["a", "b"], ["c"]],
      "Expected `text[1]` to be a row of 2, like the first, got a row of 1",
    ],
    [
      "a string behind a row",
      [["a"], "b"],
      'Expected `text[1]` to be a row of 1, like the first, got "b" (string)',
    ],
  ])("refuses %s", (_, text, message) => {
    expect(errorOf(ArgumentError, () => encodeText("t", text as Text)).message).toBe(message);
  });
});

describe("decodeText", () => {
  it.each([
    ["peer-torch", "notes/text_summary"],
    ["peer-tensorboardx", "notes/text_summary"],
    ["peer-tensorflow", "notes"],
    ["peer-tensorflow-1", "notes"],
  ])("reads the same texts from %s", (name, tag) => {
    proves(forPeer(["torch", "tensorboardX", "TensorFlow", "TensorFlow `compat.v1`"], "addText", "read"));
    expect(decodedOf(name, decodeText)).toEqual([
      [tag, 2, "at **2**"],
      [tag, 7, "at **7**"],
      [tag, 12, "at **12**"],
    ]);
  });

  it("goes by the tag's metadata where the value has none", () => {
    const { metadata, ...bare } = encodeText("t", ["a"]);
    expect(decodeText(bare)).toBeUndefined();
    expect(decodeText(bare, metadata)).toEqual(["a"]);
    expect(decodeText(bare, { pluginName: "images" })).toBeUndefined();
  });

  it("reads more dimensions than TensorBoard shows, and gives nothing for other values", () => {
    const deep = { dtype: 7, shape: [2, 1, 2], stringVal: ["a", "b", "c", "d"].map(utf8) };
    const metadata = { pluginName: "text" };
    expect(decodeText({ tag: "t", metadata, tensor: deep })).toEqual([[["a", "b"]], [["c", "d"]]]);
    expect(
      decodeText({ tag: "t", metadata, tensor: { dtype: 1, shape: [], floatVal: [1] } }),
    ).toBeUndefined();
    expect(decodeText({ tag: "t", metadata, simpleValue: 1 })).toBeUndefined();
  });
});
