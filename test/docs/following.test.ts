// docs/following.md: its program compiles and does what the page says.
import { expect, test } from "vitest";
import { compilerErrors } from "../helpers/compiler.js";
import { programsIn, runProgram, useProgramFiles } from "./programs.js";

const fileOf = useProgramFiles();

const LOGGED = `
import { SummaryWriter } from "tensorboard-node-logger";
const writer = new SummaryWriter("logs/a");
for (const [step, value] of [0.5, 0.25, NaN, 1].entries()) writer.addScalar("loss", value, step);
writer.addScalar("lr", NaN, 0);
writer.closeSync();
`;

test("the program ends at the first NaN, and says where", () => {
  const file = fileOf(LOGGED + programsIn("docs/following.md").join("\n"));
  expect(compilerErrors(file)).toEqual([]);
  expect(runProgram(file)).toMatchObject({ stdout: "a: loss is NaN at step 2\n", stderr: "", status: 0 });
});
