// Virtual environments: made once among many callers, made anew when incomplete, never over somebody else's files.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { withLock } from "../../../src/cli/tensorboard/lock.js";
import { ensureVenv, VenvError, type VenvOptions } from "../../../src/cli/tensorboard/venv.js";

/** Above every process id that Linux, macOS and Windows give. */
const NO_SUCH_PID = 2 ** 30;

let root: string;
let directory: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "tnl-venv-"));
  directory = path.join(root, "venv");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A Python whose venv is slow enough that a second one would overlap, and whose pip does `pip`. */
function options(pip = "exit 0", requirements = "tensorboard==1\n"): VenvOptions {
  const command = path.join(root, "python3");
  writeFileSync(
    command,
    `#!/bin/sh
    if /bin/mkdir "${root}/busy"; then :; else echo overlap >> "${root}/log"; fi
    echo made >> "${root}/log"
    /bin/sleep 0.2
    /bin/mkdir -p "$3/bin"
    printf '#!/bin/sh\\n${pip}\\n' > "$3/bin/python"
    /bin/chmod 755 "$3/bin/python"
    /bin/rmdir "${root}/busy"
    `,
  );
  chmodSync(command, 0o755);
  return { directory, requirements, interpreter: { command, version: "3.12.1" }, env: {} };
}

const history = () => readFileSync(path.join(root, "log"), "utf8");

describe.skipIf(process.platform === "win32")("ensureVenv", () => {
  test("makes it once for many callers at once", async () => {
    const wanted = options();
    const venvs = await Promise.all([ensureVenv(wanted), ensureVenv(wanted), ensureVenv(wanted)]);
    const bin = path.join(directory, "bin");
    for (const venv of venvs) expect(venv).toEqual({ directory, bin, python: path.join(bin, "python") });
    expect(history()).toBe("made\n");
    expect(existsSync(path.join(directory, ".lock"))).toBe(false);
  });

  test("makes it anew for other requirements or another Python", async () => {
    await ensureVenv(options());
    writeFileSync(path.join(directory, "left-over"), "");
    await ensureVenv(options("exit 0", "tensorboard==2\n"));
    expect(existsSync(path.join(directory, "left-over"))).toBe(false);
    const later = options("exit 0", "tensorboard==2\n");
    await ensureVenv({ ...later, interpreter: { ...later.interpreter, version: "3.13.0" } });
    expect(history()).toBe("made\nmade\nmade\n");
  });

  test("makes it anew when the last try failed halfway", async () => {
    await expect(ensureVenv(options("echo ERROR: no network >&2; exit 1"))).rejects.toThrow(
      new VenvError(`pip cannot install into ${directory}: ERROR: no network`),
    );
    await ensureVenv(options());
    expect(history()).toBe("made\nmade\n");
  });

  test("takes over the lock of a process that is gone", async () => {
    mkdirSync(path.join(directory, ".lock"), { recursive: true });
    writeFileSync(path.join(directory, ".lock", "owner"), `${hostname()} ${NO_SUCH_PID}`);
    const wanted = options();
    await Promise.all([ensureVenv(wanted), ensureVenv(wanted)]);
    expect(history()).toBe("made\n");
  });

  test("leaves a directory alone that it did not make", async () => {
    mkdirSync(directory);
    writeFileSync(path.join(directory, "pyvenv.cfg"), "home = /usr/bin");
    await expect(ensureVenv(options())).rejects.toThrow(`${directory} is in the way`);
    expect(existsSync(path.join(directory, "pyvenv.cfg"))).toBe(true);
  });

  test("says what to install when Python comes without venv", async () => {
    const wanted = options();
    const lines = "The virtual environment was not created successfully because ensurepip is not available.";
    writeFileSync(wanted.interpreter.command, `#!/bin/sh\necho '${lines}'\nexit 1\n`);
    await expect(ensureVenv(wanted)).rejects.toThrow(
      `Cannot make a virtual environment in ${directory}: this Python comes without venv; install it ` +
        "(Debian, Ubuntu: apt install python3-venv)",
    );
  });
});

describe("withLock", () => {
  const times = { waitMs: 0, staleMs: 60_000 };

  test("gives up on a lock whose owner lives, and names it", async () => {
    const lock = path.join(root, "lock");
    const answer = withLock(lock, times, () => withLock(lock, times, () => Promise.resolve("both")));
    await expect(answer).rejects.toThrow(`Another process holds ${lock}; if none does, remove it`);
    expect(existsSync(lock)).toBe(false);
  });

  test("takes over a lock that is too old, whoever owns it, and one that lost its owner's name", async () => {
    for (const owner of [`${hostname()} ${process.pid}`, "another-host 1", undefined]) {
      const lock = path.join(root, "lock");
      mkdirSync(lock);
      if (owner !== undefined) writeFileSync(path.join(lock, "owner"), owner);
      const young = owner === undefined ? 1 : 30;
      utimesSync(lock, new Date(), new Date(Date.now() - young * 1_000));
      await expect(withLock(lock, times, () => Promise.resolve())).rejects.toThrow("Another process holds");
      utimesSync(lock, new Date(), new Date(Date.now() - 2 * young * 30_000));
      expect(await withLock(lock, times, () => Promise.resolve("mine"))).toBe("mine");
    }
  });
});
