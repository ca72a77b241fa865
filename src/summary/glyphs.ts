// A font of 5 x 7 pixels for labels that are drawn into pictures: the printable characters of ASCII.

/** Pixels of a character, without the space to the next one. */
export const GLYPH = { width: 5, height: 7 } as const;

/** From the space on, in the order of ASCII: a row a character, in base 32; the highest bit is on the left. */
const GLYPHS = `
  0000000 4444404 aaa0000 0avava0 4fke5u4 pp248jj cik8lid 4480000 2488842 8422248 04lel40 044v440
  0000c48 000e000 00000cc 122488g ehjlphe 4c4444e eh1248v eh161he 26aiv22 vgu11he 68guhhe v122444
  ehhehhe ehhf12c 0cc0cc0 0cc0c48 0248420 00v0v00 0842480 eh12404 ehnlnge ehhvhhh uhhuhhu ehggghe
  uhhhhhu vgguggv vgguggg ehgnhhf hhhvhhh e44444e 72222ic hikokih ggggggv hrllhhh hppljjh ehhhhhe
  uhhuggg ehhhlid uhhukih fgge11u v444444 hhhhhhe hhhhaa4 hhhllla hha4ahh hha4444 v1248gv e88888e
  g884221 e22222e 4ah0000 000000v 8420000 00e1fhf ggmphhu 00ehghe 11djhhf 00ehvge 698s888 00fhf1e
  ggmphhh 40c444e 20622ic ggikoki c44444e 00qlllh 00mphhh 00ehhhe 00uhugg 00fhf11 00mpggg 00fge1u
  88s8896 00hhhjd 00hhha4 00hhlla 00ha4ah 00hhf1e 00v248v 2448442 4444444 8442448 008l200`
  .trim()
  .split(/\s+/);
const UNKNOWN = "vhhhhhv";

/** The characters of a text that each take one place: accents are left out, and what ASCII lacks is a frame. */
export function glyphsOf(text: string): string[] {
  const letters = text.normalize("NFKD").replaceAll(/\p{Mark}/gu, "");
  return Array.from(letters, (character) => GLYPHS[character.codePointAt(0)! - 0x20] ?? UNKNOWN);
}

/** Whether a glyph has ink at a place; `x` from the left, `y` from the top. */
export function hasInk(glyph: string, x: number, y: number): boolean {
  return ((Number.parseInt(glyph.charAt(y), 32) >> (GLYPH.width - 1 - x)) & 1) === 1;
}
