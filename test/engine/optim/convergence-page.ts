// docs/optimizers.md as Markdown, in the form that the formatter gives it.
import { tableOf } from "../../helpers/markdown.js";
import type { Options } from "./by-name.js";
import { PROBLEMS } from "./convergence-problems.js";

/** How an optimizer did on a problem. */
export interface Course {
  /** The number of steps after which it stayed near the minimum; undefined if it was not there in the end. */
  readonly steps: number | undefined;
  /** The last point, or the mean of the last cycle's points. */
  readonly end: readonly number[];
}

/** An optimizer, with a learning rate and a course for each problem. */
export interface Line {
  readonly optimizer: string;
  readonly options: Options;
  readonly rates: readonly number[];
  readonly courses: readonly Course[];
}

/** The whole page. */
export function optimizersPage(lines: readonly Line[]): string {
  const rows = lines.map(({ optimizer, options, rates, courses }) => [
    `\`${optimizer}\``,
    Object.keys(options).length === 0 ? "" : `\`${textOf(options)}\``,
    ...courses.map(({ steps, end }, i) => {
      const result = steps === undefined ? `**ends at ${end[0]!.toFixed(2)}**` : rounded(steps);
      return `${result}; ${rates[i]}`;
    }),
  ]);
  const { quadratic, softmax, online } = PROBLEMS;
  return `# Optimizers

\`npx vitest run test/engine/optim/convergence -u\` makes this page; nobody edits it, and the test fails when it is not what comes out.

All have PyTorch's names, options and arithmetic: 5,000 steps of each differ from PyTorch's by rounding (\`test/engine/optim/steps.test.ts\`).
\`amsgrad\` has four dialects: PyTorch's (\`true\`), the paper's, that of Keras and that of optax.

## Which reach the minimum

A cell has the steps after which an optimizer stays near the known minimum, in two digits, and its learning rate, which is the same at all
steps. This is no ranking: other rates give other numbers.

${tableOf(["Optimizer", "Options", "Quadratic", "Rosenbrock", "Beale", "Softmax", "Online"], rows)}

- **Quadratic**: ½ (x - 1)² + 5 (y + 1)² + 50 (z - ½)², a hundred times as steep in one direction as in another. **Rosenbrock**: (1 - x)² + 100 (y - x²)², a bent
  valley. **Beale**: Σ (c - x (1 - yᵏ))², a plain with sharp corners. Near is ${quadratic.within} for each parameter, in the end ${quadratic.inTheEnd}, of
  ${quadratic.steps.toLocaleString("en")} steps.
- **Softmax**: softmax regression of ${softmax.start.length} weights with a penalty, by the tape. The minimum is the one that scikit-learn's \`LogisticRegression\` finds. Near
  is ${softmax.within}, of ${softmax.steps.toLocaleString("en")} steps.
- **Online**: the problem of ["On the Convergence of Adam and Beyond"](https://openreview.net/forum?id=ryQu7f-RZ), in [-1, 1], where -1 is the best point and 1 the
  worst. Near is ${online.within}, for the mean of a cycle's points, of ${online.steps.toLocaleString("en")} steps. Those that divide by an average of recent gradients go to the worst point: the
  rare, large gradient makes the average large just when it counts. AMSGrad's maximum and Adagrad's sum do not sink again, and SGD has none. \`Rprop\` looks at
  signs alone, and the small gradients have the more of them.

Where the gradient is all but 0, Adam and its kin divide it by its own size. So they do not rest at a minimum, but now and then leave it by about
a learning rate. That is why their rates are small here; in a training they can fall, by a schedule such as \`CosineAnnealingLR\`.
`;
}

function textOf(options: Options): string {
  const fields = Object.entries(options).map(([key, value]) => `${key}: ${spaced(JSON.stringify(value))}`);
  return `{ ${fields.join(", ")} }`;
}

function spaced(json: string): string {
  return json.replaceAll(",", ", ");
}

/** In two digits. */
function rounded(steps: number): string {
  return Number(steps.toPrecision(2)).toLocaleString("en");
}
