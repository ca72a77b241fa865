// What the compiler takes and refuses of a trial: the state knows the model and the batch. Compiled by trial.types.test.ts, never run.
import {
  mean,
  Model,
  onlyIf,
  onStepTraining,
  Parameter,
  toDict,
  Trial,
  type Rows,
  type State,
  type Var,
} from "../../src/engine/index.js";

class Net extends Model {
  readonly w = new Parameter([1, 2]);
  override forward(x: Rows): Var {
    return this.w.mul(x.data[0]!);
  }
}

type NetState = State<Net, string>;

const trial = new Trial(new Net(), undefined, (yPred, yTrue: string) => yPred.mul(yTrue.length), {
  metrics: [
    toDict("w", (state: NetState) => state.model.w.data[0]!),
    mean("rows", (state: NetState) => state.x.shape[0]!),
  ],
  callbacks: [
    {
      onStepTraining(state) {
        state.yTrue.toUpperCase();
        // @ts-expect-error the model has no such parameter
        void state.model.v;
      },
    },
    onlyIf(
      (state: NetState) => state.model.w.data.length === 2,
      onStepTraining((state: NetState) => void state.x.data),
    ),
    onStepTraining((state) => void state.loss),
  ],
});
export const model: Net = trial.state.model;

const rows: Rows = { shape: [1], data: new Float64Array(1) };
trial.withTrainGenerator([[rows, "a"]]);
trial.withTrainGenerator(() => [[rows, "a"]], 1);
// @ts-expect-error the input of the model is rows
trial.withTrainGenerator([[1, "a"]]);
// @ts-expect-error the target of the criterion is a text
trial.withValGenerator([[rows, 1]]);
trial.withTestGenerator([[rows]]);
trial.withLoader((state) => {
  state.x = rows;
  state.yTrue = "b";
});
trial.withLoader((state) => {
  // @ts-expect-error the target of the criterion is a text
  state.yTrue = 3;
});

/** A trial of any model, and a callback of any state, take these too. */
export const any: Trial = trial;
export const follow = (state: State): void => void state.loss;
trial.replay(onStepTraining(follow)).catch(() => {});
