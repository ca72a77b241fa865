// The real file system, with faults where a test wants them.
import { nodeFileSystem, type FileSystem } from "../../src/events/file-system.js";

/** A call that can be made to fail. */
export type Call = keyof FileSystem;

/** What a write does instead of writing everything: writes at most so many bytes, or fails. */
export type WriteFault = { readonly take: number } | { readonly fail: string };

/** An error as the operating system gives it. */
export function systemError(code: string, call = "write"): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: as the test wants, ${call}`), { code, syscall: call });
}

/** Delegates to the real file system, counts the calls, and fails as it is told. */
export class FaultyFileSystem implements FileSystem {
  /** The next writes, in order; when none is left they are real. */
  readonly writes: WriteFault[] = [];
  /** Calls that fail with this code until the entry is deleted. */
  readonly failing = new Map<Call, string>();
  /** Asked at every call, an open of any kind among them, for the code with which it is to fail. */
  fault: ((call: Call) => string | undefined) | undefined;
  /** Bytes the disk still takes; then a write is short, and the next one fails with ENOSPC. */
  free = Infinity;
  /** The code with which a descriptor to sync by is refused. */
  noOpenForSync: string | undefined;
  /** Descriptors that are open. */
  openFiles = 0;
  /** Asynchronous syncs that have not come back. */
  syncsUnderWay = 0;
  /** Called when an asynchronous sync came back, before its caller hears of it. */
  onSynced: ((call: Call) => void) | undefined;
  /** How many bytes each write that reached the disk took. */
  readonly written: number[] = [];
  readonly #counts = new Map<Call, number>();

  /** How often `call` was made, failed ones too. */
  count(call: Call): number {
    return this.#counts.get(call) ?? 0;
  }

  #enter(call: Call): void {
    this.#counts.set(call, this.count(call) + 1);
    this.#fail(call, this.failing.get(call) ?? this.fault?.(call));
  }

  #fail(call: Call, code: string | undefined): void {
    if (code !== undefined) throw systemError(code, call);
  }

  mkdirSync(path: string): void {
    this.#enter("mkdirSync");
    nodeFileSystem.mkdirSync(path);
  }

  readdirSync(path: string): string[] {
    this.#enter("readdirSync");
    return nodeFileSystem.readdirSync(path);
  }

  openSync(path: string, flags: string): number {
    // The trial at construction is not the open that tests let fail.
    if (flags === "wx") this.#enter("openSync");
    else this.#fail("openSync", this.fault?.("openSync"));
    if (flags === "r+" && this.noOpenForSync !== undefined) throw systemError(this.noOpenForSync, "open");
    const fd = nodeFileSystem.openSync(path, flags);
    this.openFiles++;
    return fd;
  }

  writeSync(fd: number, bytes: Uint8Array, offset: number, length: number): number {
    this.#enter("writeSync");
    const fault = this.writes.shift() ?? { take: length };
    if ("fail" in fault) throw systemError(fault.fail);
    const taken = Math.min(fault.take, length, this.free);
    if (this.free === 0) throw systemError("ENOSPC");
    if (taken === 0) return 0;
    const done = nodeFileSystem.writeSync(fd, bytes, offset, taken);
    this.free -= done;
    this.written.push(done);
    return done;
  }

  closeSync(fd: number): void {
    // The file is closed in any case, as Linux does.
    nodeFileSystem.closeSync(fd);
    this.openFiles--;
    this.#enter("closeSync");
  }

  unlinkSync(path: string): void {
    this.#enter("unlinkSync");
    nodeFileSystem.unlinkSync(path);
  }

  renameSync(from: string, to: string): void {
    this.#enter("renameSync");
    nodeFileSystem.renameSync(from, to);
  }

  fstatSync(fd: number): { nlink: number; size: number } {
    this.#enter("fstatSync");
    return nodeFileSystem.fstatSync(fd);
  }

  statSync(path: string): { size: number; mtimeMs: number } {
    this.#enter("statSync");
    return nodeFileSystem.statSync(path);
  }

  readSync(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number {
    this.#enter("readSync");
    return nodeFileSystem.readSync(fd, bytes, offset, length, position);
  }

  fdatasyncSync(fd: number): void {
    this.#enter("fdatasyncSync");
    nodeFileSystem.fdatasyncSync(fd);
  }

  fsyncSync(fd: number): void {
    this.#enter("fsyncSync");
    nodeFileSystem.fsyncSync(fd);
  }

  fdatasync(fd: number, callback: (error: NodeJS.ErrnoException | null) => void): void {
    this.#sync("fdatasync", fd, callback);
  }

  fsync(fd: number, callback: (error: NodeJS.ErrnoException | null) => void): void {
    this.#sync("fsync", fd, callback);
  }

  #sync(
    call: "fdatasync" | "fsync",
    fd: number,
    callback: (error: NodeJS.ErrnoException | null) => void,
  ): void {
    try {
      this.#enter(call);
      this.syncsUnderWay++;
      nodeFileSystem[call](fd, (error) => {
        this.syncsUnderWay--;
        this.onSynced?.(call);
        callback(error);
      });
    } catch (error) {
      queueMicrotask(() => callback(error as NodeJS.ErrnoException));
    }
  }
}
