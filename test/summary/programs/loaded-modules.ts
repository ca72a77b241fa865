// Prints which of Node's own modules are loaded once something was logged into argv[2].
import { writeSync } from "node:fs";
import { SummaryWriter } from "../../../src/summary/index.js";

const writer = new SummaryWriter(process.argv[2]!);
writer.addScalar("loss", 1, 0);
writer.closeSync();
const { moduleLoadList } = process as unknown as { moduleLoadList: readonly string[] };
writeSync(1, `${moduleLoadList.join("\n")}\n`);
