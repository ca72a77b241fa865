// Imports what it is given and prints the names each module exports.
const names = {};
for (const specifier of process.argv.slice(2)) {
  names[specifier] = Object.keys(await import(specifier)).toSorted();
}
process.stdout.write(JSON.stringify(names));
