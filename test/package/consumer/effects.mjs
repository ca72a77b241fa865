// Prints what importing a module changed in the process; the process has to end by itself.
import { writeSync } from "node:fs";

function observe() {
  return {
    listeners: process.eventNames().map((name) => `${String(name)} ${process.listenerCount(name)}`),
    handles: process.getActiveResourcesInfo(),
    globals: Reflect.ownKeys(globalThis).map(String),
    environment: Object.entries(process.env).map((entry) => entry.join("=")),
    prototypes: [Object, Array, String, Number, Promise, Uint8Array, BigInt].flatMap(({ name, prototype }) =>
      Reflect.ownKeys(prototype).map((key) => `${name}.${String(key)}`),
    ),
    exitCode: [String(process.exitCode)],
  };
}

const before = observe();
await import(process.argv[2]);
const after = observe();
const changes = Object.keys(before).flatMap((key) => {
  const known = new Set(before[key]);
  return after[key].filter((value) => !known.has(value)).map((value) => `${key}: ${value}`);
});
writeSync(1, JSON.stringify(changes));
