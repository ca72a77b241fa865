// Keeping logs: a logdir as one Parquet file, and back.

export { openArchives } from "./archive-folder.js";
export { openArchive, type ArchivedLog } from "./archived-log.js";
export type { ArchivedFile, ArchivedKind, ArchivedLink, Manifest } from "./manifest.js";
