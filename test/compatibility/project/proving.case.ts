// Tests that prove something; which of them fails or is skipped the environment says.
import { afterAll, describe, expect, test } from "vitest";
import { forPeer, forUs, judged, proves } from "../../compatibility/proves.js";

const fault = process.env["FAULT"];

test("text is shown", () => {
  proves(forUs("addText", ["rust", "python"]), judged("addText", "another program"));
  expect(fault).not.toBe("failed");
});

test("text is shown, also that of torch", () => {
  proves(forUs("addText", "rust"), forPeer("torch", "addText", "rust", "otherwise"));
  expect(fault).not.toBe("none");
});

test.skipIf(fault === "skipped")("text is read", () => {
  proves(forUs("addText", "read"));
  expect(fault).not.toBe("skipped");
});

describe("a suite that may end badly", () => {
  afterAll(() => {
    if (fault === "broken") throw new Error("It did.");
  });
  test("a mesh is read", () => {
    proves(forUs("addMesh", "read"));
    expect(fault).not.toBe("none");
  });
});
