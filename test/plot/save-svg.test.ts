// SVG files: whole or not at all, and errors that name the file.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WriteError } from "../../src/errors.js";
import { Figure } from "../../src/plot/figure.js";
import { checkSvgPath, saveSvg } from "../../src/plot/save-svg.js";
import { renderSvg } from "../../src/plot/svg.js";

let directory: string;
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "tnl-svg-"));
});
afterEach(() => {
  fs.rmSync(directory, { recursive: true });
});

const figure = new Figure({ title: "Online" });

function errorOf(f: () => void): unknown {
  try {
    f();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("saveSvg", () => {
  it("writes the document, making directories, and leaves nothing else", () => {
    const file = path.join(directory, "a", "b", "online.svg");
    saveSvg(figure, file, { width: 300 });
    expect(fs.readFileSync(file, "utf8")).toBe(renderSvg(figure, { width: 300 }));
    expect(fs.readdirSync(path.dirname(file))).toEqual(["online.svg"]);
  });

  it("replaces an older file by a new one, so that who reads the old one reads it to its end", () => {
    const file = path.join(directory, "online.svg");
    fs.writeFileSync(file, "older");
    const reader = fs.openSync(file, "r");
    saveSvg(figure, file);
    expect(fs.readFileSync(reader, "utf8")).toBe("older");
    fs.closeSync(reader);
    expect(fs.readFileSync(file, "utf8")).toBe(renderSvg(figure));
  });

  it("throws a WriteError with the path and the system's code, and leaves what was there", () => {
    const file = path.join(directory, "taken");
    fs.mkdirSync(path.join(file, "inside"), { recursive: true });
    expect(errorOf(() => saveSvg(figure, file))).toMatchObject({
      code: "WRITE_FAILED",
      path: file,
      errno: "EISDIR",
    });
    expect(fs.readdirSync(directory)).toEqual(["taken"]);
    expect(fs.readdirSync(file)).toEqual(["inside"]);
  });

  it("throws a WriteError where a part of the path is a file", () => {
    fs.writeFileSync(path.join(directory, "file"), "");
    const file = path.join(directory, "file", "online.svg");
    expect(() => saveSvg(figure, file)).toThrow(WriteError);
    expect(() => saveSvg(figure, file)).toThrow(`Cannot write ${file}: `);
  });
});

describe("checkSvgPath", () => {
  it("passes where saveSvg can write, and makes the directory only", () => {
    const file = path.join(directory, "a", "online.svg");
    checkSvgPath(file);
    expect(fs.readdirSync(path.dirname(file))).toEqual([]);
    fs.writeFileSync(file, "older");
    checkSvgPath(file);
    expect(fs.readFileSync(file, "utf8")).toBe("older");
  });

  it("refuses a directory, and a path through a file", () => {
    fs.writeFileSync(path.join(directory, "file"), "");
    expect(errorOf(() => checkSvgPath(directory))).toMatchObject({
      code: "WRITE_FAILED",
      path: directory,
      errno: "EISDIR",
    });
    expect(() => checkSvgPath(path.join(directory, "file", "online.svg"))).toThrow(WriteError);
  });

  it.skipIf(process.getuid?.() === 0 || process.platform === "win32")(
    "refuses a directory that cannot be written",
    () => {
      const closed = path.join(directory, "closed");
      fs.mkdirSync(closed, { mode: 0o500 });
      expect(errorOf(() => checkSvgPath(path.join(closed, "online.svg")))).toMatchObject({ errno: "EACCES" });
    },
  );
});
