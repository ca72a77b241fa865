// Permission bits mean nothing to root: tests of them run as somebody else.

/** An id that owns nothing ("nobody" on most systems). */
const NOBODY = 65_534;

/** Whether this system has permission bits that this process can be made to obey. */
export const hasPermissions = typeof process.seteuid === "function";

/** Runs `body`, which must be synchronous, as a user who is not root. */
export function withoutPrivileges<T>(body: () => T): T {
  const { seteuid } = process;
  if (process.geteuid?.() !== 0 || seteuid === undefined) return body();
  seteuid(NOBODY);
  try {
    return body();
  } finally {
    seteuid(0);
  }
}
