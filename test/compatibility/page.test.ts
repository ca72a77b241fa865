// The page as text, and that it speaks of every call there is.
import { describe, expect, it } from "vitest";
import * as summary from "../../src/summary/index.js";
import * as wire from "../../src/wire/index.js";
import { CALLS } from "./calls.js";
import { pageOf } from "./page.js";

describe("pageOf", () => {
  const page = pageOf(
    new Map([
      ["addText written ours", "another program"],
      ["addText read ours", "yes"],
      ["addText rust ours", "yes"],
      ["addText python ours", "no"],
      ["addText rust torch", "hidden"],
      ["addText read TensorFlow", "yes"],
    ]),
    ["A 1.0", "B 2"],
  );

  it("has a row for each call, filled or not, in columns of one width", () => {
    const lines = page.split("\n");
    const first = lines.findIndex((line) => line.startsWith("| Call"));
    const rows = lines.slice(first, lines.indexOf("", first));
    expect(rows).toHaveLength(2 + Object.keys(CALLS).length);
    expect(new Set(rows.map(({ length }) => length)).size).toBe(1);
    const row = (start: string) => rows.find((line) => line.startsWith(start))!.replaceAll(/ +/g, " ");
    expect(row("| `addText`")).toBe("| `addText` | Text | another program | `decodeText` | yes | no |");
    expect(row("| `addMesh`")).toBe("| `addMesh` | Mesh | – | – | – | – |");
  });

  it("has of other programs only the rows that tests speak of", () => {
    expect(page.slice(page.indexOf("| As"))).toBe(
      `| As        | Program    | Rust loader | Python loader | Our decoder |
| --------- | ---------- | ----------- | ------------- | ----------- |
| \`addText\` | torch      | hidden      | –             | –           |
| \`addText\` | TensorFlow | –           | –             | yes         |
`,
    );
  });

  it("has the versions", () => {
    expect(page).toContain("\n\n- A 1.0\n- B 2\n\n");
  });

  it("has every call of a SummaryWriter, and decoders that there are", () => {
    const prototypes = [
      summary.SummaryWriter.prototype,
      Object.getPrototypeOf(summary.SummaryWriter.prototype),
    ];
    const names = prototypes.flatMap((prototype) => Object.getOwnPropertyNames(prototype));
    const calls = names.filter((name) => /^(add|end)[A-Z]/.test(name));
    expect(calls.toSorted()).toEqual(Object.keys(CALLS).toSorted());
    const decoders = Object.values(CALLS).flatMap((call) => call.decoders);
    expect(decoders.filter((name) => !(name in summary) && !(name in wire))).toEqual([]);
  });
});
