// Settings as texts.
import { describe, expect, it } from "vitest";
import { ArgumentError, UnknownNameError } from "../../src/errors.js";
import { parseSettings } from "../../src/experiments/settings.js";

describe("parseSettings", () => {
  it.each([
    ["optimizer.lr=0.01", 0.01],
    ["optimizer.lr=1e-3", 0.001],
    ["optimizer.lr=0.9,0.99", [0.9, 0.99]],
    ["optimizer.lr=true", true],
    ["optimizer.lr=null", null],
    ["optimizer.lr=adam", "adam"],
    ["optimizer.lr=a=b", "a=b"],
    ["optimizer.lr=", ""],
    ["optimizer.lr=[1]", [1]],
    ['optimizer.lr={"a":[1,"b"]}', { a: [1, "b"] }],
    ["optimizer.lr=1,b", "1,b"],
    ["optimizer.lr=Infinity", "Infinity"],
  ])("reads %s", (text, value) => {
    expect(parseSettings("--set", [text])).toEqual({ problem: {}, optimizer: { lr: value } });
  });

  it("puts each where it belongs, the last one of a name", () => {
    expect(parseSettings("--set", ["problem.a=1", "optimizer.b=2", "problem.a=3"])).toEqual({
      problem: { a: 3 },
      optimizer: { b: 2 },
    });
  });

  it.each([["lr=1"], ["optimizer.lr"], ["optimizer.=1"], [".lr=1"], [""]])("refuses %j", (text) => {
    expect(() => parseSettings("--set", [text])).toThrow(ArgumentError);
    expect(() => parseSettings("--set", [text])).toThrow(
      "Expected `--set` to be optimizer.NAME=VALUE or problem.NAME=VALUE, got",
    );
  });

  it("names the nearest of what can be set", () => {
    expect(() => parseSettings("--set", ["optimiser.lr=1"])).toThrow(UnknownNameError);
    expect(() => parseSettings("--set", ["optimiser.lr=1"])).toThrow("Did you mean optimizer?");
  });
});
