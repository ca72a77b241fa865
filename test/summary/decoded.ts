// What a decoder reads from the file of another program.
import type { SummaryMetadata, SummaryValue } from "../../src/wire/summary.js";
import { readEventFile } from "../helpers/events.js";
import { fixtures } from "../helpers/fixtures.js";

/** Tag, step and what `decode` gives, of each value that it knows; as a reader does, with the metadata of the tag's first value. */
export function decodedOf<T>(
  fixture: string,
  decode: (value: SummaryValue, metadata?: SummaryMetadata) => T | undefined,
): [tag: string, step: number | bigint, decoded: T][] {
  const { events } = readEventFile(fixtures.find(({ name }) => name === fixture)!.path);
  const first = new Map<string, SummaryMetadata | undefined>();
  return events.flatMap(({ step, summary = [] }) =>
    summary.flatMap((value): [string, number | bigint, T][] => {
      if (!first.has(value.tag)) first.set(value.tag, value.metadata);
      const decoded = decode(value, first.get(value.tag));
      return decoded === undefined ? [] : [[value.tag, step, decoded]];
    }),
  );
}
