// The file that tells the projector a run's embeddings, encode and decode: a message in text form (tensorboard/plugins/projector/
// projector_config.proto).

import { wellFormed } from "../wire/text.js";
import { parseTextMessage, type TextMessage } from "./text-format.js";

/** One embedding; paths are relative to the directory of the file, and inside of it. */
export interface EmbeddingInfo {
  /** The name by which it is chosen. */
  readonly tensorName?: string;
  readonly metadataPath?: string;
  readonly bookmarksPath?: string;
  /** Rows and columns. */
  readonly tensorShape?: readonly number[];
  readonly sprite?: { readonly imagePath: string; readonly singleImageDim: readonly number[] };
  readonly tensorPath?: string;
}

/** All of a run's embeddings. */
export interface ProjectorConfig {
  readonly modelCheckpointPath?: string;
  readonly embeddings: readonly EmbeddingInfo[];
  readonly modelCheckpointDir?: string;
}

/** The text of the file. */
export function encodeProjectorConfig(config: ProjectorConfig): string {
  const lines = [
    ...textLine("model_checkpoint_path", config.modelCheckpointPath),
    ...config.embeddings.flatMap((info) => [
      "embeddings {",
      ...indented(textLine("tensor_name", info.tensorName)),
      ...indented(textLine("tensor_path", info.tensorPath)),
      ...indented(numberLines("tensor_shape", info.tensorShape)),
      ...indented(textLine("metadata_path", info.metadataPath)),
      ...indented(textLine("bookmarks_path", info.bookmarksPath)),
      ...indented(info.sprite === undefined ? [] : spriteLines(info.sprite)),
      "}",
    ]),
    ...textLine("model_checkpoint_dir", config.modelCheckpointDir),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/**
 * Parses the text of the file, whoever wrote it; fields that are not known are left out.
 *
 * Throws an `Error` that names the place where it is no such text.
 */
export function decodeProjectorConfig(text: string): ProjectorConfig {
  const message = parseTextMessage(text);
  return {
    ...textField("modelCheckpointPath", message, "model_checkpoint_path"),
    embeddings: messagesIn(message, "embeddings").map((info) => {
      const [sprite] = messagesIn(info, "sprite");
      return {
        ...textField("tensorName", info, "tensor_name"),
        ...textField("metadataPath", info, "metadata_path"),
        ...textField("bookmarksPath", info, "bookmarks_path"),
        ...(info.has("tensor_shape") && { tensorShape: numbersIn(info, "tensor_shape") }),
        ...(sprite && {
          sprite: {
            imagePath: textIn(sprite, "image_path") ?? "",
            singleImageDim: numbersIn(sprite, "single_image_dim"),
          },
        }),
        ...textField("tensorPath", info, "tensor_path"),
      };
    }),
    ...textField("modelCheckpointDir", message, "model_checkpoint_dir"),
  };
}

function spriteLines(sprite: NonNullable<EmbeddingInfo["sprite"]>): string[] {
  const lines = [
    ...textLine("image_path", sprite.imagePath),
    ...numberLines("single_image_dim", sprite.singleImageDim),
  ];
  return ["sprite {", ...indented(lines), "}"];
}

function textLine(name: string, text: string | undefined): string[] {
  if (text === undefined) return [];
  // A control character would end the line, or the file.
  const escaped = wellFormed(text).replaceAll(/["\\\p{Cc}]/gu, (character) => {
    const code = character.codePointAt(0)!;
    if (code >= 0x80) return character;
    return code < 0x20 || code === 0x7f ? `\\${code.toString(8).padStart(3, "0")}` : `\\${character}`;
  });
  return [`${name}: "${escaped}"`];
}

function numberLines(name: string, numbers: readonly number[] = []): string[] {
  return numbers.map((number) => `${name}: ${number}`);
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

function textIn(message: TextMessage, name: string): string | undefined {
  const value = message.get(name)?.at(-1);
  return typeof value === "string" ? value : undefined;
}

function textField<K extends string>(key: K, message: TextMessage, name: string): { [P in K]?: string } {
  const text = textIn(message, name);
  return text === undefined ? {} : ({ [key]: text } as { [P in K]?: string });
}

function numbersIn(message: TextMessage, name: string): number[] {
  return (message.get(name) ?? []).flatMap((value) => (typeof value === "number" ? [value] : []));
}

function messagesIn(message: TextMessage, name: string): TextMessage[] {
  return (message.get(name) ?? []).flatMap((value) => (value instanceof Map ? [value] : []));
}
