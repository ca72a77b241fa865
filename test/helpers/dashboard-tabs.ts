// The tabs of TensorBoard beside Time Series, in the browser: opens them, and finds the cards of tags.
import type { FrameLocator, Locator, Page } from "playwright-core";

/** Changes to another tab of a TensorBoard that is open, which is faster than to load it again. */
export async function changeTab(page: Page, tab: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(tab)}`);
}

/**
 * The cards, which are elements of the name `card`, of the tags that a regular expression finds, once the first has the element `drawn`. They
 * are in a pane before those of all tags, of which some are folded.
 */
export async function cardsOf(page: Page, tagFilter: string, card: string, drawn: string): Promise<Locator> {
  // Of each tab that was open there is one.
  const filter = page.locator("tf-tag-filterer input").locator("visible=true");
  await filter.fill(tagFilter);
  // A group of tags may have the same name, but not these words before it.
  const title = `.light + .category-name[title=${JSON.stringify(tagFilter)}]`;
  const pane = page.locator("tf-category-paginated-view").filter({ has: page.locator(title) });
  const cards = pane.locator("visible=true").locator(card);
  await cards.locator(drawn).first().waitFor();
  return cards;
}

/** The names of the nodes that the Graphs tab draws. */
export function nodesOf(page: Page): Promise<(string | null)[]> {
  return page
    .locator("tf-graph-scene g.node")
    .evaluateAll((nodes: Node[]) => nodes.map((node) => node.getAttribute("data-name")));
}

/** What the browser has of elements, as far as it is used: its own types are not loaded. */
interface Node {
  getAttribute(name: string): string | null;
}

/** A node of the graph, once it is there. */
export async function graphNode(page: Page, name: string): Promise<Locator> {
  const node = page.locator(`tf-graph-scene g.node[data-name=${JSON.stringify(name)}]`);
  await node.waitFor();
  return node;
}

/** Opens a group of the graph, in which `inside` is. While the graph still moves to its place, a double click may be lost. */
export async function openGroup(page: Page, group: string, inside: string): Promise<void> {
  const node = await graphNode(page, group);
  for (let left = 3; ; left--) {
    await node.dblclick();
    try {
      await page
        .locator(`tf-graph-scene g.node[data-name=${JSON.stringify(inside)}]`)
        .waitFor({ timeout: 6000 });
      return;
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

/** In the projector's tab: waits until it has this many points, and goes far enough away to see them all. */
export async function showPoints(page: Page, count: number): Promise<FrameLocator> {
  // The plugin's frame has another in it.
  const projector = page.locator("iframe").locator("visible=true").contentFrame().frameLocator("iframe");
  await projector.getByText(`Points: ${count}`).waitFor();
  await projector.locator("canvas").first().hover();
  for (let turns = 0; turns < 5; turns++) await page.mouse.wheel(0, 100);
  return projector;
}
