// Files to which anything is done, in any order, and what has to be found of them by who follows them.
import * as fc from "fast-check";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { follow, scalar, valuesIn, type Step } from "../../helpers/followed.js";

const KINDS = [
  "append",
  "append",
  "tear",
  "complete",
  "rotate",
  "copy",
  "longer copy",
  "other",
  "cut",
  "cut within",
  "cut and append",
  "rewrite",
  "copy slowly",
  "delete",
  "delete and copy back",
  "delete run",
] as const;
const operation = fc.record({
  kind: fc.constantFrom(...KINDS),
  file: fc.nat(3),
  count: fc.integer({ min: 1, max: 5 }),
  part: fc.double({ min: 0, max: 1, noNaN: true }),
  isLookedAt: fc.boolean(),
});
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

interface Content {
  /** Of the whole records. */
  values: number[];
  /** The one behind them that is not whole: its value, and its bytes that are there. */
  torn: { readonly value: number; readonly bytes: number } | undefined;
  /** Others stand behind it. */
  isSpoilt: boolean;
}

/** A run's directory, and what is in its files. */
class Model {
  readonly dir: string;
  /** Every record that was written has a value of its own. */
  values = 0;
  readonly records = new Map<number, Buffer>();
  /** By path. */
  files = new Map<string, Content>();
  /** What was whole in a file at a look. */
  readonly seen = new Set<number>();
  #names = 0;
  #slow = new Map<string, () => void>();

  constructor(logdir: string) {
    this.dir = join(logdir, "run");
    mkdirSync(this.dir);
    this.#rotate();
  }

  do({ kind, file, count, part }: Operation): void {
    this.#finishCopies();
    mkdirSync(this.dir, { recursive: true });
    const paths = [...this.files.keys()];
    const path = paths[file % Math.max(1, paths.length)];
    const its = path === undefined ? undefined : this.files.get(path);
    if (path === undefined || its === undefined || kind === "rotate") return this.#rotate();
    const bytes = (): Buffer => Buffer.concat(its.values.map((value) => this.records.get(value)!));
    const place = Math.floor(part * its.values.length);
    const at = (records: number): number =>
      its.values.slice(0, records).reduce((sum, value) => sum + this.records.get(value)!.length, 0);
    const replace = (content: Buffer): void => {
      writeFileSync(join(this.dir, "unfinished"), content);
      renameSync(join(this.dir, "unfinished"), path);
    };
    switch (kind) {
      case "append":
        return this.#append(path, count);
      case "tear": {
        if (its.torn !== undefined) return;
        const record = this.#make();
        its.torn = { value: this.values, bytes: 1 + Math.floor(part * 30) };
        return appendFileSync(path, record.subarray(0, its.torn.bytes));
      }
      case "complete":
        if (its.torn === undefined) return;
        appendFileSync(path, this.records.get(its.torn.value)!.subarray(its.torn.bytes));
        its.values.push(its.torn.value);
        its.torn = undefined;
        return;
      case "copy":
        return replace(Buffer.concat([readFileSync(path)]));
      case "longer copy": {
        const copy = readFileSync(path);
        if (its.torn !== undefined) return;
        const added = Array.from({ length: count }, () => this.#make());
        its.values.push(...added.map((_, i) => this.values - count + 1 + i));
        return replace(Buffer.concat([copy, ...added]));
      }
      case "other":
      case "rewrite": {
        const added = Array.from({ length: count + 2 }, () => this.#make());
        this.files.set(path, {
          values: added.map((_, i) => this.values - count - 1 + i),
          torn: undefined,
          isSpoilt: false,
        });
        return kind === "other" ? replace(Buffer.concat(added)) : writeFileSync(path, Buffer.concat(added));
      }
      case "cut":
      case "cut and append":
        if (its.isSpoilt) return;
        truncateSync(path, at(place));
        its.values = its.values.slice(0, place);
        its.torn = undefined;
        return kind === "cut" ? undefined : this.#append(path, count);
      case "cut within":
        if (its.isSpoilt || place === its.values.length) return;
        truncateSync(path, at(place) + 7);
        its.torn = { value: its.values[place]!, bytes: 7 };
        its.values = its.values.slice(0, place);
        return;
      case "copy slowly": {
        if (its.isSpoilt || its.torn !== undefined) return;
        const all = bytes();
        writeFileSync(path, all.subarray(0, Math.floor(part * all.length)));
        this.#slow.set(path, () => existsSync(path) && writeFileSync(path, all));
        return;
      }
      case "delete":
        unlinkSync(path);
        this.files.delete(path);
        return;
      case "delete and copy back": {
        const copy = readFileSync(path);
        unlinkSync(path);
        return writeFileSync(path, copy);
      }
      case "delete run":
        rmSync(this.dir, { recursive: true });
        this.files.clear();
    }
  }

  /** Whoever looks now has to find all that is whole, but for what stands behind a torn record. */
  look(): void {
    for (const [path, { values, isSpoilt }] of this.files) {
      if (!isSpoilt && !this.#slow.has(path)) for (const value of values) this.seen.add(value);
    }
  }

  /** So much that every torn record is known to be none. */
  end(): void {
    this.#finishCopies();
    for (const [path, its] of this.files) {
      this.#append(path, 5);
      its.isSpoilt = false;
    }
    this.look();
  }

  #finishCopies(): void {
    for (const finish of this.#slow.values()) finish();
    this.#slow.clear();
  }

  #make(): Buffer {
    const record = scalar(++this.values);
    this.records.set(this.values, record);
    return record;
  }

  #append(path: string, count: number): void {
    const its = this.files.get(path)!;
    if (its.torn !== undefined) its.isSpoilt = true;
    its.torn = undefined;
    for (let i = 0; i < count; i++) {
      appendFileSync(path, this.#make());
      its.values.push(this.values);
    }
  }

  #rotate(): void {
    mkdirSync(this.dir, { recursive: true });
    const path = join(this.dir, `events.out.tfevents.${1_700_000_000 + this.#names++}.box`);
    writeFileSync(path, "");
    this.files.set(path, { values: [], torn: undefined, isSpoilt: false });
    this.#append(path, 2);
  }
}

/**
 * Follows files through lists of operations, and checks that each event comes once, in the order of its file. Gives how many there were.
 *
 * @throws {Error} With the shortest such list where that is not so.
 */
export async function followAnyOperations(makeDir: () => string, numRuns: number): Promise<number> {
  let given = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 25 }), async (operations) => {
      const model = new Model(makeDir());
      const steps: Step[] = [];
      let waiting: Operation[] = [];
      for (const one of operations) {
        waiting.push(one);
        if (!one.isLookedAt) continue;
        const all = waiting;
        waiting = [];
        steps.push(() => {
          for (const its of all) model.do(its);
          model.look();
        });
      }
      steps.push(() => model.end());
      const found = await follow(join(model.dir, ".."), steps);
      const values = valuesIn(found).flat();
      expect(values.toSorted((a, b) => a - b)).toEqual([...new Set(values)].toSorted((a, b) => a - b));
      expect([...model.seen].filter((value) => !values.includes(value))).toEqual([]);
      for (const path of new Set(found.events.flat().map((one) => one.path))) {
        const its = found.events.flat().filter((one) => one.path === path);
        const steps = its.map(({ event }) => Number(event.step));
        expect(steps).toEqual(steps.toSorted((x, y) => x - y));
      }
      expect(found.warnings).toEqual([]);
      given += values.length;
    }),
    { numRuns },
  );
  return given;
}
