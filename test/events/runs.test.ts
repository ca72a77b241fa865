// Which directories are runs: TensorBoard's rule, links, and what cannot be read.
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { LogdirError } from "../../src/errors.js";
import { compareNames } from "../../src/events/file-name.js";
import { findRuns } from "../../src/events/runs.js";
import { bytes, frame } from "../helpers/bytes.js";
import { describeWithPython } from "../helpers/python.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { startTensorBoard } from "../helpers/tensorboard.js";
import { hasPermissions, withoutPrivileges } from "../helpers/without-privileges.js";
import { errorOf } from "../helpers/errors.js";

const tempDir = useTempDir("runs");

/** A logdir with empty files at these paths; one that ends in `/` is an empty directory. */
function logdirWith(...paths: string[]): string {
  const logdir = tempDir();
  for (const path of paths) {
    mkdirSync(join(logdir, path.endsWith("/") ? path : dirname(path)), { recursive: true });
    if (!path.endsWith("/")) writeFileSync(join(logdir, path), "");
  }
  return logdir;
}

function names(logdir: string): string[] {
  return findRuns(logdir).map(({ name }) => name);
}

describe("findRuns", () => {
  it("finds nothing in an empty logdir, nor in one without event files", () => {
    expect(findRuns(logdirWith())).toEqual([]);
    expect(findRuns(logdirWith("a/", "b/notes.txt", "c/events.out.log"))).toEqual([]);
  });

  it("takes the logdir itself, directories at any depth, and any file name with the mark", () => {
    const logdir = logdirWith(
      "events.out.tfevents.1.host",
      "a/b/c/foo.tfevents",
      "a/b/mytfevents.gz",
      "a/other/notes.txt",
      "plugins/profile/events.out.tfevents.2.host.profile-empty",
    );
    expect(findRuns(logdir)).toEqual([
      { name: ".", dir: logdir, files: [join(logdir, "events.out.tfevents.1.host")] },
      { name: "a/b", dir: join(logdir, "a", "b"), files: [join(logdir, "a", "b", "mytfevents.gz")] },
      {
        name: "a/b/c",
        dir: join(logdir, "a", "b", "c"),
        files: [join(logdir, "a", "b", "c", "foo.tfevents")],
      },
      {
        name: "plugins/profile",
        dir: join(logdir, "plugins", "profile"),
        files: [join(logdir, "plugins", "profile", "events.out.tfevents.2.host.profile-empty")],
      },
    ]);
  });

  it("is not misled by directories that are named like event files", () => {
    const logdir = logdirWith("a.tfevents/", "b.tfevents/x.tfevents");
    expect(names(logdir)).toEqual(["b.tfevents"]);
  });

  it("orders runs and files by the bytes of their names", () => {
    const files = [
      "\ufffd.tfevents",
      "😀.tfevents",
      "é.tfevents",
      "b.tfevents",
      "a10.tfevents",
      "a9.tfevents",
      "B.tfevents",
    ];
    const logdir = logdirWith(
      ...files.map((file) => `run/${file}`),
      ...["b", "a-b", "a/b", "a", "A", "é"].map((run) => `${run}/x.tfevents`),
    );
    const runs = findRuns(logdir);
    expect(runs.map(({ name }) => name)).toEqual(["A", "a", "a-b", "a/b", "b", "run", "é"]);
    expect(runs[5]!.files).toEqual(
      ["B", "a10", "a9", "b", "é", "\ufffd", "😀"].map((name) => join(logdir, "run", `${name}.tfevents`)),
    );
  });

  it("follows links to directories and files, and passes over those that lead nowhere or back", () => {
    const logdir = logdirWith("real/x.tfevents", "real/deep/y.tfevents", "files/");
    const outside = logdirWith("z.tfevents");
    symlinkSync("real", join(logdir, "latest"), "dir");
    symlinkSync(outside, join(logdir, "outside"), "dir");
    symlinkSync(join(outside, "z.tfevents"), join(logdir, "files", "link.tfevents"));
    symlinkSync("nowhere", join(logdir, "files", "dangling.tfevents"));
    symlinkSync("nowhere", join(logdir, "dangling"));
    symlinkSync(join("real", "x.tfevents", "below"), join(logdir, "below a file"));
    symlinkSync("self", join(logdir, "self"));
    symlinkSync("self.tfevents", join(logdir, "files", "self.tfevents"));
    symlinkSync(".", join(logdir, "real", "loop"), "dir");
    symlinkSync(join("..", ".."), join(logdir, "real", "deep", "up"), "dir");
    expect(names(logdir)).toEqual(["files", "latest", "latest/deep", "outside", "real", "real/deep"]);
    expect(findRuns(logdir)[0]!.files).toEqual([join(logdir, "files", "link.tfevents")]);
  });

  it("takes a link as the logdir", () => {
    const link = join(tempDir(), "link");
    symlinkSync(logdirWith("x.tfevents", "a/x.tfevents"), link, "dir");
    expect(findRuns(link)).toEqual([
      { name: ".", dir: link, files: [join(link, "x.tfevents")] },
      { name: "a", dir: join(link, "a"), files: [join(link, "a", "x.tfevents")] },
    ]);
  });

  it("says that a logdir is not there, or is a file", () => {
    const logdir = logdirWith("file");
    const missing = join(logdir, "missing");
    expect(errorOf(LogdirError, () => findRuns(missing))).toMatchObject({
      code: "LOGDIR_NOT_READABLE",
      path: missing,
      message: `Cannot read ${missing}: no such file or directory (ENOENT)`,
    });
    const file = join(logdir, "file");
    expect(errorOf(LogdirError, () => findRuns(file))).toMatchObject({
      code: "NOT_A_DIRECTORY",
      path: file,
      message: `${file} is a file, not a directory`,
    });
    // Also when it is told of errors below: there is nothing to go on with.
    expect(errorOf(LogdirError, () => findRuns(file, { onError: () => {} })).code).toBe("NOT_A_DIRECTORY");
  });

  it.skipIf(!hasPermissions)(
    "tells of a directory below that cannot be read, and goes on with the others",
    () => {
      const logdir = logdirWith("a/x.tfevents", "closed/x.tfevents", "z/x.tfevents");
      const closed = join(logdir, "closed");
      chmodSync(dirname(logdir), 0o755);
      chmodSync(logdir, 0o755);
      chmodSync(closed, 0o000);
      try {
        const errors: LogdirError[] = [];
        const runs = withoutPrivileges(() => findRuns(logdir, { onError: (error) => errors.push(error) }));
        expect(runs.map(({ name }) => name)).toEqual(["a", "z"]);
        expect(errors).toEqual([
          expect.objectContaining({
            code: "LOGDIR_NOT_READABLE",
            path: closed,
            message: `Cannot read ${closed}: permission denied (EACCES)`,
          }),
        ]);
        expect(errorOf(LogdirError, () => withoutPrivileges(() => findRuns(logdir))).path).toBe(closed);
      } finally {
        chmodSync(closed, 0o755);
      }
    },
  );
});

describeWithPython("findRuns and TensorBoard's data server", () => {
  it("list the same runs of a tree with links and loops", async () => {
    const files = ["x.tfevents", "b/deep/x.tfevents", "c/mytfevents.gz", "plugins/x.tfevents"];
    const logdir = logdirWith(...files, "a/", "none/", "none/tfevent");
    // A run is listed there once its file has an event: here one of step 1 with a wall time.
    for (const file of files) writeFileSync(join(logdir, file), frame(bytes("09 00001040fc54d941 10 01")));
    symlinkSync(join("..", "b"), join(logdir, "a", "link"), "dir");
    symlinkSync("c", join(logdir, "alias"), "dir");
    symlinkSync(".", join(logdir, "b", "loop"), "dir");
    symlinkSync("self", join(logdir, "self"));
    symlinkSync("nowhere", join(logdir, "dangling"));
    const tensorBoard = await startTensorBoard(logdir, { loader: "rust", reloadInterval: 1 });
    try {
      await tensorBoard.waitFor(async (board) => (await board.runs()).length >= 6);
      const runs = await tensorBoard.runs();
      expect(runs.toSorted(compareNames)).toEqual([".", "a/link/deep", "alias", "b/deep", "c", "plugins"]);
      expect(names(logdir)).toEqual(runs.toSorted(compareNames));
    } finally {
      await tensorBoard.stop();
    }
  });
});
