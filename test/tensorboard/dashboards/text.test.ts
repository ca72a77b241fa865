// Texts in the real TensorBoard: ours, torch's, tensorboardX's and TensorFlow's.
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { addText } from "../../../src/summary/dashboards/text.js";
import { forPeer, forUs, judged, proves } from "../../compatibility/proves.js";
import { describeWithPython } from "../../helpers/python.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { LOADERS } from "../../helpers/tensorboard.js";
import { copyFixture, T, useTensorBoard, writeRun, writeWithTensorboardX } from "./boards.js";

interface Shown {
  readonly wall_time: number;
  readonly step: number;
  readonly text: string;
}

const MARKDOWN = "# größe\n\n| a | b |\n|---|---|\n| 1 | *2* |\n\n```\ncode\n```\n\n<b>html</b> 🙂";

describeWithPython("texts, in TensorBoard", () => {
  const tempDir = useTempDir("text");
  let logdir: string;
  beforeAll(async () => {
    logdir = tempDir();
    writeRun(join(logdir, "ours"), (sink) => {
      const options = { wallTime: T };
      for (const step of [2, 7, 12]) addText(sink, "notes", `at **${step}**`, step, options);
      addText(sink, "markdown", MARKDOWN, 0, options);
      addText(sink, "column", ["*a*", "b"], 1, options);
      addText(
        sink,
        "table",
        [
          ["a", "b"],
          ["c", "d"],
        ],
        1,
        options,
      );
      addText(sink, "corrected", "half \ud800 pair", 1, options);
      addText(sink, "corrected", [], 2, options);
      addText(sink, "corrected", "after", 3, options);
      for (let step = 0; step < 30; step++) addText(sink, "many", `${step}`, step, options);
    });
    copyFixture("peer-torch", join(logdir, "torch"));
    copyFixture("peer-tensorflow", join(logdir, "tensorflow"));
    copyFixture("peer-tensorflow-1", join(logdir, "tensorflow-1"));
    await writeWithTensorboardX(
      join(logdir, "tensorboardX"),
      `for step in (2, 7, 12): writer.add_text("notes", f"at **{step}**", step, walltime=T)
writer.add_text("markdown", ${JSON.stringify(MARKDOWN)}, 0, walltime=T)
writer.add_text("bad", "good", 1, walltime=T)
from tensorboardX.proto.summary_pb2 import Summary
from tensorboardX.summary import text
bad = text("bad", "XX").SerializeToString().replace(b"XX", b"\\xff\\xfe")
writer.file_writer.add_summary(Summary.FromString(bad), 2, T)`,
    );
  });

  describe.each(LOADERS)("with the %s loader", (loader) => {
    const board = useTensorBoard(
      () => logdir,
      loader,
      async ({ json }) => {
        const tags = await json<Record<string, string[]>>("data/plugin/text/tags");
        const [last] = (await json<Shown[]>("data/plugin/text/text?run=ours&tag=many")).slice(-1);
        return (
          Object.values(tags).every(({ length }) => length > 0) &&
          Object.keys(tags).length === 5 &&
          last?.step === 29
        );
      },
    );
    const shown = async (run: string, tag: string): Promise<Shown[]> => {
      const query = new URLSearchParams({ run, tag }).toString();
      return board().json(`data/plugin/text/text?${query}`);
    };

    test("are listed under their own tags; torch and tensorboardX append to them", async () => {
      proves(forUs("addText", loader));
      const tags = await board().json<Record<string, string[]>>("data/plugin/text/tags");
      expect(tags["ours"]!.toSorted()).toEqual(["column", "corrected", "many", "markdown", "notes", "table"]);
      expect(tags["torch"]).toEqual(["notes/text_summary"]);
      expect(tags["tensorboardX"]!.toSorted()).toEqual([
        "bad/text_summary",
        "markdown/text_summary",
        "notes/text_summary",
      ]);
      const { text } = await board().json<Record<string, { enabled: boolean }>>("data/plugins_listing");
      expect(text!.enabled).toBe(true);
    });

    test("are those of all programs: one text in TensorFlow's form and ours, a table of one in torch's", async () => {
      proves(
        forUs("addText", loader),
        judged("addText", "TensorBoard: the HTML of TensorFlow's texts"),
        forPeer(["TensorFlow", "TensorFlow `compat.v1`"], "addText", loader),
        forPeer(["torch", "tensorboardX"], "addText", loader, "a table of one cell, under another tag"),
      );
      const cell = (html: string) => `<table>\n<tbody>\n<tr>\n<td>${html}</td>\n</tr>\n</tbody>\n</table>`;
      const html = (step: number) => `<p>at <strong>${step}</strong></p>`;
      for (const [run, tag, form] of [
        ["ours", "notes", (text: string) => text],
        ["tensorflow", "notes", (text: string) => text],
        ["tensorflow-1", "notes", (text: string) => text],
        ["torch", "notes/text_summary", cell],
        ["tensorboardX", "notes/text_summary", cell],
      ] as const) {
        const texts = (await shown(run, tag)).map(({ step, text }) => ({ step, text }));
        expect(texts, run).toEqual([2, 7, 12].map((step) => ({ step, text: form(html(step)) })));
      }
      expect((await shown("ours", "notes"))[0]!.wall_time).toBe(T);
    });

    test("are Markdown with tables and code, without HTML", async () => {
      proves(forUs("addText", loader));
      const [ours] = await shown("ours", "markdown");
      expect(ours!.text).toContain("<h1>größe</h1>");
      expect(ours!.text).toContain("<td><em>2</em></td>");
      expect(ours!.text).toContain("<pre><code>code\n</code></pre>");
      expect(ours!.text).toContain("&lt;b&gt;html&lt;/b&gt; 🙂");
      const [theirs] = await shown("tensorboardX", "markdown/text_summary");
      expect(theirs!.text).toContain(ours!.text);
    });

    test("are columns and tables", async () => {
      proves(forUs("addText", loader));
      const [column] = await shown("ours", "column");
      expect(column!.text.replaceAll("\n", "")).toBe(
        "<table><tbody><tr><td><p><em>a</em></p></td></tr><tr><td><p>b</p></td></tr></tbody></table>",
      );
      const [table] = await shown("ours", "table");
      expect(table!.text.replaceAll("\n", "")).toBe(
        "<table><tbody><tr><td><p>a</p></td><td><p>b</p></td></tr><tr><td><p>c</p></td><td><p>d</p></td></tr></tbody></table>",
      );
    });

    test("are all there beside one that was invalid, which for others makes an error of the whole tag", async () => {
      proves(
        forUs("addText", loader),
        forPeer("tensorboardX", "addText", loader, "an invalid text is an error of its tag"),
      );
      const texts = (await shown("ours", "corrected")).map(({ text }) => text);
      expect(texts).toEqual(["<p>half \ufffd pair</p>", "", "<p>after</p>"]);
      await expect(shown("tensorboardX", "bad/text_summary")).rejects.toThrow("500 ");
    });

    test("are of many steps as many as the loader keeps, the last among them", async () => {
      proves(forUs("addText", loader));
      const texts = await shown("ours", "many");
      expect(texts.length).toBe(loader === "rust" ? 30 : 10);
      expect(texts.at(-1)).toEqual({ wall_time: T, step: 29, text: "<p>29</p>" });
    });
  });
});
