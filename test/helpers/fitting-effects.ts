// Whether what a loader shows of a damaged run is what the word for it says.
import type { Effect } from "../../src/events/verify/defect.js";
import type { DamagedRun } from "./damaged-runs.js";
import { POINT_TAGS, type ShownSteps } from "./shown-points.js";
import type { Loader } from "./tensorboard.js";

/** By effect, from what is shown, what is left to be shown, and how many records were hit. */
const RULES: Readonly<
  Record<Effect, (shown: ShownSteps | undefined, left: ShownSteps, run: DamagedRun) => boolean>
> = {
  none: (shown, left) => shown !== undefined && hasAll(shown, left),
  place: (shown, left) => shown !== undefined && !hasWrong(shown) && hasAllButOneTag(shown, left),
  wrong: (shown, left, { code }) =>
    shown !== undefined && (hasWrong(shown) || (code === "BAD_DATA_CRC" && hasAll(shown, left))),
  rest: (shown, left) => shown === undefined || !hasAllButOneTag(shown, left),
  all: () => true,
  replaced: (shown, left) => JSON.stringify(shown) === JSON.stringify(left),
  zigzag: (shown) => Object.values(shown ?? {}).some((steps) => goesBack(steps)),
  tag: (shown) => shown !== undefined && POINT_TAGS.filter((tag) => shown[tag] === undefined).length === 1,
  run: (shown) => shown === undefined,
  empty: (shown) => shown !== undefined && Object.keys(shown).length === 0,
  unread: () => false,
};

/** Whether `run.before` of a loader is what its effect says. */
export function fits(run: DamagedRun, loader: Loader): boolean {
  const { before, after, effects, fatal } = run;
  const effect = effects[loader];
  if ((effect === "all") !== (fatal?.[loader] !== undefined)) return false;
  const left = after === "as before" ? before.python : after;
  return RULES[effect](before[loader], left ?? {}, run);
}

function hasWrong(shown: ShownSteps): boolean {
  return Object.values(shown).some((steps) => steps.includes("!"));
}

function stepsIn(text: string | undefined): string[] {
  return (text ?? "").split(" ").flatMap((part) => {
    const [first, last = first] = part.replace("!", "").split("-").map(Number) as [number, number?];
    return part === "" ? [] : Array.from({ length: last - first + 1 }, (_, i) => String(first + i));
  });
}

function hasAll(shown: ShownSteps, left: ShownSteps): boolean {
  return Object.entries(left).every(([tag, steps]) => {
    const its = new Set(stepsIn(shown[tag]));
    return stepsIn(steps).every((step) => its.has(step));
  });
}

function hasAllButOneTag(shown: ShownSteps, left: ShownSteps): boolean {
  const lacking = Object.keys(left).filter((tag) => !hasAll(shown, { [tag]: left[tag]! }));
  return lacking.length <= 1;
}

function goesBack(text: string): boolean {
  const steps = stepsIn(text).map(Number);
  return steps.some((step, i) => i > 0 && step < steps[i - 1]!);
}
