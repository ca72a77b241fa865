// Which TensorBoard is found: asked with a PATH of small scripts.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { TensorBoardNotFoundError } from "../../../src/cli/tensorboard/errors.js";
import { findTensorBoard } from "../../../src/cli/tensorboard/find.js";
import { findOnPath } from "../../../src/cli/tensorboard/programs.js";

let root: string;
let bin: string;
let said: string[];
const log = (line: string) => said.push(line);

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "tnl-find-"));
  bin = path.join(root, "bin");
  said = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function script(directory: string, name: string, body: string): string {
  mkdirSync(directory, { recursive: true });
  const file = path.join(directory, name);
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** A Python that says its version, and makes an environment whose pip notes what it installs. */
function fakePython(version: string, pip = "exit 0"): void {
  script(
    bin,
    "python3",
    `case "$1 $2" in
      "-c "*) echo ${version} ;;
      "-m venv")
        /bin/mkdir -p "$3/bin"
        echo made >> "${root}/made"
        printf '#!/bin/sh\\nfor list; do :; done; /bin/cat "$list" >> "${root}/installed"\\n${pip}\\n' > "$3/bin/python"
        /bin/chmod 755 "$3/bin/python" ;;
    esac`,
  );
}

const environment = (extra: Record<string, string> = {}) => ({ PATH: bin, HOME: root, ...extra });

describe.skipIf(process.platform === "win32")("findTensorBoard", () => {
  test("takes the one on the PATH before all others, and says which", async () => {
    const command = script(bin, "tensorboard", "echo 2.21.0");
    script(bin, "uvx", "exit 0");
    expect(await findTensorBoard(environment(), { log })).toEqual({
      how: "path",
      command,
      args: [],
      description: `TensorBoard 2.21.0 (${command})`,
    });
    expect(said).toEqual([]);
  });

  test("passes over one that does not start, and takes the next on the PATH", async () => {
    const broken = script(bin, "tensorboard", "echo 'no module named pkg_resources' >&2; exit 1");
    const works = script(path.join(root, "other"), "tensorboard", "echo 2.20.0");
    const env = environment({ PATH: `${bin}:${path.join(root, "other")}` });
    expect(await findTensorBoard(env, { log })).toMatchObject({ how: "path", command: works });
    expect(said).toEqual([`${broken} does not start, so it is passed over`]);
  });

  test("takes uvx before pipx, and pipx when uvx does not start", async () => {
    const uvx = script(bin, "uvx", "exit 0");
    const pipx = script(bin, "pipx", "exit 0");
    const byUvx = await findTensorBoard(environment(), { log });
    expect(byUvx).toMatchObject({ how: "uvx", command: uvx, args: ["tensorboard"] });
    script(bin, "uvx", "exit 127");
    const byPipx = await findTensorBoard(environment(), { log });
    expect(byPipx).toMatchObject({ how: "pipx", command: pipx, args: ["run", "tensorboard"] });
    expect(byPipx.description).toBe(`TensorBoard by pipx run tensorboard (${pipx})`);
  });

  test("makes a virtual environment in the cache directory, once", async () => {
    fakePython("3.12.1");
    const cache = path.join(root, "cache");
    const directory = path.join(cache, "tensorboard-node-logger", "venv-2.21.0");
    const env = environment({ XDG_CACHE_HOME: cache });
    const expected = {
      how: "venv",
      command: path.join(directory, "bin", "python"),
      args: ["-m", "tensorboard.main"],
      description: `TensorBoard 2.21.0 (in the virtual environment ${directory})`,
    };
    expect(await findTensorBoard(env, { log })).toEqual(expected);
    expect(await findTensorBoard(env, { log })).toEqual(expected);
    expect(said).toEqual([`Making a virtual environment in ${directory} (once; it may take a minute)`]);
    expect(readFileSync(path.join(root, "installed"), "utf8")).toBe("tensorboard==2.21.0\n");
  });

  test("uses ~/.cache without XDG_CACHE_HOME, and when that is relative", async () => {
    fakePython("3.12.1");
    const found = await findTensorBoard(environment({ XDG_CACHE_HOME: "relative" }), { log });
    const directory = path.join(root, ".cache", "tensorboard-node-logger", "venv-2.21.0");
    expect(found.command).toBe(path.join(directory, "bin", "python"));
    expect(existsSync(found.command)).toBe(true);
  });

  test("says what to install when there is no Python, or an old one only", async () => {
    mkdirSync(bin);
    const none = await findTensorBoard(environment()).catch((error: unknown) => error);
    expect(none).toBeInstanceOf(TensorBoardNotFoundError);
    expect(none).toMatchObject({
      code: "TENSORBOARD_NOT_FOUND",
      message:
        "TensorBoard is not installed, and there is no Python 3.9 or newer to run it. Install Python with pip and venv " +
        "(Debian, Ubuntu: apt install python3-venv), or uv, and try again; or `pip install tensorboard`",
    });
    fakePython("3.8.18");
    await expect(findTensorBoard(environment())).rejects.toThrow(
      `there is no Python 3.9 or newer to run it (${path.join(bin, "python3")} is 3.8.18)`,
    );
  });

  test("names the reason in one line when the environment cannot be made", async () => {
    fakePython("3.12.1", "echo WARNING: retrying >&2; echo ERROR: No matching distribution >&2; exit 1");
    const error = await findTensorBoard(environment()).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TensorBoardNotFoundError);
    const { message } = error as Error;
    expect(message).toMatch(
      /^TensorBoard is not installed\. pip cannot install into .*: ERROR: No matching dis/,
    );
    expect(message).not.toContain("\n");
  });
});

test("findOnPath looks for .exe on Windows, whatever the case of PATH", () => {
  const exe = script(bin, "uvx.exe", "");
  script(bin, "uvx", "");
  expect(findOnPath("uvx", { Path: `;${bin};${bin}` }, "win32")).toEqual([exe]);
  expect(findOnPath("uvx", { PATH: bin }, "linux")).toEqual([path.join(bin, "uvx")]);
  expect(findOnPath("uvx", {}, "linux")).toEqual([]);
});
