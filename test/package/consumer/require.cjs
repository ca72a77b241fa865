// Requires what it is given and prints the names each module exports.
const names = {};
for (const specifier of process.argv.slice(2)) {
  const isName = (name) => name !== "__esModule" && name !== "module.exports";
  names[specifier] = Object.keys(require(specifier)).filter(isName).toSorted();
}
process.stdout.write(JSON.stringify(names));
