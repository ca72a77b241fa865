// One load of a logdir by TensorBoard's data server, from its own log. Prints one JSON object: seconds.
import { spawn } from "node:child_process";

const [server, ...args] = process.argv.slice(2);
if (server === undefined) throw new Error("usage: load-cycle SERVER ARGUMENTS...");
const child = spawn(server, args, { stdio: ["ignore", "ignore", "pipe"] });
let log = "";
child.stderr.setEncoding("utf8").on("data", (text: string) => {
  log += text;
  const found = /Finished load cycle \(([\d.]+)(m?s)\)/.exec(log);
  if (found === null) return;
  console.log(JSON.stringify({ seconds: Number(found[1]) / (found[2] === "ms" ? 1000 : 1) }));
  child.kill();
});
child.on("exit", (code) => {
  if (code !== null) throw new Error(`${server} ended with ${code}:\n${log}`);
});
