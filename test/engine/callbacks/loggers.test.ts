// Metrics as CSV and as JSON lines: what Python's csv and json read from them, and the same file after any cut.
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ArgumentError, CheckpointError, ContextError, WriteError } from "../../../src/errors.js";
import {
  Adam,
  CSVLogger,
  JSONLogger,
  metric,
  mean,
  Online,
  onStepTraining,
  toDict,
  Trial,
  type Callback,
  type CSVLoggerOptions,
  type TrialOptions,
  type TrialStateDict,
} from "../../../src/engine/index.js";
import { describeWithPython, runPython } from "../../helpers/python.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { expectSameRest } from "../resumes.js";

const tempDir = useTempDir("loggers");

const AWKWARD = 'a,"b"\r\nc;ä';

function make(callbacks: Callback[], metrics: NonNullable<TrialOptions["metrics"]> = METRICS): Trial {
  const model = new Online();
  return new Trial(model, Adam(model.parameters()), undefined, { callbacks, metrics, verbose: 0 });
}

const METRICS: NonNullable<TrialOptions["metrics"]> = [
  toDict("step", ({ epoch, batch }) => epoch * 10 + batch / 8),
  mean("step", ({ epoch, batch }) => epoch * 10 + batch / 8),
];

const SPECIAL: NonNullable<TrialOptions["metrics"]> = [NaN, Infinity, -Infinity, -0, 0.1 + 0.2, 5e-324].map(
  (value, i) => metric(`v${i}`, () => value),
);

describe("CSVLogger", () => {
  it("writes a row an epoch, with the names of the first row as header", async () => {
    const path = join(tempDir(), "sub", "log.csv");
    await make([new CSVLogger(path)])
      .forSteps(3, 1)
      .run(2);
    expect(readFileSync(path, "utf8")).toBe("epoch,step,val_step\r\n0,0.125,0\r\n1,10.125,10\r\n");
  });

  it("writes a row a step with batchGranularity", async () => {
    const path = join(tempDir(), "log.csv");
    await make([new CSVLogger(path, { batchGranularity: true, separator: ";" })])
      .forSteps(2, 1)
      .run(2);
    expect(readFileSync(path, "utf8")).toBe(
      "epoch;batch;step\r\n0;0;0\r\n0;1;0.125\r\n1;0;10\r\n1;1;10.125\r\n",
    );
  });

  it("writes every number so that it is read back", async () => {
    const path = join(tempDir(), "log.csv");
    await make([new CSVLogger(path)], SPECIAL)
      .forTrainSteps(1)
      .run(1);
    expect(readFileSync(path, "utf8").split("\r\n")[1]).toBe(
      "0,NaN,Infinity,-Infinity,-0,0.30000000000000004,5e-324",
    );
  });

  it("replaces what is there, goes on in a second run, and is not told by evaluations and predictions", async () => {
    const path = join(tempDir(), "log.csv");
    writeFileSync(path, "old");
    const trial = make([new CSVLogger(path)]).forSteps(1, 1, 1);
    await trial.run(1);
    await trial.evaluate();
    await trial.predict();
    await trial.run(2);
    expect(readFileSync(path, "utf8")).toBe("epoch,step,val_step\r\n0,0,0\r\n1,10,10\r\n");
  });

  it("logs a replay", async () => {
    const path = join(tempDir(), "log.csv");
    const trial = make([]).forSteps(3, 1);
    await trial.run(2);
    await trial.replay(new CSVLogger(path));
    expect(readFileSync(path, "utf8")).toBe("epoch,step,val_step\r\n0,0.125,0\r\n1,10.125,10\r\n");
  });

  it("appends behind its own header, and to nothing else", async () => {
    const path = join(tempDir(), "log.csv");
    const run = (options: CSVLoggerOptions): Promise<unknown> =>
      make([new CSVLogger(path, { append: true, ...options })])
        .forTrainSteps(1)
        .run(1);
    await run({});
    await run({});
    expect(readFileSync(path, "utf8")).toBe("epoch,step\r\n0,0\r\n0,0\r\n");
    await expect(run({ separator: ";" })).rejects.toThrow(ContextError);
    await expect(run({ separator: ";" })).rejects.toThrow(
      `${path} does not begin with the header epoch;step`,
    );
    await run({ writeHeader: false });
    expect(readFileSync(path, "utf8")).toBe("epoch,step\r\n0,0\r\n0,0\r\n0,0\r\n");
  });

  it("leaves empty what a later epoch has not got, and refuses what the first had not", async () => {
    const path = join(tempDir(), "log.csv");
    const stop = onStepTraining((state) => void (state.stopTraining = state.epoch === 1));
    await make([stop, new CSVLogger(path)])
      .forSteps(1, 1)
      .run(3);
    expect(readFileSync(path, "utf8")).toBe("epoch,step,val_step\r\n0,0,0\r\n1,10,\r\n");
    const trial = make([new CSVLogger(path)]).forSteps(1);
    await trial.run(1);
    await expect(trial.forValSteps(1).run(2)).rejects.toThrow(
      `${path} has no column val_step, because its first row had none`,
    );
  });

  it.each<[unknown, CSVLoggerOptions, string]>([
    ["", {}, "Expected `path` to be a path"],
    [3, {}, "Expected `path` to be a path"],
    ["a", { separator: "" }, "Expected `separator` to be one character"],
    ["a", { separator: ", " }, "Expected `separator` to be one character"],
    ["a", { separator: '"' }, "Expected `separator` to be one character"],
    ["a", { separator: "\n" }, "Expected `separator` to be one character"],
  ])("refuses %j %o", (path, options, message) => {
    expect(() => new CSVLogger(path as string, options)).toThrow(ArgumentError);
    expect(() => new CSVLogger(path as string, options)).toThrow(message);
  });
});

describeWithPython("Python's csv module", () => {
  it.each([",", ";", "\t", "ä"])("reads what is written, whatever the names: %j", async (separator) => {
    const path = join(tempDir(), "log.csv");
    await make([new CSVLogger(path, { separator })], [metric(AWKWARD, () => 0.5), metric("b", () => 2)])
      .forTrainSteps(1)
      .run(2);
    const program = `import csv, json, sys
with open(sys.argv[1], newline="", encoding="utf8") as file:
    print(json.dumps(list(csv.reader(file, delimiter=sys.argv[2]))))`;
    expect(JSON.parse(await runPython(program, [path, separator]))).toEqual([
      ["epoch", AWKWARD, "b"],
      ["0", "0.5", "2"],
      ["1", "0.5", "2"],
    ]);
  });
});

describe("JSONLogger", () => {
  it("writes a line an epoch, and with batchGranularity one a step too", async () => {
    const dir = tempDir();
    const loggers = [
      new JSONLogger(join(dir, "epochs")),
      new JSONLogger(join(dir, "all"), { batchGranularity: true }),
    ];
    await make(loggers).forSteps(2, 1).run(1);
    const last = '{"epoch":0,"metrics":{"step":0.0625,"val_step":0}}\n';
    expect(readFileSync(join(dir, "epochs"), "utf8")).toBe(last);
    expect(readFileSync(join(dir, "all"), "utf8")).toBe(
      `{"epoch":0,"batch":0,"metrics":{"step":0}}\n{"epoch":0,"batch":1,"metrics":{"step":0.125}}\n${last}`,
    );
  });

  it("writes every number, and any name", async () => {
    const path = join(tempDir(), "log.jsonl");
    await make([new JSONLogger(path)], [...SPECIAL, metric(AWKWARD, () => 1)])
      .forTrainSteps(1)
      .run(1);
    const text = readFileSync(path, "utf8");
    expect(text).toContain(
      '"v0":"NaN","v1":"Infinity","v2":"-Infinity","v3":-0,"v4":0.30000000000000004,"v5":5e-324',
    );
    expect(JSON.parse(text)).toMatchObject({ metrics: { [AWKWARD]: 1 } });
  });
});

describe.each([
  ["CSVLogger", (path: string, batchGranularity: boolean) => new CSVLogger(path, { batchGranularity })],
  ["JSONLogger", (path: string, batchGranularity: boolean) => new JSONLogger(path, { batchGranularity })],
])("%s of a continued training", (_name, logger) => {
  it.each([false, true])("is the same file after a cut at every step (rows of steps: %s)", async (byStep) => {
    const path = join(tempDir(), "log");
    let whole: string | undefined;
    await expectSameRest(
      (last) => ({ trial: make([logger(path, byStep), last]).forSteps(4, 2), log: [] }),
      3,
      () => {
        const text = readFileSync(path, "utf8");
        whole ??= text;
        expect(text).toBe(whole);
        // What a killed process wrote behind its checkpoint is cut off.
        writeFileSync(path, `${text}half a line`);
      },
    );
  });

  it("has its lines on the disk when a state dict is taken", async () => {
    const path = join(tempDir(), "log");
    const sizes: [number, number][] = [];
    const take = onStepTraining((state) => {
      const { offset } = state.stateDict().callbacks[0] as { offset: number };
      sizes.push([statSync(path).size, offset]);
    });
    await make([logger(path, true), take])
      .forTrainSteps(3)
      .run(1);
    for (const [size, offset] of sizes) expect(size).toBe(offset);
    expect(sizes[0]![0]).toBeGreaterThan(0);
    expect(sizes[2]![0]).toBeGreaterThan(sizes[0]![0]);
  });

  it("is refused where the file is shorter than it was, or is not there", async () => {
    const path = join(tempDir(), "log");
    let dict: TrialStateDict | undefined;
    const take = onStepTraining((state) => void (dict = state.stateDict()));
    await make([logger(path, true), take])
      .forTrainSteps(5)
      .run(1);
    const { offset } = dict!.callbacks[0] as { offset: number };
    const goOn = (): Promise<unknown> =>
      make([logger(path, true), {}])
        .forTrainSteps(5)
        .loadStateDict(dict!)
        .run(2);
    truncateSync(path, offset - 1);
    await expect(goOn()).rejects.toThrow(CheckpointError);
    await expect(goOn()).rejects.toThrow(
      `Cannot go on from ${path}: it has ${offset - 1} bytes, and had ${offset} at the checkpoint`,
    );
    rmSync(path);
    await expect(goOn()).rejects.toMatchObject({ code: "LOG_DOES_NOT_FIT", path });
    expect(existsSync(path)).toBe(false);
  });

  it("does not touch a file of before, if the dict is of before the first run", async () => {
    const path = join(tempDir(), "log");
    const dict = make([logger(path, true)])
      .forTrainSteps(1)
      .stateDict();
    expect(dict.callbacks).toEqual([null]);
  });

  it.each([
    ["a directory", (dir: string) => (mkdirSync(join(dir, "log")), join(dir, "log")), "EISDIR"],
    ["below a file", (dir: string) => (writeFileSync(join(dir, "f"), ""), join(dir, "f", "log")), "ENOTDIR"],
  ])("is refused when its path is %s", async (_what, path, errno) => {
    const error: unknown = await make([logger(path(tempDir()), false)])
      .forTrainSteps(1)
      .run(1)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WriteError);
    expect((error as WriteError).errno).toMatch(new RegExp(`^(${errno}|EEXIST)$`));
  });

  it.skipIf(!existsSync("/dev/full"))("tells that the disk is full, and closes", async () => {
    const trial = make([logger("/dev/full", true)]).forTrainSteps(5);
    await expect(trial.run(1)).rejects.toMatchObject({ code: "WRITE_FAILED", errno: "ENOSPC" });
    await expect(trial.run(1)).rejects.toThrow(
      /^Cannot write \/dev\/full: no space left on the disk \(ENOSPC\)$/,
    );
  });
});

describe("many rows", () => {
  it("are handed over in pieces, and all are there at the end", async () => {
    const path = join(tempDir(), "log.csv");
    await make([new CSVLogger(path, { batchGranularity: true })])
      .forTrainSteps(50_000)
      .run(1);
    const lines = readFileSync(path, "utf8").split("\r\n");
    expect(lines).toHaveLength(50_002);
    expect(lines[50_000]).toBe("0,49999,6249.875");
  });

  it("that an error ends are there up to it", async () => {
    const path = join(tempDir(), "log.csv");
    const fail = onStepTraining(({ batch }) => {
      if (batch === 1000) throw new Error("diverged");
    });
    const logger = new CSVLogger(path, { batchGranularity: true });
    await expect(make([logger, fail]).forTrainSteps(5000).run(1)).rejects.toThrow("diverged");
    expect(readFileSync(path, "utf8").trimEnd().split("\r\n")).toHaveLength(1002);
  });
});
