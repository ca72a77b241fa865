// Loaded before a program (`node --expose-gc --import`): collects the young generation at its end, so that the garbage that was
// made after the last collection is traced too.
process.on("exit", () => {
  globalThis.gc?.({ type: "minor" });
});
