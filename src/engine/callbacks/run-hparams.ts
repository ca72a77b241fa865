// The hyperparameters of a run, and how it ended.

import type { SummaryWriter } from "../../summary/summary-writer.js";
import type { HParamValue } from "../../wire/hparams.js";
import type { State } from "../state.js";

/** What a table of hyperparameters can have, by name. */
export type HParams = Readonly<Record<string, HParamValue>>;

/** Logs hyperparameters at the start of a run, and at its end its status. */
export class RunHParams {
  #writer: SummaryWriter | undefined;

  /** Whether they were logged and no status yet. */
  get isOpen(): boolean {
    return this.#writer !== undefined;
  }

  start(writer: SummaryWriter, hparams: Readonly<Record<string, HParamValue | null | undefined>>): void {
    writer.addHParams(hparams);
    this.#writer = writer;
  }

  /** A run that its signal has ended has no status: it may be continued. */
  end(state: State): void {
    this.#end(isCut(state) ? undefined : "success");
  }

  /** The run ended by an error. */
  fail(): void {
    this.#end("failure");
  }

  #end(status: "success" | "failure" | undefined): void {
    const writer = this.#writer;
    this.#writer = undefined;
    if (status !== undefined) writer?.endHParams(status);
  }
}

function isCut({ interrupted, epoch, maxEpochs, stepsDone, steps }: State): boolean {
  return interrupted && !(epoch + 1 >= maxEpochs && stepsDone === steps);
}

/** What a trial knows of itself: model, criterion, optimizer with its options, seed, epochs and steps. */
export function hparamsOf({ model, criterion, optimizer, seed, maxEpochs, trainSteps }: State): HParams {
  const [first, ...others] = optimizer?.paramGroups ?? [];
  const differing = others.map(({ options }, i) => {
    const own = Object.entries(options).filter(([name, value]) => value !== first!.options[name]);
    return asHParams(`optimizer.groups.${i + 1}.`, Object.fromEntries(own));
  });
  return {
    model: model.name,
    ...(criterion !== undefined && criterion.name !== "" && { criterion: criterion.name }),
    ...(optimizer !== undefined && { optimizer: optimizer.name }),
    ...asHParams("optimizer.", first?.options ?? {}),
    ...(Object.assign({}, ...differing) as HParams),
    ...asHParams("", { seed, epochs: maxEpochs, trainSteps }),
  };
}

/** Settings under names with `prefix`, as a table of hyperparameters can have them: infinities and lists are texts. */
export function asHParams(prefix: string, settings: Readonly<Record<string, unknown>>): HParams {
  const entries = Object.entries(settings).map(([name, value]) => {
    const isPlain = typeof value === "boolean" || typeof value === "string" || Number.isFinite(value);
    const text = typeof value === "number" ? String(value) : JSON.stringify(value);
    return [prefix + name, isPlain ? (value as HParamValue) : text];
  });
  return Object.fromEntries(entries) as HParams;
}
