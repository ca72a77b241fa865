// A figure as an SVG file.

import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { WriteError } from "../errors.js";
import { makeDirectories } from "../events/run-directory.js";
import type { Figure } from "./figure.js";
import { renderSvgs, type SvgOptions } from "./svg.js";

/**
 * Writes a figure, or several one below the other, to an SVG file, whole or not at all: whoever has the file open never
 * sees half of it. Missing directories are made; an older file is replaced.
 *
 * @throws {WriteError} the file cannot be written; what was there before is still there
 */
export function saveSvg(figure: Figure | readonly Figure[], file: string, options: SvgOptions = {}): void {
  const svg = renderSvgs([figure].flat(), options);
  const temporary = `${file}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    makeDirectories(path.dirname(file));
    fs.writeFileSync(temporary, svg, { flag: "wx" });
    fs.renameSync(temporary, file);
  } catch (error) {
    removeIfThere(temporary);
    throw new WriteError(file, error);
  }
}

/**
 * Finds out whether {@link saveSvg} could write `file`, so that a long run fails before it begins. Makes the directory.
 *
 * @throws {WriteError} it could not
 */
export function checkSvgPath(file: string): void {
  try {
    const directory = path.dirname(file);
    makeDirectories(directory);
    fs.accessSync(directory, fs.constants.W_OK);
    if (fs.statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
      throw Object.assign(new Error(`${file} is a directory`), { code: "EISDIR" });
    }
  } catch (error) {
    throw new WriteError(file, error);
  }
}

function removeIfThere(file: string): void {
  try {
    fs.unlinkSync(file);
  } catch {
    // It was not made, or it stays: what matters to the caller is why it was to be removed.
  }
}
