// What a training script needs. Loads no command line, no plots, no archive.

export * from "./engine/index.js";
export * from "./errors.js";
export {
  BoundedEventWriter,
  closeOnSignals,
  EventFileReader,
  EventFileWriter,
  findRuns,
} from "./events/index.js";
export { PyRandom } from "./math/py-random.js";
export { SummaryWriter } from "./summary/index.js";
export type { ScalarHandle, ScalarsHandle, SummaryWriterOptions, TagDescription } from "./summary/index.js";
export { version } from "./version.js";
