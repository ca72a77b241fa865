// Reads protobuf's text form (protobuf.dev, "Text Format Language"), as far as configuration files use it.

/** The values of each field, in their order; a field that is no text, number or message is a word, such as `true`. */
export type TextMessage = ReadonlyMap<string, readonly TextValue[]>;

/** A text, a number, a message, or a word. */
export type TextValue = string | number | TextMessage | { readonly word: string };

interface Token {
  readonly kind: "word" | "number" | "text" | "sign" | "end";
  readonly text: string;
  readonly line: number;
}

/**
 * The fields of a message.
 *
 * Throws an `Error` that names the line where it is none.
 */
export function parseTextMessage(text: string): TextMessage {
  const parser = new Parser(tokensOf(text));
  return parser.message("");
}

const TOKEN =
  /(?<space>[\s]+|#[^\n]*)|(?<text>"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*')|(?<number>0[xX][\dA-Fa-f]+|-?\s*(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fF]?)|(?<word>[A-Za-z_][\w.]*)|(?<sign>[{}<>[\]:;,])/uy;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (let at = 0; at < text.length;) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) throw unexpected(JSON.stringify(text[at]), line);
    const [kind, found] = Object.entries(match.groups!).find(([, value]) => value !== undefined)!;
    if (kind !== "space") tokens.push({ kind: kind as Token["kind"], text: found!, line });
    line += found!.split("\n").length - 1;
    at += found!.length;
  }
  tokens.push({ kind: "end", text: "the end", line });
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** The fields up to `close`, or to the end. */
  message(close: "}" | ">" | ""): TextMessage {
    const fields = new Map<string, TextValue[]>();
    for (;;) {
      const name = this.#next();
      if (close === "" ? name.kind === "end" : name.text === close) return fields;
      if (name.kind !== "word") throw unexpected(name.text, name.line);
      const values = fields.get(name.text) ?? [];
      fields.set(name.text, values);
      const hasColon = this.#skip(":");
      values.push(...this.#values(hasColon));
      if (!this.#skip(",")) this.#skip(";");
    }
  }

  #values(hasColon: boolean): TextValue[] {
    if (!this.#skip("[")) return [this.#value(hasColon)];
    const values: TextValue[] = [];
    while (!this.#skip("]")) {
      values.push(this.#value(hasColon));
      if (this.#peek().text !== "]" && !this.#skip(","))
        throw unexpected(this.#peek().text, this.#peek().line);
    }
    return values;
  }

  #value(hasColon: boolean): TextValue {
    const token = this.#next();
    if (token.text === "{") return this.message("}");
    if (token.text === "<") return this.message(">");
    // Only a message may stand behind its name without a colon.
    if (!hasColon) throw unexpected(token.text, token.line);
    if (token.kind === "number") return Number(token.text.replaceAll(/\s/g, "").replace(/(?<!0x.*)f$/i, ""));
    if (token.kind === "word") return { word: token.text };
    if (token.kind !== "text") throw unexpected(token.text, token.line);
    const parts = [unescape(token.text)];
    while (this.#peek().kind === "text") parts.push(unescape(this.#next().text));
    return new TextDecoder().decode(Buffer.concat(parts));
  }

  #peek(): Token {
    return this.#tokens[this.#at]!;
  }

  #next(): Token {
    const token = this.#peek();
    if (token.kind !== "end") this.#at++;
    return token;
  }

  #skip(sign: string): boolean {
    const { kind, text } = this.#peek();
    if (kind !== "sign" || text !== sign) return false;
    this.#at++;
    return true;
  }
}

const ESCAPED: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** The bytes of a text between quotes: its escapes are of bytes. */
function unescape(quoted: string): Uint8Array {
  const inner = quoted.slice(1, -1);
  const parts = inner.split(/(\\(?:[0-7]{1,3}|[xX][\dA-Fa-f]{1,2}|u[\dA-Fa-f]{4}|U[\dA-Fa-f]{8}|.))/su);
  const bytes = parts.map((part) => {
    if (!part.startsWith("\\")) return Buffer.from(part);
    const [kind = "", digits] = [part[1], part.slice(2)];
    if (/[0-7]/.test(kind)) return Uint8Array.of(Number.parseInt(part.slice(1), 8));
    if (/[xX]/.test(kind) && digits !== "") return Uint8Array.of(Number.parseInt(digits, 16));
    if (/[uU]/.test(kind) && digits !== "")
      return Buffer.from(String.fromCodePoint(Number.parseInt(digits, 16)));
    return kind in ESCAPED ? Uint8Array.of(ESCAPED[kind]!) : Buffer.from(kind);
  });
  return Buffer.concat(bytes);
}

function unexpected(found: string, line: number): Error {
  return new Error(`unexpected ${found} in line ${line}`);
}
