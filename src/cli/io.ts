// What a command has of the process: two streams and the signals.

/** Where a command writes, and where its signals come from. A test gives its own. */
export interface Io {
  /** Results. It tells of an error where whoever reads it has ended. */
  readonly stdout: {
    write(text: string): unknown;
    on?(event: "error", listener: () => void): unknown;
    off?(event: "error", listener: () => void): unknown;
  };
  /** Everything else. */
  readonly stderr: { write(text: string): unknown };
  /** SIGINT and SIGTERM; `process` is one. */
  readonly signals: {
    on(signal: "SIGINT" | "SIGTERM", listener: (signal: NodeJS.Signals) => void): unknown;
    off(signal: "SIGINT" | "SIGTERM", listener: (signal: NodeJS.Signals) => void): unknown;
  };
  /** The command line, for logs. */
  readonly command?: readonly string[];
  /** Environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends the process at once. */
  exit(code: number): never;
}
