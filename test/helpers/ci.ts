// Whether a run of the tests is one that nothing may be missing from.

/** With `CI=true` nothing may be missing, and nothing is made anew. */
export function isCi(): boolean {
  return process.env["CI"] === "true" || process.env["CI"] === "1";
}
