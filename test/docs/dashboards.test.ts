// docs/dashboards: the blocks of each page are one program that compiles and prints what the page says, and its pictures are there.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { compilerErrors } from "../helpers/compiler.js";
import { root } from "../package/project.js";
import { programsIn, runProgram, useProgramFiles } from "./programs.js";

const FOLDER = "docs/dashboards";
const BETWEEN = "--- the next page ---";
const pages = readdirSync(join(root, FOLDER)).filter((name) => name.endsWith(".md"));
const pageOf = (name: string) => readFileSync(join(root, FOLDER, name), "utf8");

describe("docs/dashboards", () => {
  const programFile = useProgramFiles();
  let main: string;
  let run: ReturnType<typeof runProgram>;
  beforeAll(() => {
    const files = pages.map((name) => programFile(programsIn(join(FOLDER, name)).join("\n")));
    // All in one process, which is much faster.
    const imports = files.map((file) => `await import("../${basename(dirname(file))}/program.js");\n`);
    main = programFile(`${imports.join(`console.log("${BETWEEN}");\n`)}export {};\n`);
    run = runProgram(main);
  });

  test("the programs compile", () => {
    expect(compilerErrors(main)).toEqual([]);
  });

  test("the programs run", () => {
    expect(run).toMatchObject({ status: 0, stderr: "" });
  });

  test.each(pages)("%s prints what it says", (name) => {
    const said = [...pageOf(name).matchAll(/^```text\n(.*?)^```$/gms)].map((match) => match[1]).join("");
    expect(said).not.toBe("");
    expect(run.stdout.split(`${BETWEEN}\n`)[pages.indexOf(name)]).toBe(said);
  });

  test("has no link that leads nowhere, and no picture that no page shows", () => {
    const links = pages.flatMap((name) =>
      [...pageOf(name).matchAll(/\]\(([^)#]+)\)/g)].map((match) => join(FOLDER, match[1]!)),
    );
    expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([]);
    const pictures = readdirSync(join(root, FOLDER)).filter((name) => name.endsWith(".png"));
    const shown = links.filter((link) => dirname(link) === FOLDER && link.endsWith(".png"));
    expect(shown.toSorted()).toEqual(pictures.map((name) => join(FOLDER, name)).toSorted());
  });
});
