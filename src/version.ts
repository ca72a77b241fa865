// The version of this package, also written into event files and shown by `tnl --version`.

/** The version of this package, as in its package.json. */
export const version = "0.1.0";
