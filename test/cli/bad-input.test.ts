// Wrong names, wrong numbers and logdirs that cannot be used: one line, an exit code, and nothing of earlier runs touched.
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { treeOf } from "../experiments/tree.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { hasPermissions } from "../helpers/without-privileges.js";
import { tnl } from "./fake-io.js";

const makeDir = useTempDir("bad-input");
let logdir: string;
let earlier: Record<string, string>;

beforeAll(async () => {
  logdir = join(makeDir(), "logs");
  await tnl(["run", "--jobs", "1", "--steps", "50", "--verbose", "0", "--logdir", logdir]);
  earlier = treeOf(logdir);
});

async function expectRefusal(argv: string[], code: number, message: string | RegExp): Promise<void> {
  const outcome = await tnl(argv);
  expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code, stdout: "" });
  expect(outcome.stderr).toMatch(/^tnl: [^\n]+\n$/);
  expect(outcome.stderr).not.toContain("unexpected");
  expect(outcome.stderr).toMatch(message);
}

describe("exit code 2, with earlier runs as they were", () => {
  it("has earlier runs to look at", () => {
    expect(Object.keys(earlier).filter((path) => path.includes("tfevents"))).toHaveLength(8);
  });

  it.each<[string[], string]>([
    [["onlin"], 'Unknown problem "onlin". Did you mean online? Known: online, stochastic'],
    [["online", "Stochastik"], 'Unknown problem "Stochastik". Did you mean stochastic?'],
    [["tetris"], 'Unknown problem "tetris". Known: online, stochastic'],
    [[""], 'Unknown problem "". Known: online, stochastic'],
    [["1"], 'Unknown problem "1".'],
    [["__proto__"], 'Unknown problem "__proto__". Known'],
    [
      ["--optimizer", "adm"],
      'Unknown optimizer "adm". Did you mean adam? Known: adam, amsgrad, amsgrad-paper',
    ],
    [["--optimizer", "AMSGrad"], 'Unknown optimizer "AMSGrad". Did you mean amsgrad?'],
    [["--optimizer", "adam", "--optimizer", "sgdd"], 'Unknown optimizer "sgdd". Did you mean sgd?'],
    [["--optimizer", "lookahead"], 'Unknown optimizer "lookahead". Known'],
    [["--steps", "-5"], '`--steps` to be an integer from 1, got "-5"'],
    [["--steps=-5"], '`--steps` to be an integer from 1, got "-5"'],
    [["--steps", "0"], '`--steps` to be an integer from 1, got "0"'],
    [["--steps", "1.5"], '`--steps` to be an integer from 1, got "1.5"'],
    [["--steps", "abc"], '`--steps` to be a number, got "abc"'],
    [["--steps", "10x"], '`--steps` to be a number, got "10x"'],
    [["--steps", ""], '`--steps` to be a number, got ""'],
    [["--steps", "NaN"], '`--steps` to be a number, got "NaN"'],
    [["--steps", "Infinity"], '`--steps` to be an integer from 1, got "Infinity"'],
    [["--steps", "1e300"], '`--steps` to be an integer from 1, got "1e300"'],
    [["--lr", "fast"], '`--lr` to be a number, got "fast"'],
    [["--lr", "-0.1"], "`lr` to be a number from 0, got -0.1"],
    ...["", "a", "3..1", "1.5", "1...3", "1,,2", "0..", "0..10000", "0..9999,20000", "9007199254740992"].map(
      (text): [string[], string] => [
        ["--seeds", text],
        `\`--seeds\` to be integers such as 1,2,5 or 0..29, at most 10,000, got "${text}"`,
      ],
    ),
    [["--seeds", "1,2", "--seed", "3"], "--seed and --seeds are given: one of them only"],
    [["--jobs", "0"], '`--jobs` to be an integer from 1, got "0"'],
    [["--jobs", "two"], '`--jobs` to be a number, got "two"'],
    [["--betas", "0.9"], '`--betas` to be two numbers, such as 0.9,0.99, got "0.9"'],
    [["--betas", "0.9,0.99,0.999"], "`--betas` to be two numbers"],
    [["--betas", "0.9,x"], '`--betas` to be a number, got "x"'],
    [["--betas", "0.9,1"], "`betas[1]` to be a number from 0 to less than 1, got 1"],
    [["--seed", "1.5"], '`--seed` to be an integer, got "1.5"'],
    [["--seed", "x"], '`--seed` to be a number, got "x"'],
    [["--batch-step-size", "0"], '`--batch-step-size` to be an integer from 1, got "0"'],
    [["--batch-step-size", "2.5"], "`--batch-step-size` to be an integer from 1"],
    [["--logdir="], "Expected `logdir` to be a path"],
  ])("tnl run %j", async (argv, message) => {
    const where = argv[0] === "--logdir=" ? [] : ["--logdir", logdir];
    const steps = argv.some((arg) => arg.startsWith("--steps")) ? [] : ["--steps", "10"];
    // Were it begun, this would delete the earlier runs.
    await expectRefusal(["run", ...argv, ...where, ...steps, "--if-exists", "overwrite"], 2, message);
    expect(treeOf(logdir)).toEqual(earlier);
  });

  it("makes no logdir", async () => {
    const fresh = join(makeDir(), "fresh");
    await expectRefusal(["run", "onlin", "--logdir", fresh], 2, "onlin");
    await expectRefusal(["run", "--steps", "-1", "--logdir", fresh], 2, "--steps");
    await expectRefusal(["run", "--lr", "-1", "--logdir", fresh], 2, "lr");
    expect(existsSync(fresh)).toBe(false);
  });
});

describe("exit code 3", () => {
  const IF_EXISTS = ["increment", "overwrite", "fail"];
  const run = (where: string, ifExists: string): string[] => [
    ..."run online --jobs 1 --steps 10 --verbose 0 --if-exists".split(" "),
    ifExists,
    "--logdir",
    where,
  ];

  it.each(IF_EXISTS)("for a logdir that is a file or below one (%s)", async (ifExists) => {
    const dir = makeDir();
    writeFileSync(join(dir, "file"), "not a directory");
    const before = treeOf(dir);
    for (const where of [join(dir, "file"), join(dir, "file", "below", "it")]) {
      await expectRefusal(run(where, ifExists), 3, "is a file");
      await expectRefusal(run(where, ifExists), 3, where);
    }
    expect(treeOf(dir)).toEqual(before);
  });

  it.each(IF_EXISTS)("for a run that is a file (%s)", async (ifExists) => {
    const dir = makeDir();
    mkdirSync(join(dir, "Online_adam"));
    writeFileSync(join(dir, "Online_adam", "epoch-0"), "not a directory");
    const { code, stderr } = await tnl(run(dir, ifExists));
    // A number behind its name is a way out, and the only one.
    expect(code).toBe(ifExists === "increment" ? 0 : 3);
    expect(stderr).toMatch(ifExists === "increment" ? /^$/ : /^tnl: [^\n]+\n$/);
    expect(treeOf(dir)["Online_adam/epoch-0"]).toBeDefined();
  });

  it.skipIf(process.platform !== "linux")("for one where nothing can be made", async () => {
    for (const where of ["/proc/x", "/proc/self/task/x/y"]) {
      await expectRefusal(run(where, "increment"), 3, `Cannot write runs to ${where}: `);
    }
    await expectRefusal(run("/dev/null", "increment"), 3, "is a file");
  });

  it.skipIf(!hasPermissions)("for one that may not be written", async () => {
    const dir = join(makeDir(), "logs");
    expect((await tnl([...run(dir, "increment")])).code).toBe(0);
    for (const path of [dirname(dirname(dir)), dirname(dir)]) chmodSync(path, 0o755);
    const closed = [dir, ...Object.keys(treeOf(dir)).map((path) => join(dir, path))].filter(
      (path) => !path.includes("tfevents"),
    );
    for (const path of closed) chmodSync(path, 0o555);
    onTestFinished(() => closed.forEach((path) => chmodSync(path, 0o755)));
    const before = treeOf(dir);
    const message = /Cannot write runs to .*logs: permission denied \(EACCES\)/;
    for (const ifExists of ["increment", "overwrite"]) {
      await asNobody(() => expectRefusal(run(dir, ifExists), 3, message));
      expect(treeOf(dir)).toEqual(before);
    }
  });
});

/** Root may write everywhere, so the command runs as somebody else. */
async function asNobody(body: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid!() === 0;
  if (isRoot) process.seteuid!(65_534);
  try {
    await body();
  } finally {
    if (isRoot) process.seteuid!(0);
  }
}
