// Files that appear whole: all of their bytes at once, or no file at all, whatever fails.
import {
  closeSync,
  existsSync,
  fstatSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { createWholeFile, removeUnfinished, UNFINISHED } from "../../src/events/whole-file.js";
import { FaultyFileSystem, systemError, type Call } from "../helpers/faulty-file-system.js";
import { filesIn } from "../helpers/events.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("whole-file");
const pieces = [Buffer.from("one, "), Buffer.from(""), Buffer.from("two, "), Buffer.from("three")];

let dir: string;
let path: string;
let disk: FaultyFileSystem;
beforeEach(() => {
  dir = tempDir();
  path = join(dir, "events.out.tfevents.x");
  disk = new FaultyFileSystem();
});

const create = (content: Iterable<Uint8Array> = pieces) =>
  createWholeFile(disk, dir, "box.7", content, () => path);

describe("a whole file", () => {
  it("has every piece, is open behind them, and nothing else is there", () => {
    const made = create();
    expect(made).toEqual({ fd: made.fd, path, size: 15 });
    writeSync(made.fd, ", four");
    closeSync(made.fd);
    expect(readFileSync(path, "utf8")).toBe("one, two, three, four");
    expect(filesIn(dir)).toEqual(["events.out.tfevents.x"]);
    expect(disk.openFiles).toBe(1);
  });

  it("is not to be seen until it is whole and on the disk", () => {
    const steps: string[] = [];
    const look = (what: string): void => {
      steps.push(
        `${what}: ${existsSync(path)} ${readdirSync(dir).filter((name) => name.includes("tfevents")).length}`,
      );
    };
    for (const call of ["writeSync", "fdatasyncSync", "renameSync", "fsyncSync"] as const) {
      const real = disk[call].bind(disk) as (...args: unknown[]) => unknown;
      Object.assign(disk, {
        [call]: (...args: unknown[]) => {
          look(call);
          return real(...args);
        },
      });
    }
    closeSync(create().fd);
    expect(steps).toEqual([
      ...["writeSync", "writeSync", "writeSync", "fdatasyncSync", "renameSync"].map(
        (call) => `${call}: false 0`,
      ),
      // The directory, with its name in it.
      "fsyncSync: true 1",
    ]);
  });

  it("is written on where the system took a part", () => {
    disk.writes.push({ take: 1 }, { take: 2 });
    closeSync(create().fd);
    expect(readFileSync(path, "utf8")).toBe("one, two, three");
  });

  it.each<[Call, string]>([
    ["openSync", "EMFILE"],
    ["writeSync", "ENOSPC"],
    ["fdatasyncSync", "EIO"],
    ["renameSync", "EACCES"],
  ])("is not there when %s fails, nor anything of it", (call, code) => {
    disk.failing.set(call, code);
    expect(() => create()).toThrow(expect.objectContaining({ code }) as Error);
    expect(filesIn(dir)).toEqual([]);
    expect(disk.openFiles).toBe(0);
  });

  it.each([
    ["a write that takes nothing", () => disk.writes.push({ take: 3 }, { take: 0 }), "EIO"],
    ["a disk that becomes full", () => (disk.free = 7), "ENOSPC"],
  ])("is not there after %s", (_, fail, code) => {
    fail();
    expect(() => create()).toThrow(expect.objectContaining({ code }) as Error);
    expect(filesIn(dir)).toEqual([]);
    expect(disk.openFiles).toBe(0);
  });

  it("is not there when its pieces end in an error, which is the one that is told", () => {
    const failing = function* (): Iterable<Uint8Array> {
      yield pieces[0]!;
      throw new Error("no more");
    };
    disk.failing.set("closeSync", "EIO");
    expect(() => create(failing())).toThrow("no more");
    expect(filesIn(dir)).toEqual([]);
  });

  it("is there although the directory cannot be synced, as on Windows", () => {
    disk.failing.set("fsyncSync", "EPERM");
    closeSync(create().fd);
    expect(readFileSync(path, "utf8")).toBe("one, two, three");
    expect(disk.openFiles).toBe(1);
  });

  it("is apart from that of another writer with the same name, as of a container", () => {
    const other = new FaultyFileSystem();
    let inner: { fd: number } | undefined;
    const both = function* (): Iterable<Uint8Array> {
      yield pieces[0]!;
      inner = createWholeFile(other, dir, "box.7", [Buffer.from("the other's")], () => join(dir, "other"));
      yield pieces[2]!;
    };
    closeSync(create(both()).fd);
    closeSync(inner!.fd);
    expect(filesIn(dir).map((name) => readFileSync(join(dir, name), "utf8"))).toEqual([
      "one, two, ",
      "the other's",
    ]);
  });
});

describe("what was left unfinished", () => {
  const asker = { hostname: "box", pid: "7" };
  const leave = (author: string, minutes = 0): string => {
    const name = `${UNFINISHED}${author}.0123456789ab`;
    writeFileSync(join(dir, name), "");
    const then = Date.now() / 1000 - 60 * minutes;
    utimesSync(join(dir, name), then, then);
    return name;
  };

  it("is deleted when its writer is gone, and not while it may go on", () => {
    leave("box.7");
    leave("box.4194305");
    leave("other.4711", 11);
    const kept = [leave(`box.${process.ppid}`), leave("other.4712", 9)];
    const others = ["events.out.tfevents.1700000000.000000.box.7", "x.tnl-unfinished.box.7"];
    for (const name of others) writeFileSync(join(dir, name), "");
    removeUnfinished(disk, dir, asker);
    expect(filesIn(dir)).toEqual([...kept, ...others].toSorted());
  });

  it("of a trial whether the directory can be written is deleted after ten minutes", () => {
    for (const [name, minutes] of [
      [".tnl-probe.4711.0", 9],
      [".tnl-probe.4712.0", 11],
    ] as const) {
      writeFileSync(join(dir, name), "");
      const then = Date.now() / 1000 - 60 * minutes;
      utimesSync(join(dir, name), then, then);
    }
    removeUnfinished(disk, dir, asker);
    expect(filesIn(dir)).toEqual([".tnl-probe.4711.0"]);
  });

  it("and cannot be deleted stays, and the rest goes", () => {
    const first = leave("box.7");
    leave("box.4194305");
    const unlink = disk.unlinkSync.bind(disk);
    disk.unlinkSync = (file) => {
      if (file.endsWith(first)) throw systemError("EPERM", "unlink");
      unlink(file);
    };
    removeUnfinished(disk, dir, asker);
    expect(filesIn(dir)).toEqual([first]);
  });

  it("in a directory that cannot be listed is that error", () => {
    disk.failing.set("readdirSync", "EACCES");
    expect(() => removeUnfinished(disk, dir, asker)).toThrow(
      expect.objectContaining({ code: "EACCES" }) as Error,
    );
  });
});

it("the descriptor is that of the file under its new name", () => {
  const { fd } = create();
  expect(fstatSync(fd).nlink).toBe(1);
  closeSync(fd);
});
