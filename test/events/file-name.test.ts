// Names of event files: last in any directory, readable by TensorBoard, clean.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanForFileName, compareNames, isEventFileName, nextFileName } from "../../src/events/file-name.js";

const NOW = 1_700_000_000_999;
const parts = { now: NOW, hostname: "host", pid: 42 };

describe("nextFileName", () => {
  it("has ten digits of seconds and six of a sequence first, then host, process and suffix", () => {
    expect(nextFileName([], parts)).toBe("events.out.tfevents.1700000000.000000.host.42");
    expect(nextFileName([], { ...parts, suffix: "train" })).toBe(
      "events.out.tfevents.1700000000.000000.host.42.train",
    );
    expect(nextFileName([], { ...parts, now: 7000 })).toBe("events.out.tfevents.0000000007.000000.host.42");
    expect(nextFileName([], { ...parts, now: -5 })).toBe("events.out.tfevents.0000000000.000000.host.42");
  });

  it("has the thread with the process, so that no two threads want one name", () => {
    const first = nextFileName([], { ...parts, pid: "42-1", suffix: "train" });
    expect(first).toBe("events.out.tfevents.1700000000.000000.host.42-1.train");
    expect(nextFileName([first], { ...parts, pid: "42-2" })).toBe(
      "events.out.tfevents.1700000000.000000.host.42-2",
    );
    expect(nextFileName([], { ...parts, pid: "../x" })).toBe(
      "events.out.tfevents.1700000000.000000.host.__x",
    );
  });

  it.each([
    [
      "a file of this second: the next of the sequence",
      "events.out.tfevents.1700000000.000000.host.42",
      "events.out.tfevents.1700000000.000001.host.42",
    ],
    [
      "a file of this second from a host that sorts before",
      "events.out.tfevents.1700000000.000000.a.1",
      "events.out.tfevents.1700000000.000000.host.42",
    ],
    [
      "the clock went back: the seconds of the greatest",
      "events.out.tfevents.1800000000.000041.host.42",
      "events.out.tfevents.1800000000.000042.host.42",
    ],
    [
      "the sequence is at its end: the next second",
      "events.out.tfevents.1800000000.999999.host.42",
      "events.out.tfevents.1800000001.000000.host.42",
    ],
    [
      "torch's file of this second: the next second",
      "events.out.tfevents.1700000000.host.12345.0",
      "events.out.tfevents.1700000001.000000.host.42",
    ],
    [
      "tensorboardX's file of this second: the next second",
      "events.out.tfevents.1700000000.host",
      "events.out.tfevents.1700000001.000000.host.42",
    ],
    ["an old file", "events.out.tfevents.1600000000.host", "events.out.tfevents.1700000000.000000.host.42"],
    ["a file that is no event file", "zzz.log", "events.out.tfevents.1700000000.000000.host.42"],
    ["a foreign name that sorts last", "zzz.tfevents.x", "zzz.tfevents.x.1700000001.000000.host.42"],
    [
      "our file after a foreign name",
      "zzz.tfevents.x.1700000000.000007.host.42",
      "zzz.tfevents.x.1700000000.000008.host.42",
    ],
    [
      "the last second of ten digits",
      "events.out.tfevents.9999999999.999999.host.42",
      "events.out.tfevents.9999999999.999999.host.42.1700000000.000000.host.42",
    ],
    [
      "a foreign name with numbers like ours before its mark",
      "x.1700000000.000001.tfevents",
      "x.1700000000.000001.tfevents.1700000001.000000.host.42",
    ],
  ])("sorts last after %s", (_, existing, expected) => {
    expect(nextFileName([existing], parts)).toBe(expected);
    expect(compareNames(expected, existing)).toBe(isEventFileName(existing) ? 1 : -1);
  });

  it("orders by bytes, not by UTF-16 units", () => {
    // U+1F600 is two surrogates from 0xd83d on, but its UTF-8 begins with f0, after the ef of U+FFFD.
    expect(["😀", "\ufffd", "a", "Z", "é"].toSorted(compareNames)).toEqual(["Z", "a", "é", "\ufffd", "😀"]);
    const next = nextFileName(["\ufffd.tfevents", "😀.tfevents"], parts);
    expect(next).toBe("😀.tfevents.1700000001.000000.host.42");
  });

  const seconds = fc.oneof(
    fc.integer({ min: 1_699_999_998, max: 1_700_000_002 }),
    fc.integer({ min: 0, max: 9_999_999_999 }),
    fc.constant(9_999_999_999),
  );
  const ten = seconds.map((n) => String(n).padStart(10, "0"));
  const hostName = fc.oneof(
    fc.constantFrom("host", "a", "~", "1234567890.123456.x", "h.", ".h"),
    fc.string(),
  );
  const inName = hostName.map((host) => host.replaceAll(/[/\0]/g, "_"));
  const sequence = fc.oneof(
    fc.constantFrom("000000", "999998", "999999"),
    fc.nat(999_999).map((n) => String(n).padStart(6, "0")),
  );
  const existingName = fc.oneof(
    fc.tuple(ten, sequence, inName).map(([t, s, host]) => `events.out.tfevents.${t}.${s}.${host}.1`), // ours
    fc.tuple(ten, inName, fc.nat(9)).map(([t, host, n]) => `events.out.tfevents.${t}.${host}.77.${n}`), // torch
    fc.tuple(ten, inName).map(([t, host]) => `events.out.tfevents.${t}.${host}`), // tensorboardX
    fc.tuple(ten, inName).map(([t, host]) => `events.out.tfevents.${t}.${host}.profile-empty`),
    fc.constantFrom(
      "zzz.tfevents.x",
      "tfevents",
      "~.tfevents",
      "a.tfevents",
      "x.1700000000.000001.tfevents",
      "é.tfevents",
      "\u{10ffff}tfevents",
    ),
    fc.tuple(inName, inName).map(([a, b]) => `${a}tfevents${b}`),
    inName,
  );

  it("gives a new name that TensorBoard reads after all others, whatever is there and whenever", () => {
    fc.assert(
      fc.property(
        fc.array(existingName, { maxLength: 8 }),
        fc.array(fc.tuple(seconds, hostName, fc.option(hostName, { nil: undefined })), {
          minLength: 1,
          maxLength: 5,
        }),
        (existing, sessions) => {
          const names = [...existing];
          for (const [now, hostname, suffix] of sessions) {
            const name = nextFileName(names, {
              now: now * 1000,
              hostname,
              pid: 9,
              ...(suffix !== undefined && { suffix }),
            });
            const events = names.filter(isEventFileName);
            for (const other of events) expect(compareNames(name, other), `${name} after ${other}`).toBe(1);
            expect(isEventFileName(name), name).toBe(true);
            expect(name).not.toMatch(/[/\0]/);
            names.push(name);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("never has two dots in a row, nor a dot at its end, in what it adds", () => {
    const anyText = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(".", "a", "/", "\\") }));
    fc.assert(
      fc.property(anyText, fc.option(anyText, { nil: undefined }), (hostname, suffix) => {
        const name = nextFileName([], {
          now: NOW,
          hostname,
          pid: 9,
          ...(suffix !== undefined && { suffix }),
        });
        expect(name).toMatch(/^events\.out\.tfevents\.1700000000\.000000\.[\w.-]+$/);
        expect(name).not.toContain("..");
        expect(name).not.toMatch(/\.$/);
      }),
    );
  });

  it("stays within the 255 bytes a file name may have", () => {
    const long = "h".repeat(300);
    const name = nextFileName([], { now: NOW, hostname: long, pid: 4_194_304, suffix: long });
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
    expect(name).toContain(`.${"h".repeat(100)}.4194304.${"h".repeat(100)}`);
  });
});

describe("isEventFileName", () => {
  it.each([
    ["events.out.tfevents.1700000000.host", true],
    ["foo.tfevents", true],
    ["mytfevents.gz", true],
    ["events.out.TFEVENTS.1", false],
    ["events.out.tfevent.1", false],
    ["", false],
  ])("of %s is %s", (name, expected) => {
    expect(isEventFileName(name)).toBe(expected);
  });
});

describe("cleanForFileName", () => {
  it.each([
    ["My-Host_1.local", "My-Host_1.local"],
    ["_lr=0.1,batch 32", "_lr_0.1_batch_32"],
    ["../../etc/passwd", "____etc_passwd"],
    ["a\\b:c*d?", "a_b_c_d_"],
    ["größe 🙂", "gr__e__"],
    ["...", "__"],
    [".", "_"],
    ["", "_"],
    [".hidden", "_hidden"],
    ["host.", "host_"],
    ["x".repeat(99) + "..", "x".repeat(99) + "_"],
  ])("of %j is %j", (text, expected) => {
    expect(cleanForFileName(text)).toBe(expected);
  });
});
