// Loaded before a program (`node --import`): writes its peak resident memory in bytes to the file $BENCH_MEMORY_FILE at its end.
import { writeFileSync } from "node:fs";

process.on("exit", () => {
  const file = process.env.BENCH_MEMORY_FILE;
  // Node gives it in kibibytes.
  if (file !== undefined) writeFileSync(file, String(process.resourceUsage().maxRSS * 1024));
});
