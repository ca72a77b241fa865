// What is no scalar: how it is named, which of many are kept, and how it is read from where it stands.
import { truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyOf, OtherEventReader, thinned, type OtherEvent } from "../../src/events/other-events.js";
import { decodeEvent, encodeEvent } from "../../src/wire/event.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { frame } from "../helpers/bytes.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("other-events");

function event(key: string, step: number): OtherEvent {
  return { key, step, path: "", offset: 0, length: 0, scalars: [] };
}

describe("the key of an event that is no scalar", () => {
  it("is its tags, or what it is", () => {
    expect([
      keyOf({ summary: [{ tag: "a" }, { tag: "b" }] }),
      keyOf({ graphDef: new Uint8Array(1) }),
      keyOf({ metaGraphDef: new Uint8Array(1) }),
      keyOf({ taggedRunMetadata: { tag: "a", runMetadata: new Uint8Array(1) } }),
    ]).toEqual(["tag a\nb", "graph", "meta graph", "run metadata a"]);
    expect([
      keyOf({}),
      keyOf({ summary: [] }),
      keyOf({ fileVersion: "brain.Event:2" }),
      keyOf({ sessionLog: { status: 1 } }),
      keyOf({ logMessage: { level: 1, message: "" } }),
    ]).toEqual(Array.from({ length: 5 }, () => undefined));
  });
});

describe("of many events of a key", () => {
  it("as many as the limit are kept, evenly, first and last, in their order, and all of the other keys", () => {
    const events = Array.from({ length: 100 }, (_, i) => event(i % 20 === 19 ? "rare" : "often", i));
    const kept = thinned(events, 5);
    expect(kept.map(({ step }) => step)).toEqual([0, 19, 25, 39, 49, 59, 74, 79, 98, 99]);
    expect(thinned(events, 2).map(({ key, step }) => [key, step])).toEqual([
      ["often", 0],
      ["rare", 19],
      ["often", 98],
      ["rare", 99],
    ]);
  });

  it("exactly as many are kept, for any numbers", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 2, max: 120 }), (count, limit) => {
        const kept = thinned(
          Array.from({ length: count }, (_, i) => event("a", i)),
          limit,
        ).map(({ step }) => step);
        expect(kept).toHaveLength(Math.min(count, limit));
        expect([kept[0], kept.at(-1)]).toEqual([0, count - 1]);
        const gaps = kept.slice(1).map((step, i) => step - kept[i]!);
        expect(Math.max(0, ...gaps) - Math.min(count, ...gaps)).toBeLessThanOrEqual(count <= limit ? 0 : 1);
      }),
    );
  });
});

describe("an event where it stands", () => {
  const data = encodeEvent({
    wallTime: 1,
    step: 2,
    summary: [
      { tag: "a", simpleValue: 1 },
      { tag: "b", tensor: { dtype: 7, shape: [], stringVal: [Uint8Array.of(1)] } },
    ],
  });

  it("is read as a record, without its scalars, through one descriptor a file", () => {
    const [disk, dir] = [new FaultyFileSystem(), tempDir()];
    const paths = ["x", "y"].map((name) => join(dir, name));
    for (const path of paths)
      writeFileSync(path, Buffer.concat([Buffer.from("abc"), data, Buffer.from("d")]));
    const reader = new OtherEventReader(disk);
    const place = { key: "", step: 2, path: paths[0]!, offset: 3, length: data.length };
    expect(reader.read({ ...place, scalars: [] })).toEqual(frame(data));
    const stripped = reader.read({ ...place, scalars: ["a"] })!;
    expect(decodeEvent(stripped.subarray(12, -4)).summary!.map(({ tag }) => tag)).toEqual(["b"]);
    expect(stripped).toEqual(frame(stripped.slice(12, -4)));
    expect(reader.read({ ...place, path: paths[1]!, scalars: [] })).toEqual(frame(data));
    expect(disk.openFiles).toBe(1);
    reader.close();
    reader.close();
    expect(disk.openFiles).toBe(0);
  });

  it("is gone when its file is deleted or cut; what the system cannot read is an error", () => {
    const [disk, path] = [new FaultyFileSystem(), join(tempDir(), "x")];
    writeFileSync(path, data);
    const place = { key: "", step: 2, path, offset: 0, length: data.length, scalars: [] };
    const reader = new OtherEventReader(disk);
    disk.failing.set("readSync", "EIO");
    expect(() => reader.read(place)).toThrow("EIO");
    disk.failing.clear();
    expect(reader.read(place)).toEqual(frame(data));
    truncateSync(path, 5);
    expect(reader.read(place)).toBeUndefined();
    reader.close();
    unlinkSync(path);
    expect(reader.read(place)).toBeUndefined();
    disk.fault = (call) => (call === "openSync" ? "EMFILE" : undefined);
    expect(() => reader.read(place)).toThrow("EMFILE");
    expect(disk.openFiles).toBe(0);
  });
});
