// Prints the steps of every scalar in a logdir, by run and tag.
import { EventFileReader, findRuns } from "tensorboard-node-logger/events";
import { decodeScalar } from "tensorboard-node-logger/summary";

const runs = {};
for (const { name, files } of findRuns(process.argv[2])) {
  const tags = (runs[name] = {});
  for (const file of files) {
    const reader = new EventFileReader(file);
    for (const event of reader) {
      for (const value of event.summary ?? []) {
        if (decodeScalar(value) !== undefined) (tags[value.tag] ??= []).push(event.step);
      }
    }
    reader.close();
  }
}
process.stdout.write(JSON.stringify(runs));
