// A figure holds series of different names.
import { describe, expect, it } from "vitest";
import { ArgumentError, UnknownNameError } from "../../src/errors.js";
import { Figure } from "../../src/plot/figure.js";

describe("Figure", () => {
  it("has no texts where none are given", () => {
    expect(new Figure()).toMatchObject({ title: "", xLabel: "", yLabel: "", lines: [] });
  });

  it("lists its series in order, with the colours asked for or the palette's next", () => {
    const figure = new Figure({ title: "Online" });
    const adam = figure.series("Adam", { color: "red" });
    const amsgrad = figure.series("AMSGrad");
    expect(figure.lines).toEqual([adam, amsgrad]);
    expect(figure.lines.map((line) => line.color.hex)).toEqual(["#ff0000", "#d55e00"]);
  });

  it("refuses a name that is taken, and an unknown colour, and stays as it was", () => {
    const figure = new Figure();
    figure.series("Adam");
    expect(() => figure.series("Adam")).toThrow(ArgumentError);
    expect(() => figure.series("AMSGrad", { color: "rde" })).toThrow(UnknownNameError);
    expect(figure.lines.map((line) => line.name)).toEqual(["Adam"]);
  });
});
