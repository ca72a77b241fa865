// How far a command is that reads files: a bar on a terminal, nothing elsewhere.

import { isInteractive, loadBars } from "../engine/callbacks/progress-display.js";

/** Shows bytes read of all there are. */
export interface ByteProgress {
  update(bytes: number, total: number): void;
  /** Takes the bar away. */
  end(): void;
}

const NOTHING: ByteProgress = { update: () => {}, end: () => {} };

/** A bar on stderr if that is a terminal. */
export async function byteProgress(stream: NodeJS.WriteStream = process.stderr): Promise<ByteProgress> {
  const library = isInteractive(stream) ? await loadBars(stream) : undefined;
  if (library === undefined) return NOTHING;
  const bar = new library.SingleBar({
    stream,
    format: "{bar}  {percentage}%  {done} of {all} MB  ETA {eta_formatted}",
    barsize: 40,
    clearOnComplete: true,
    hideCursor: true,
    // Else SIGINT would end the process before its time.
    gracefulExit: false,
  });
  let isStarted = false;
  let last = 0;
  return {
    update(bytes, total) {
      // Of a beginning without progress the bar makes an endless time.
      if (isStarted && bytes === last) return;
      last = bytes;
      const payload = { done: megabytes(bytes), all: megabytes(total) };
      if (isStarted) bar.update(Math.min(bytes, total), payload);
      else bar.start(total, bytes, payload);
      isStarted = true;
    },
    end: () => {
      if (isStarted) bar.stop();
    },
  };
}

/** As `1,234.5`. */
export function megabytes(bytes: number): string {
  return (bytes / 1e6).toLocaleString("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}
