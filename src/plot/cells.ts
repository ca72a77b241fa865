// The room that text takes in a terminal.

/** Text without control and format characters, which could move the cursor or end the line. */
export function plain(text: string): string {
  return text.replace(/\p{C}/gu, "");
}

/** How many columns a terminal gives to `text`: two for East Asian characters and emoji, none for combining marks. */
export function cells(text: string): number {
  let sum = 0;
  for (const character of text) sum += WIDE.test(character) ? 2 : COMBINING.test(character) ? 0 : 1;
  return sum;
}

/** The beginning of `text` that fits into `room` columns, with an ellipsis where something is left out. */
export function cut(text: string, room: number): string {
  if (cells(text) <= room) return text;
  let out = "";
  let used = 1;
  for (const character of text) {
    used += cells(character);
    if (used > room) break;
    out += character;
  }
  return room < 1 ? "" : `${out}…`;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const COMBINING = /\p{M}/u;
