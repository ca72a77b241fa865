// The command line itself: help, version, and what is no command or no option.
import { describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { ExitCode, exitCodeOf, UsageError } from "../../src/cli/exit-codes.js";
import { ArgumentError, LogdirError, NoMatchError, UnknownNameError, WriteError } from "../../src/errors.js";
import { tnl } from "./fake-io.js";

/** As one line, because the parser breaks lines at the width of the terminal. */
const unwrapped = (text: string): string => text.replaceAll(/\s+/g, " ");

describe("tnl", () => {
  it("tells its version", async () => {
    expect(await tnl(["--version"])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: "" });
  });

  it.each([[["--help"]], [["help"]]])("lists the commands and the exit codes: %j", async (argv) => {
    const { code, stdout, stderr } = await tnl(argv);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const command of ["tnl run [problems..]", "tnl tensorboard [logdir]", "tnl list [logdir]"]) {
      expect(unwrapped(stdout)).toContain(command);
    }
    expect(unwrapped(stdout)).toContain(
      "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the logdir cannot be used, 4 defects were found, 124 the time was over, 130 and 143 ended by a signal",
    );
  });

  it("has help for each command, which runs nothing", async () => {
    const run = await tnl(["run", "--help"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const options = "optimizer steps lr betas seed dtype logdir batch-step-size if-exists verbose json".split(
      " ",
    );
    expect(options.filter((option) => !run.stdout.includes(`--${option} `))).toEqual([]);
    expect(unwrapped(run.stdout)).toContain(
      "Problems: online, stochastic, or modules of your own, such as ./problem.ts [array] [default: both]",
    );
    expect(unwrapped(run.stdout)).toContain(
      "adam, amsgrad, amsgrad-paper, amsgrad-keras, amsgrad-optax, adamw, adamax, nadam, radam, rmsprop, adagrad, adadelta, rprop, sgd, asgd, or a module of your own [string] [default: adam and amsgrad]",
    );
    expect(unwrapped(run.stdout)).toContain('Steps of each run [string] [default: "6000000"]');

    const tensorboard = await tnl(["tensorboard", "--help"]);
    expect(tensorboard).toMatchObject({ code: 0, stderr: "" });
    expect(tensorboard.stdout).toContain("tnl tensorboard logs -- --port 7000");

    expect(await tnl(["list", "--help"])).toMatchObject({ code: 0, stderr: "" });
  });

  it.each<[string[], string]>([
    [[], "Which command? tnl --help lists them"],
    [["--"], "Which command? tnl --help lists them"],
    [["rnu"], 'Unknown command "rnu". Did you mean run?'],
    [["lst"], 'Unknown command "lst". Did you mean list?'],
    [["tensorbord"], 'Unknown command "tensorbord". Did you mean tensorboard?'],
    [["somersault"], "Unknown argument: somersault"],
    [["run", "--foo"], "Unknown argument: foo"],
    [["run", "--step", "5"], "Unknown argument: step"],
    [["run", "--logDir", "x"], "Unknown argument: logDir"],
    [["run", "--steps.of=5"], "Unknown argument: steps.of"],
    [["run", "--no-steps"], "Unknown arguments: no-steps, noSteps"],
    [["run", "--steps"], "Not enough arguments following: steps"],
    [["run", "--logdir", "--json"], "Not enough arguments following: logdir"],
    [["run", "--optimizer"], "Not enough arguments following: optimizer"],
    [["run", "--verbose"], "Not enough arguments following: verbose"],
    [["run", "--dtype", "float16"], 'Argument: dtype, Given: "float16", Choices: "float64", "float32"'],
    [
      ["run", "--if-exists", "append"],
      'Given: "append", Choices: "increment", "overwrite", "resume", "fail"',
    ],
    [["run", "--verbose", "3"], "Argument: verbose, Given: 3, Choices: 0, 1, 2"],
    [["run", "--steps", "5", "--steps", "6"], "--steps is given more than once"],
    [["run", "--logdir", "a", "--logdir=b"], "--logdir is given more than once"],
    [["run", "--if-exists=fail", "--if-exists=fail"], "--if-exists is given more than once"],
    [["run", "--", "online"], "Nothing is expected behind --, got online"],
    [["run", "online", "--", "--steps", "5"], "Nothing is expected behind --, got --steps 5"],
    [["list", "a", "b"], "Unknown argument: b"],
    [["list", "--", "a"], "Nothing is expected behind --, got a"],
    [["tensorboard", "--port", "7000"], "Unknown argument: port"],
  ])("refuses %j in one line", async (argv, message) => {
    const { code, stdout, stderr } = await tnl(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^tnl: [^\n]+\n$/);
    expect(stderr).toContain(message);
  });

  it("speaks English wherever it is", async () => {
    const before = process.env["LC_ALL"];
    process.env["LC_ALL"] = "de_DE.UTF-8";
    try {
      expect((await tnl(["rnu"])).stderr).toBe('tnl: Unknown command "rnu". Did you mean run?\n');
      expect((await tnl(["run", "--help"])).stdout).toContain("[default: ");
    } finally {
      if (before === undefined) delete process.env["LC_ALL"];
      else process.env["LC_ALL"] = before;
    }
  });
});

describe("exitCodeOf", () => {
  it("is as documented", () => {
    expect(ExitCode).toEqual({
      OK: 0,
      FAILED: 1,
      USAGE: 2,
      LOGDIR: 3,
      DEFECTS: 4,
      TIME: 124,
      SIGINT: 130,
      SIGTERM: 143,
    });
    expect(exitCodeOf(new UsageError("what?"))).toBe(2);
    expect(exitCodeOf(new ArgumentError("steps", "an integer", 0.5))).toBe(2);
    expect(exitCodeOf(new UnknownNameError("problem", "x", []))).toBe(2);
    expect(exitCodeOf(new NoMatchError("tag", ["x"], "logs", []))).toBe(2);
    expect(exitCodeOf(new LogdirError("RUN_EXISTS", "logs", "there already"))).toBe(3);
    expect(exitCodeOf(new WriteError("logs", new Error("no space")))).toBe(1);
    expect(exitCodeOf(new TypeError("a defect"))).toBe(1);
    expect(exitCodeOf("thrown text")).toBe(1);
  });
});
