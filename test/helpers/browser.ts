// A real browser that looks at a real TensorBoard: are the curves drawn, and a picture of them.
import { chromium, type Locator, type Page } from "playwright-core";

import { findOnPath } from "../../src/cli/tensorboard/programs.js";
import { announce, describeWith, type Optional } from "./optional.js";

const WHAT = "Chromium";
const NAMES = ["chromium", "chromium-browser", "google-chrome"];
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--force-color-profile=srgb",
];
const TIMEOUT_MS = 30_000;

/**
 * vitest's global setup: says when there is no Chromium.
 *
 * @throws {Error} When there is none and `CI=true`.
 */
export default function setup(): void {
  announce(WHAT, findBrowser(process.env));
}

/** The program that the variable CHROMIUM names, else the first Chromium or Chrome on the PATH. */
export function findBrowser(env: NodeJS.ProcessEnv): Optional<string> {
  const executable = env["CHROMIUM"] || NAMES.flatMap((name) => findOnPath(name, env))[0];
  if (executable !== undefined) return { value: executable };
  return { missing: `none of ${NAMES.join(", ")} is on the PATH, and CHROMIUM is not set` };
}

/** `describe` for tests that need a browser; where there is none they are skipped, and the reason is printed. */
export function describeWithBrowser(name: string, body: () => void): void {
  describeWith(WHAT, findBrowser(process.env), name, body);
}

/** A page of a browser of its own. */
export interface OpenPage {
  readonly page: Page;
  /** Ends the browser. */
  readonly close: () => Promise<void>;
}

/** A page of a fresh headless browser, 960 pixels wide, and unless told otherwise twice as sharp; it draws WebGL without a graphics card. */
export async function openPage(deviceScaleFactor = 2): Promise<OpenPage> {
  const { value, missing } = findBrowser(process.env);
  if (value === undefined) throw new Error(`${WHAT} is missing: ${missing}`);
  // Each launch has a user data directory of its own.
  const browser = await chromium.launch({ executablePath: value, args: FLAGS, timeout: TIMEOUT_MS });
  try {
    const context = await browser.newContext({ viewport: { width: 960, height: 900 }, deviceScaleFactor });
    context.setDefaultTimeout(TIMEOUT_MS);
    return { page: await context.newPage(), close: () => browser.close() };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** Runs `action` with such a page, and closes it after. */
export async function withPage<T>(action: (page: Page) => Promise<T>): Promise<T> {
  const { page, close } = await openPage();
  try {
    return await action(page);
  } finally {
    await close();
  }
}

/** What to show; all runs and tags if nothing is said. */
export interface ScalarsView {
  /** A regular expression. */
  readonly tagFilter?: string;
  readonly runs?: readonly string[];
}

/** TensorBoard keeps these in the browser; it reads them when it starts. */
const SETTINGS = {
  scalarSmoothing: 0,
  ignoreOutliers: false,
  autoReload: false,
  theme: "light",
  timeSeriesSettingsPaneOpened: false,
};

/** Opens a tab of TensorBoard, which its address names, such as `images`. */
export async function openTab(
  page: Page,
  tensorBoardUrl: string,
  tab: string,
  query = new URLSearchParams(),
): Promise<void> {
  const settings = JSON.stringify(JSON.stringify(SETTINGS));
  await page.addInitScript(
    `if (location.protocol === "http:") localStorage.setItem("_tb_global_settings", ${settings})`,
  );
  // Else the same address again would not load again.
  await page.goto("about:blank");
  await page.goto(`${new URL(`?${query.toString()}`, tensorBoardUrl).href}#${tab}`);
}

/**
 * Opens the Time Series dashboard (the first tab of TensorBoard 2.21) without smoothing, with outliers in view, selects
 * every run, and waits until a chart is drawn. Charts are SVG then, and not WebGL: that needs no graphics card, and
 * can be read.
 */
export async function openScalars(page: Page, tensorBoardUrl: string, view: ScalarsView = {}): Promise<void> {
  const query = new URLSearchParams({ forceSVG: "true" });
  if (view.tagFilter !== undefined) query.set("tagFilter", view.tagFilter);
  if (view.runs !== undefined) query.set("runFilter", `^(${view.runs.map(escapeRegExp).join("|")})$`);
  await openTab(page, tensorBoardUrl, "timeseries", query);
  await page.locator(ROW).first().waitFor();
  await selectAllRuns(page);
  await page.locator(`scalar-card ${LINES}`).first().waitFor({ state: "attached" });
}

/** A curve as the browser shows it. Positions are fractions of the chart: x from the left, y from the bottom. */
export interface DrawnCurve {
  readonly run: string;
  /** As in CSS: `rgb(18, 181, 203)`. */
  readonly color: string;
  /** The vertices of its line. */
  readonly points: number;
  readonly first: { readonly x: number; readonly y: number };
  readonly last: { readonly x: number; readonly y: number };
  /** The part of the chart's columns in which a screenshot has a pixel of its colour. */
  readonly columns: number;
}

/**
 * The curves that are drawn in the chart of `tag`, by run name: their lines, and what of them a screenshot shows. Waits
 * until every selected run with that tag has one; when some do not come, gives those that did.
 *
 * @throws {Error} When there is no chart of that tag; when two runs have one colour: select fewer.
 */
export async function drawnCurves(page: Page, tag: string, timeoutMs = 15_000): Promise<DrawnCurve[]> {
  const card = await cardOf(page, tag);
  const runs = await selectedRuns(page);
  if (new Set(runs.map(({ color }) => color)).size < runs.length) throw new Error("Two runs have one colour");
  const expected = await runsWithTag(page, tag);
  const wanted = runs.filter(({ run }) => expected.includes(run)).length;

  const end = Date.now() + timeoutMs;
  let lines = await linesOf(card);
  for (let before = ""; ; before = JSON.stringify(lines)) {
    const drawn = runs.filter(({ color }) => lines.some((line) => line.color === color)).length;
    if ((drawn >= wanted && JSON.stringify(lines) === before) || Date.now() > end) break;
    await page.waitForTimeout(100);
    lines = await linesOf(card);
  }

  const colors = runs.map(({ color }) => color);
  const columns = await columnsByColor(page, await card.locator(".series-view").screenshot(), colors);
  return runs.flatMap(({ run, color }) => {
    const points = lines.filter((line) => line.color === color).flatMap((line) => line.points);
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined) return [];
    return [{ run, color, points: points.length, first, last, columns: columns[color] ?? 0 }];
  });
}

/** Writes a PNG of the card of `tag`, full width, 400 pixels of chart (twice as sharp), with its table of runs. */
export async function screenshotCard(page: Page, tag: string, file: string): Promise<void> {
  const card = await cardOf(page, tag);
  const enlarge = card.locator('button:has(mat-icon[data-mat-icon-name="fullscreen_24px"])');
  if ((await enlarge.count()) > 0) await enlarge.click();
  const enlarged = card.locator('button:has(mat-icon[data-mat-icon-name="fullscreen_exit_24px"])');
  await card.locator(".chart-container").evaluate((element: Styled) => {
    element.style.height = "400px";
  });
  await drawnCurves(page, tag);
  // Else the button just clicked is highlighted.
  await page.mouse.move(0, 0);
  await enlarged.blur();
  await card.screenshot({ path: file, animations: "disabled" });
}

// From here on: TensorBoard's elements. What the browser has of them, as far as it is used: its own types are not
// loaded, or the whole project could write `document`.
interface Styled {
  readonly style: { height: string; display: string; stroke: string; backgroundColor: string };
}
interface CheckBox {
  readonly checked: boolean;
}
interface Path extends Styled {
  readonly ownerSVGElement: { getBoundingClientRect(): { width: number; height: number } };
  getAttribute(name: string): string | null;
}
declare const createImageBitmap: (blob: Blob) => Promise<{ width: number; height: number }>;
declare const OffscreenCanvas: new (
  width: number,
  height: number,
) => {
  getContext(kind: "2d"): {
    drawImage(image: object, x: number, y: number): void;
    getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
  };
};

const ROW = "runs-data-table tb-data-table-content-row";
const LINES = ".series-view > svg > path";

async function selectAllRuns(page: Page): Promise<void> {
  const all = page.locator("runs-data-table .header .table-column-selected input");
  // The first click on a half-selected table may deselect.
  for (let clicks = 0; clicks < 2; clicks++) {
    const boxes = await page
      .locator(`${ROW} .table-column-selected input`)
      .evaluateAll((inputs: CheckBox[]) => inputs.map((input) => input.checked));
    if (boxes.every(Boolean)) return;
    await all.click();
  }
}

async function cardOf(page: Page, tag: string): Promise<Locator> {
  const name = page.locator(`tb-truncated-path[title=${JSON.stringify(tag)}]`);
  const card = page.locator("scalar-card").filter({ has: name }).first();
  // A card loads its points when it comes into view.
  await card.scrollIntoViewIfNeeded();
  return card;
}

async function selectedRuns(page: Page): Promise<{ run: string; color: string }[]> {
  const rows = await page.locator(ROW).all();
  const runs = rows.map(async (row) => {
    if (!(await row.locator(".table-column-selected input").isChecked())) return [];
    // The id is the experiment's name, a slash, the run.
    const run = ((await row.getAttribute("data-id")) ?? "").replace(/^[^/]*\//, "");
    const swatch = row.locator(".run-color-swatch");
    return [{ run, color: await swatch.evaluate((element: Styled) => element.style.backgroundColor) }];
  });
  return (await Promise.all(runs)).flat();
}

async function runsWithTag(page: Page, tag: string): Promise<string[]> {
  const url = new URL("data/plugin/timeseries/tags", page.url());
  const answer = await page.request.get(url.href);
  const { scalars } = (await answer.json()) as { scalars: { runTagInfo: Record<string, string[]> } };
  return Object.entries(scalars.runTagInfo).flatMap(([run, tags]) => (tags.includes(tag) ? [run] : []));
}

interface Line {
  color: string;
  points: { x: number; y: number }[];
}

function linesOf(card: Locator): Promise<Line[]> {
  return card.locator(LINES).evaluateAll((paths: Path[]) =>
    paths
      .filter((path) => path.style.display !== "none")
      .map((path) => {
        const { width, height } = path.ownerSVGElement.getBoundingClientRect();
        const vertices = (path.getAttribute("d") ?? "").split(/[ML]/).filter(Boolean);
        return {
          color: path.style.stroke,
          points: vertices.map((vertex) => {
            const [x = NaN, y = NaN] = vertex.split(",").map(Number);
            return { x: x / width, y: 1 - y / height };
          }),
        };
      }),
  );
}

/** The browser decodes its own screenshot, in a page of its own: TensorBoard's forbids scripts from outside. */
async function columnsByColor(page: Page, png: Buffer, colors: string[]): Promise<Record<string, number>> {
  const decoder = await page.context().newPage();
  try {
    return await decoder.evaluate(
      async ([base64, wanted]) => {
        const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
        const { width, height } = image;
        const context = new OffscreenCanvas(width, height).getContext("2d");
        context.drawImage(image, 0, 0);
        const pixels = context.getImageData(0, 0, width, height).data;
        const shares = wanted.map((color) => {
          const [red = 0, green = 0, blue = 0] = (color.match(/\d+/g) ?? []).map(Number);
          let columns = 0;
          for (let x = 0; x < width; x++) {
            for (let y = 0; y < height; y++) {
              const at = 4 * (y * width + x);
              const off = Math.max(
                Math.abs(pixels[at]! - red),
                Math.abs(pixels[at + 1]! - green),
                Math.abs(pixels[at + 2]! - blue),
              );
              if (off > 8) continue;
              columns += 1;
              break;
            }
          }
          return [color, columns / width] as const;
        });
        return Object.fromEntries(shares);
      },
      [png.toString("base64"), colors] as const,
    );
  } finally {
    await decoder.close();
  }
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
