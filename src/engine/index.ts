// The training engine: torchbearer's ideas, torch's optimizers.

export type { Callback, CallbackLike, HookFunction, HookTarget } from "./callback.js";
export { bindTo } from "./callback.js";
export { CallbackList } from "./callback-list.js";
export { Best, ModelCheckpoint } from "./callbacks/best.js";
export type { BestOptions, ModelCheckpointOptions } from "./callbacks/best.js";
export type { CheckpointOptions, SavedFile } from "./callbacks/checkpointer.js";
export { ConsolePrinter } from "./callbacks/console-printer.js";
export type { ConsolePrinterOptions } from "./callbacks/console-printer.js";
export { CSVLogger } from "./callbacks/csv-logger.js";
export type { CSVLoggerOptions } from "./callbacks/csv-logger.js";
export { EarlyStopping } from "./callbacks/early-stopping.js";
export type { EarlyStoppingOptions } from "./callbacks/early-stopping.js";
export { GradientClipping, GradientNormClipping } from "./callbacks/gradient-clipping.js";
export type { HookClock } from "./callbacks/hook-clock.js";
export { HookTimer } from "./callbacks/hook-timer.js";
export type { HookTime, HookTimerOptions } from "./callbacks/hook-timer.js";
export { Interval, MostRecent } from "./callbacks/interval.js";
export type { IntervalOptions, MostRecentOptions } from "./callbacks/interval.js";
export { JSONLogger } from "./callbacks/json-logger.js";
export type { MetricLogOptions } from "./callbacks/metric-log.js";
export type { MonitorMode } from "./callbacks/monitor.js";
export { progressBar } from "./callbacks/progress-bar.js";
export type { ProgressBarOptions } from "./callbacks/progress-bar.js";
export { Project } from "./callbacks/project.js";
export type { ProjectOptions } from "./callbacks/project.js";
export { greedyUpdate, ProjectBox } from "./callbacks/project-box.js";
export * from "./callbacks/schedules/index.js";
export { TensorBoard } from "./callbacks/tensor-board.js";
export type { TensorBoardOptions } from "./callbacks/tensor-board.js";
export type { TensorBoardRunOptions } from "./callbacks/tensor-board-run.js";
export { TensorBoardText } from "./callbacks/tensor-board-text.js";
export type { TensorBoardTextOptions } from "./callbacks/tensor-board-text.js";
export { TerminateOnNaN } from "./callbacks/terminate-on-nan.js";
export type { TerminateOnNaNOptions } from "./callbacks/terminate-on-nan.js";
export { L1WeightDecay, L2WeightDecay, WeightDecay } from "./callbacks/weight-decay.js";
export { latestCheckpoint, loadCheckpoint, saveCheckpoint } from "./checkpoint-file.js";
export type { LatestCheckpoint } from "./checkpoint-file.js";
export { once, oncePerEpoch, onlyIf } from "./conditions.js";
export { loss } from "./criterion.js";
export type { Criterion } from "./criterion.js";
export {
  onBackward,
  onCheckpoint,
  onCriterion,
  onCriterionValidation,
  onEnd,
  onEndEpoch,
  onEndTraining,
  onEndValidation,
  onForward,
  onForwardValidation,
  onInit,
  onSample,
  onSampleValidation,
  onStart,
  onStartEpoch,
  onStartTraining,
  onStartValidation,
  onStepTraining,
  onStepValidation,
} from "./hook-functions.js";
export { DataLoader } from "./data/data-loader.js";
export type { DataLoaderOptions } from "./data/data-loader.js";
export type { SamplerPosition } from "./data/sampler.js";
export type { Batch, Batches, BatchSource, SeekableSource } from "./data/source.js";
export { binaryCrossEntropyWithLogits, crossEntropy, l1Loss, mseLoss, nllLoss } from "./criteria.js";
export { constant, linear } from "./functional.js";
export { HOOKS } from "./hooks.js";
export type { Hook } from "./hooks.js";
export { Linear } from "./linear.js";
export type { LinearOptions, RandomSource } from "./linear.js";
export * from "./metrics/index.js";
export { Model } from "./model.js";
export type { ModelStateDict } from "./model.js";
export type { Operand } from "./operand.js";
export * from "./optim/index.js";
export { Parameter } from "./parameter.js";
export type { DType, ParameterOptions, Vec } from "./parameter.js";
export { Online, Stochastic } from "./problems/index.js";
export type { ProblemOptions } from "./problems/index.js";
export { predictedRows, targetRows } from "./rows.js";
export type { Rows } from "./rows.js";
export { stateKey } from "./state.js";
export type { Closure, Loader } from "./pass.js";
export type { HistoryEntry, InputOf, State, StateKey } from "./state.js";
export type { Computation, TapeNode } from "./tape-nodes.js";
export type { Var } from "./var.js";
export { Trial } from "./trial.js";
export type { EvaluateOptions, RunOptions, TrialOptions, Verbosity } from "./trial.js";
export type { DataKey, DataOptions } from "./trial-setup.js";
export type { Place, TrialStateDict } from "./trial-state.js";
