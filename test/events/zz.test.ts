import { it } from "vitest";
import { filesIn } from "../helpers/events.js";
import { ContinuedRun } from "../helpers/continued-run.js";
import { useTempDir } from "../helpers/temp-dir.js";
const tempDir = useTempDir("zz");
it("x", () => {
  const run = new ContinuedRun(tempDir());
  run.saved.push({ position: { files: {} }, points: new Map(), parent: undefined });
  run.last = run.saved[0];
  const sessions: any[] = [
    { deeds: ["position", "text"], end: "close", back: 0, pause: 0 },
    { deeds: [], end: "close", back: 0, pause: 3600000 },
    { deeds: [], end: "close", back: 1, pause: 3600000 },
    { deeds: [], end: { torn: 0 }, back: 0, pause: 0 },
    { deeds: [], end: { call: 18 }, back: 0, pause: 0 },
  ];
  for (const { deeds, end, back, pause } of sessions) {
    const from = run.saved.at(-1 - back) ?? run.saved[0]!;
    try {
      console.log(JSON.stringify(from.position), run.session(["loss", ...deeds], { from, end }));
    } catch (e) {
      console.log(String(e));
    }
    run.clock.advance(pause);
    console.log(filesIn(run.dir));
  }
});
