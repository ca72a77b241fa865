// Archives a logdir in small steps, with a journal behind each, until it is killed: it says when it begins, and in the end how it began.
import { archiveLogdir } from "../../../src/archive/archive-logdir.js";

const [logdir = "", out = "", deletes = ""] = process.argv.slice(2);
process.stdout.write("begins\n");
const { archives } = await archiveLogdir(logdir, out, {
  ...{ append: true, verify: true, deleteOriginals: deletes === "deletes" },
  ...{ limits: { rows: 500, bytes: 400_000 }, journalMs: 0 },
});
process.stdout.write(`${archives[0]!.start}\n`);
