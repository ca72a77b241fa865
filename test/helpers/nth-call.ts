// The real file system, one call of which goes wrong: any call can be tried, one after another.
import { nodeFileSystem, type FileSystem } from "../../src/events/file-system.js";
import { systemError, type Call } from "./faulty-file-system.js";

/**
 * What goes wrong at the call: it fails; it and all later ones of its kind fail; a write takes half, and then the disk is full; the process
 * is killed, before the call or, if that is a write, in the middle of it.
 */
export const FAULTS = ["fails once", "fails for ever", "full disk", "killed"] as const;
export type Fault = (typeof FAULTS)[number];

const SYNC_CALLS = [
  ...["mkdirSync", "readdirSync", "openSync", "writeSync", "closeSync", "unlinkSync", "renameSync"],
  ...["fstatSync", "statSync", "readSync", "fdatasyncSync", "fsyncSync"],
] as readonly Call[];

type AnyCall = (...args: unknown[]) => unknown;

/** Counts the synchronous calls; the `at`-th, from 1, goes wrong. */
export class NthCallFileSystem {
  /** To be given to a writer. */
  readonly fileSystem: FileSystem;
  /** The calls so far. */
  readonly calls: Call[] = [];
  /** Descriptors that are open. */
  readonly open = new Set<number>();
  isDead = false;
  readonly #at: number;
  readonly #fault: Fault;
  #failing: Call | undefined;
  #isFull = false;

  constructor(at = Infinity, fault: Fault = "fails once") {
    this.#at = at;
    this.#fault = fault;
    const calls = SYNC_CALLS.map((call) => [call, (...args: unknown[]) => this.#call(call, args)]);
    this.fileSystem = { ...nodeFileSystem, ...Object.fromEntries(calls) } as FileSystem;
  }

  /** What a kill does: all descriptors are closed, and nothing that the process still calls happens. */
  kill(): void {
    this.isDead = true;
    for (const fd of this.open) nodeFileSystem.closeSync(fd);
    this.open.clear();
  }

  #call(call: Call, args: unknown[]): unknown {
    if (this.isDead) throw systemError("EIO", "dead");
    this.calls.push(call);
    if (this.calls.length === this.#at) {
      if (this.#fault === "fails for ever") this.#failing = call;
      if (this.#fault === "fails once") this.#fail(call, args, "EIO");
      if (this.#fault === "killed") this.#die(call, args);
      if (this.#fault === "full disk") {
        this.#isFull = true;
        const half = this.#writeHalf(call, args);
        if (half > 0) return half;
      }
    }
    if (call === this.#failing) this.#fail(call, args, "EIO");
    if (this.#isFull && call === "writeSync") this.#fail(call, args, "ENOSPC");
    const result = (nodeFileSystem[call] as AnyCall)(...args);
    if (call === "openSync") this.open.add(result as number);
    if (call === "closeSync") this.open.delete(args[0] as number);
    return result;
  }

  // A close that fails has closed, as on Linux.
  #fail(call: Call, [fd]: unknown[], code: string): never {
    if (call === "closeSync") {
      nodeFileSystem.closeSync(fd as number);
      this.open.delete(fd as number);
    }
    throw systemError(code, call);
  }

  #die(call: Call, args: unknown[]): never {
    this.#writeHalf(call, args);
    this.kill();
    throw systemError("EIO", "killed");
  }

  #writeHalf(call: Call, args: unknown[]): number {
    if (call !== "writeSync") return 0;
    const [fd, bytes, offset, length] = args as Parameters<FileSystem["writeSync"]>;
    const half = Math.floor(length / 2);
    return half === 0 ? 0 : nodeFileSystem.writeSync(fd, bytes, offset, half);
  }
}
