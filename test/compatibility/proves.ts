// How a test says which cells of docs/compatibility.md it proves: in its metadata, which the reporter reads.
import { TestRunner } from "vitest";
import type { Call, Peer } from "./calls.js";

/** A column: what was written is right, is read back by our decoder, is shown by a loader. */
export type Column = "written" | "read" | "rust" | "python";

/** What a test shows, if it passes: one cell. It is plain data, as metadata must be. */
export interface Claim {
  readonly call: Call;
  readonly program: "ours" | Peer;
  readonly column: Column;
  /** A few words that stand in the cell in place of "yes": what the test asserts of it. */
  readonly fact?: string;
}

declare module "vitest" {
  interface TaskMeta {
    /** The cells of docs/compatibility.md that the test proves. */
    proves?: readonly Claim[];
  }
}

type OneOrMore<T> = T | readonly T[];

/**
 * The running test proves these cells, if it passes. It is the first statement of the test, so that one that fails has said so too:
 * `proves(forUs("addText", loader), forPeer("torch", "addText", loader, "hidden"))`.
 */
export function proves(...claims: readonly (readonly Claim[])[]): void {
  const test = TestRunner.getCurrentTest();
  if (test === undefined) throw new Error("proves() is for the body of a test");
  test.meta.proves = [...(test.meta.proves ?? []), ...claims.flat()];
}

/** Our file of these calls is right in these columns. */
export function forUs(calls: OneOrMore<Call>, columns: OneOrMore<Exclude<Column, "written">>): Claim[] {
  return claims("ours", calls, columns);
}

/** What our calls write is right, by the judgement of another program: that and how in a few words. */
export function judged(calls: OneOrMore<Call>, judge: string): Claim[] {
  return claims("ours", calls, "written", judge);
}

/** Other programs' files of the same calls are right in these columns, or what is said of them. */
export function forPeer(
  programs: OneOrMore<Peer>,
  calls: OneOrMore<Call>,
  columns: OneOrMore<Exclude<Column, "written">>,
  fact?: string,
): Claim[] {
  return claims(programs, calls, columns, fact);
}

function claims(
  programs: OneOrMore<Claim["program"]>,
  calls: OneOrMore<Call>,
  columns: OneOrMore<Column>,
  fact?: string,
): Claim[] {
  const said = fact === undefined ? {} : { fact };
  return listOf(programs).flatMap((program) =>
    listOf(calls).flatMap((call) =>
      listOf(columns).map((column): Claim => ({ call, program, column, ...said })),
    ),
  );
}

function listOf<T extends string>(value: OneOrMore<T>): readonly T[] {
  return typeof value === "string" ? [value] : value;
}
