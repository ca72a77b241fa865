// What a training script needs. Loads no command line, no plots, no archive.

export * from "./engine/index.js";
export * from "./errors.js";
export {
  BoundedEventWriter,
  closeOnSignals,
  EventFileReader,
  EventFileWriter,
  findRuns,
  MemorySink,
} from "./events/index.js";
export type { LogPosition } from "./events/index.js";
export { PyRandom } from "./math/py-random.js";
export { defineMetrics, SummaryReader, SummaryWriter } from "./summary/index.js";
export type {
  Counter,
  LoggedKind,
  LoggedTag,
  LoggedValue,
  MetricDefinition,
  MetricDefinitions,
  Rate,
  RateOptions,
  Sampling,
  SamplingRule,
  ScalarHandle,
  ScalarsHandle,
  ScalarSeries,
  SummaryReaderOptions,
  SummaryWriterOptions,
  TagDescription,
  Timer,
} from "./summary/index.js";
export { version } from "./version.js";
