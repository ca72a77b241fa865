// The name that was meant.
import { describe, expect, it } from "vitest";
import { nearestName } from "../../src/math/nearest-name.js";

describe("nearestName", () => {
  const known = ["train/loss", "val/loss", "lr", "Epoch"];

  it.each([
    ["train/los", "train/loss"],
    ["Train/Loss", "train/loss"],
    ["trian/loss", "train/loss"],
    ["vall/loss", "val/loss"],
    ["LR", "lr"],
    ["epoch", "Epoch"],
    ["EPOCHS", "Epoch"],
  ])("of %s is %s", (name, nearest) => {
    expect(nearestName(name, known)).toBe(nearest);
  });

  it.each(["", "gradient norm", "__proto__"])("of %j is none", (name) => {
    expect(nearestName(name, ["train/loss", "val/loss", "Epoch"])).toBeUndefined();
  });

  it("is none where no name is known", () => {
    expect(nearestName("a", [])).toBeUndefined();
  });
});
