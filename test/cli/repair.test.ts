// tnl repair: what it writes, and its exit codes.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { concat } from "../helpers/bytes.js";
import { DAMAGED_RUNS, garbage, writeRuns } from "../helpers/damaged-runs.js";
import { recordsAt } from "../helpers/shown-points.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { treeOf } from "../experiments/tree.js";
import { startTnl } from "./child.js";
import { SignalledIo, tnl } from "./fake-io.js";

const makeDir = useTempDir("cli-repair");
const NAME = "events.out.tfevents.1700000000.box.1.0";
let logdir: string;
let out: string;

beforeEach(() => {
  const dir = makeDir();
  logdir = join(dir, "logs");
  out = join(dir, "clean");
});

function write(...names: readonly string[]): void {
  writeRuns(
    logdir,
    DAMAGED_RUNS.filter(({ name }) => names.includes(name)),
  );
}

describe("a repair", () => {
  it("says what it drops and what it changes: 4", async () => {
    const name = "the first records are destroyed, metadata among them";
    write(name);
    const outcome = await tnl(["repair", logdir, "--out", out]);
    const told = (plugin: string, tag: string): string =>
      `NO_METADATA: the metadata of "${tag}" are inferred from its value: ${plugin}`;
    expect(outcome).toEqual({
      code: 4,
      stdout: `${join(logdir, name, NAME)}
  dropped at byte 0, 1,024 bytes: ZEROS: 1024 zeros from byte 0 on, where records were
  changed at byte 1,024: NO_FILE_VERSION: the version of the format stands before it now
  changed at byte 1,109: ${told("scalars", "rate")}
  changed at byte 1,158: ${told("histograms", "weights")}
  changed at byte 1,238: ${told("images", "picture")}
  changed at byte 1,331: ${told("text", "note")}
1 file with 43 events, 0.0 MB, in ${out}; 1 dropped, 5 changed
`,
      stderr: "",
    });
    expect((await tnl(["verify", out])).code).toBe(0);
  });

  it("as JSON", async () => {
    write("records are appended to a torn one");
    const { code, stdout } = await tnl(["repair", logdir, "--out", out, "--json"]);
    expect(code).toBe(4);
    const path = join(logdir, "records are appended to a torn one", NAME);
    const message = "a record's data do not match their checksum";
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ path: logdir, out },
      runs: [
        {
          run: "records are appended to a torn one",
          files: [
            {
              ...{
                path,
                copy: join(out, "records are appended to a torn one", NAME),
                events: 48,
                moreDropped: 0,
              },
              dropped: [{ code: "BAD_DATA_CRC", path, offset: 1643, length: 30, message }],
              changed: [],
            },
          ],
          errors: [],
        },
      ],
    });
  });

  it("of what is whole is a copy: 0", async () => {
    mkdirSync(join(logdir, "a"), { recursive: true });
    writeFileSync(join(logdir, "a", NAME), concat(...recordsAt(0, 7).all));
    const { code, stdout } = await tnl(["repair", logdir, "--out", out]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `1 file with 49 events, 0.0 MB, in ${out}; 0 dropped, 0 changed\n`,
    });
    const [copy, original] = [out, logdir].map((dir) => readFileSync(join(dir, "a", NAME)));
    expect(copy!.equals(original!)).toBe(true);
  });

  it("leaves out what is void when asked: 0", async () => {
    const name = "steps that go back within a file";
    write(name);
    const { code, stdout } = await tnl(["repair", logdir, "--out", out, "--drop-void"]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `${join(logdir, name, NAME)}
  left out 4 void values
1 file with 11 events, 0.0 MB, in ${out}; 0 dropped, 0 changed
`,
    });
    expect((await tnl(["verify", out])).code).toBe(0);
  });

  it("of the runs that are asked for", async () => {
    write("a bit of a value is flipped", "zeros at the end");
    await tnl(["repair", logdir, "--out", out, "--run", "zeros*"]);
    expect(readdirSync(out)).toEqual(["zeros at the end"]);
  });
});

it("is ended by SIGINT before the next file: 130", async () => {
  write("zeros at the end");
  const io = new SignalledIo("SIGINT");
  const outcome = await tnl(["repair", logdir, "--out", out], io);
  expect(outcome).toEqual({
    code: 130,
    stdout: `0 files with 0 events, 0.0 MB, in ${out}; 0 dropped, 0 changed\n`,
    stderr: "",
  });
  expect(existsSync(out)).toBe(false);
});

describe("bad input: one line, an exit code, and nothing is written", () => {
  async function expectError(args: readonly string[], code: number, message: string): Promise<void> {
    const ended = await startTnl(["repair", ...args]).ended;
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: "" });
    expect(ended.stderr).toMatch(/^tnl: [^\n]+\n$/);
    expect(ended.stderr).toContain(message);
    expect(existsSync(out)).toBe(false);
  }

  it("no --out: 2", async () => {
    write("zeros at the end");
    await expectError([logdir], 2, "--out <directory> is needed");
  });

  it("a logdir that is not there: 3", async () => {
    await expectError([logdir, "--out", out], 3, "no such file or directory (ENOENT)");
  });

  it("a file that is no event file: 3", async () => {
    mkdirSync(logdir);
    writeFileSync(join(logdir, "picture.png"), garbage(2000));
    await expectError([join(logdir, "picture.png"), "--out", out], 3, "picture.png is no event file");
  });

  it("a copy within the logdir: 2", async () => {
    write("zeros at the end");
    const before = treeOf(logdir);
    await expectError([logdir, "--out", join(logdir, "clean")], 2, "a directory outside of");
    expect(treeOf(logdir)).toEqual(before);
  });

  it("a copy that would overwrite a file: 3", async () => {
    write("zeros at the end");
    expect((await tnl(["repair", logdir, "--out", out])).code).toBe(4);
    const before = treeOf(out);
    const again = await tnl(["repair", logdir, "--out", out]);
    expect({ code: again.code, stdout: again.stdout }).toEqual({ code: 3, stdout: "" });
    expect(again.stderr).toContain("exists already: a repair overwrites nothing");
    expect(treeOf(out)).toEqual(before);
  });
});
