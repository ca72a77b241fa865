// Keeping logs: a logdir as one Parquet file, and back.

export { openArchives } from "./archive-folder.js";
export {
  archiveLogdir,
  type ArchiveOptions,
  type ArchiveReport,
  type ArchiveResult,
} from "./archive-logdir.js";
export type { ArchiveStart } from "./files/archive-plan.js";
export { openArchive, type ArchivedLog } from "./archived-log.js";
export type { Deleted } from "./files/delete-originals.js";
export type { ArchiveProblem } from "./files/logdir-files.js";
export type { PaceOptions } from "./files/pace.js";
export { restoreArchive, type RestoreOptions, type RestoreReport } from "./restore.js";
export { verifyArchive, type VerifyOptions, type VerifyReport } from "./verify-archive.js";
export type { ArchivedFile, ArchivedKind, ArchivedLink, Manifest } from "./manifest.js";
