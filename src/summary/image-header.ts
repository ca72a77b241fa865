// What the first bytes of an encoded picture say: its format and its size.

/** A format that TensorBoard shows in the Images dashboard. */
export type ImageFormat = "png" | "jpeg" | "gif";

/** Format and size, in pixels, of an encoded picture. */
export interface ImageHeader {
  readonly format: ImageFormat;
  readonly width: number;
  readonly height: number;
}

/** Reads the format and the size of an encoded picture; `undefined` for every other bytes. The pixels are not looked at. */
export function readImageHeader(bytes: Uint8Array): ImageHeader | undefined {
  const header = readPng(bytes) ?? readGif(bytes) ?? readJpeg(bytes);
  return header !== undefined && header.width > 0 && header.height > 0 ? header : undefined;
}

function readPng(bytes: Uint8Array): ImageHeader | undefined {
  // The signature, then the length and the name of the first chunk, which is always IHDR.
  if (bytes.length < 24 || !startsWith(bytes, "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR")) return undefined;
  const view = viewOf(bytes);
  return { format: "png", width: view.getUint32(16), height: view.getUint32(20) };
}

function readGif(bytes: Uint8Array): ImageHeader | undefined {
  if (bytes.length < 10 || !(startsWith(bytes, "GIF87a") || startsWith(bytes, "GIF89a"))) return undefined;
  const view = viewOf(bytes);
  return { format: "gif", width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

/** The segments before the pixels (ITU T.81, B.1.1): 0xff, a marker, and for most of them a length that counts itself. */
function readJpeg(bytes: Uint8Array): ImageHeader | undefined {
  if (!startsWith(bytes, "\xff\xd8\xff")) return undefined;
  const view = viewOf(bytes);
  let at = 2;
  while (at + 9 <= bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) at += 1;
    else if (isStandAlone(marker)) at += 2;
    else if (isFrame(marker)) {
      return { format: "jpeg", width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    } else at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** TEM, RST0 to RST7 and SOI have no length. */
function isStandAlone(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
}

/** SOF0 to SOF15, without the tables that are numbered among them: DHT, JPG, DAC. */
function isFrame(marker: number): boolean {
  return (marker & 0xf0) === 0xc0 && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** `text` is Latin-1: one character a byte. */
function startsWith(bytes: Uint8Array, text: string): boolean {
  if (bytes.length < text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[i] !== text.charCodeAt(i)) return false;
  return true;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
