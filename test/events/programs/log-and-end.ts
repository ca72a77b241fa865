// Logs steps 1, 2 and 3 into argv[2] and ends as argv[3] says. Only the first is handed over by then: the clock stands still.
/* oxlint-disable unicorn/no-process-exit -- how a process ends is what this program is for. */
import { writeSync } from "node:fs";
import { EventFileWriter } from "../../../src/events/event-file-writer.js";
import { nodeFileSystem, type FileSystem } from "../../../src/events/file-system.js";
import { closeOnSignals } from "../../../src/events/open-writers.js";

const [dir = "", how = ""] = process.argv.slice(2);

let diskIsFull = false;
const fileSystem: FileSystem = {
  ...nodeFileSystem,
  writeSync(fd, bytes, offset, length) {
    if (diskIsFull) throw Object.assign(new Error("full"), { code: "ENOSPC" });
    return nodeFileSystem.writeSync(fd, bytes, offset, length);
  },
};
const writer = new EventFileWriter(dir, { fileSystem, clock: () => 1.7e12 });
for (let step = 1; step <= 3; step++) writer.write({ step });

/** Tells the test to send its signal, which Node's listeners get; the timer that would flush has no time to. */
function waitForSignal(): void {
  say("ready");
  setInterval(() => {}, 1000);
}

/** Stands still: no listener and no timer runs. */
function standStill(): void {
  say("ready");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function say(text: string): void {
  writeSync(1, `${text}\n`);
}

const ends: Record<string, () => void> = {
  return: () => {},
  exit: () => process.exit(3),
  "exit in a callback": () => void setImmediate(() => process.exit(0)),
  throw: () => {
    throw new Error("the program's own error");
  },
  reject: () => void Promise.reject(new Error("the program's own rejection")),
  abort: () => process.abort(),
  "stand still": standStill,
  "be idle": () => {
    const timer = setInterval(() => {
      if (writer.pendingBytes > 0) return;
      clearInterval(timer);
      standStill();
    }, 5);
  },
  closeOnSignals: () => {
    closeOnSignals();
    waitForSignal();
  },
  "closeOnSignals beside a listener": () => {
    closeOnSignals();
    process.on("SIGTERM", () => {
      say("heard");
      // Time for a second signal, which must not come.
      setTimeout(() => process.exit(7), 100);
    });
    waitForSignal();
  },
  "closeOnSignals taken back": () => {
    closeOnSignals()();
    standStill();
  },
  "full disk": () => {
    diskIsFull = true;
  },
  "full disk, exit 5": () => {
    diskIsFull = true;
    process.exitCode = 5;
  },
  "full disk, exit 0": () => {
    diskIsFull = true;
    process.exit(0);
  },
  "full disk, closeOnSignals": () => {
    diskIsFull = true;
    closeOnSignals();
    waitForSignal();
  },
};
const end = ends[how];
if (end === undefined) throw new Error(`no such end: ${how}`);
end();
