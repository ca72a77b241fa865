// Sound as the real TensorBoard serves it in both of its loaders: ours, that of torch, tensorboardX and TensorFlow, and what goes wrong.
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EventFileWriter } from "../../../src/events/event-file-writer.js";
import { encodeAudio } from "../../../src/summary/audio.js";
import { addAudio } from "../../../src/summary/dashboards/audio.js";
import { encodeWav, readWavHeader } from "../../../src/summary/wav.js";
import { forPeer, forUs, judged, proves } from "../../compatibility/proves.js";
import { describeWithPython } from "../../helpers/python.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { LOADERS, startTensorBoard, type TensorBoard } from "../../helpers/tensorboard.js";

const T = 1_700_000_000.25;
/** Those of scripts/generate-media-fixtures.py. */
const PEERS = ["torch", "tensorboardx", "tensorflow"] as const;
const sound = Float32Array.from({ length: 100 }, (_, i) => (i - 50) / 64);
const constant = (value: number) => [Float32Array.from({ length: 10 }, () => value)];

function logOurs(dir: string): void {
  const writer = new EventFileWriter(dir);
  const options = { sampleRate: 8000 };
  for (const step of [0, 1]) {
    const wallTime = T + step;
    addAudio(writer, "sound", sound, step, { ...options, wallTime });
    addAudio(writer, "stereo", [sound, sound.toReversed()], step, { ...options, wallTime });
    addAudio(writer, "two", [constant(step / 4), constant(-step / 4)], step, { wallTime });
    addAudio(writer, "described", sound, step, { wallTime, displayName: "D", description: "*d*" });
  }
  for (let step = 0; step < 25; step++) addAudio(writer, "often", [0, 1], step, { wallTime: T + step });
  writer.closeSync();
}

/** What `addAudio` does not let happen. */
function logUnequal(dir: string): void {
  const writer = new EventFileWriter(dir);
  const wav = encodeWav(Int16Array.of(1, 2), 8000, 1);
  for (const [step, count] of [1, 2].entries()) {
    const value = encodeAudio(
      "unequal",
      Array.from({ length: count }, () => wav),
    );
    writer.write({ step, summary: [value], wallTime: T });
  }
  writer.closeSync();
}

interface Clip {
  readonly step: number;
  readonly wall_time: number;
  readonly contentType: string;
  readonly query: string;
}

const clips = (board: TensorBoard, run: string, tag: string, sample = 0): Promise<Clip[]> =>
  board.json(
    `data/plugin/audio/audio?${new URLSearchParams({ run, tag, sample: String(sample) }).toString()}`,
  );

async function served(board: TensorBoard, { query }: Clip): Promise<{ type: string; bytes: Uint8Array }> {
  const response = await fetch(new URL(`data/plugin/audio/individualAudio?${query}`, board.url));
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { type: response.headers.get("content-type")!, bytes };
}

const samplesOf = (file: Uint8Array): number[] => [...new Int16Array(file.slice(44).buffer)];

describeWithPython("sound in TensorBoard", () => {
  const tempDir = useTempDir("audio");
  let logdir: string;
  beforeAll(() => {
    logdir = tempDir();
    logOurs(join(logdir, "ours"));
    logUnequal(join(logdir, "unequal"));
    for (const peer of PEERS) {
      mkdirSync(join(logdir, peer));
      const fixture = join(import.meta.dirname, "..", "..", "fixtures", `peer-${peer}-media.tfevents`);
      copyFileSync(fixture, join(logdir, peer, "peer.tfevents"));
    }
  });

  describe.each(LOADERS)("with the %s loader", (loader) => {
    let board: TensorBoard;
    let tags: Record<string, Record<string, { displayName: string; description: string; samples: number }>>;
    beforeAll(async () => {
      board = await startTensorBoard(logdir, { loader, reloadInterval: 1 });
      await board.waitFor(async () => {
        tags = await board.json("data/plugin/audio/tags");
        const isThere = ["unequal", ...PEERS].every((run) => tags[run] !== undefined);
        return isThere && (await clips(board, "ours", "often")).at(-1)?.step === 24;
      });
    });
    afterAll(() => board?.stop());

    test("ours is served as the WAV that was logged", async () => {
      proves(forUs("addAudio", loader));
      const shown = await clips(board, "ours", "sound");
      expect(shown.map(({ step, wall_time, contentType }) => [step, wall_time, contentType])).toEqual([
        [0, T, "audio/wav"],
        [1, T + 1, "audio/wav"],
      ]);
      const { type, bytes } = await served(board, shown[1]!);
      expect(type).toBe("audio/wav");
      expect(readWavHeader(bytes)).toEqual({ sampleRate: 8000, channels: 1, frames: 100 });
      expect(samplesOf(bytes)).toEqual([...sound].map((value) => Math.round(value * 32767)));
    });

    test("stereo has its channels side by side", async () => {
      proves(forUs("addAudio", loader));
      const { bytes } = await served(board, (await clips(board, "ours", "stereo"))[0]!);
      expect(readWavHeader(bytes)).toEqual({ sampleRate: 8000, channels: 2, frames: 100 });
      const left = samplesOf(bytes).filter((_, i) => i % 2 === 0);
      const right = samplesOf(bytes).filter((_, i) => i % 2 === 1);
      expect(left.slice(0, 2)).toEqual([-25599, -25087]);
      expect(right).toEqual(left.toReversed());
    });

    test("several clips a step are there one by one", async () => {
      proves(forUs("addAudio", loader));
      expect(tags["ours"]!["two"]!.samples).toBe(2);
      for (const sample of [0, 1]) {
        const shown = await clips(board, "ours", "two", sample);
        expect(shown.map(({ step }) => step)).toEqual([0, 1]);
        const { bytes } = await served(board, shown[1]!);
        expect(samplesOf(bytes)[0]).toBe(sample === 0 ? 8192 : -8192);
      }
    });

    test("display name and description are shown", () => {
      proves(forUs("addAudio", loader));
      const { displayName, description } = tags["ours"]!["described"]!;
      expect(displayName).toBe("D");
      expect(description).toContain("<em>d</em>");
    });

    test("ten steps of a tag are kept, the last one among them", async () => {
      proves(forUs("addAudio", loader));
      const steps = (await clips(board, "ours", "often")).map(({ step }) => step);
      expect(steps.length).toBe(10);
      expect(steps.at(-1)).toBe(24);
    });

    test.each(PEERS)("the samples of %s are the same within one of 65536 levels", async (peer) => {
      proves(judged("addAudio", "TensorBoard: the samples of torch, tensorboardX and TensorFlow"));
      const [ours, theirs] = await Promise.all(
        ["ours", peer].map(async (run) => served(board, (await clips(board, run, "sound"))[0]!)),
      );
      expect(readWavHeader(theirs!.bytes)).toEqual(readWavHeader(ours!.bytes));
      const mine = samplesOf(ours!.bytes);
      const [far, all] = [samplesOf(theirs!.bytes), mine.length];
      expect(far.length).toBe(all);
      expect(Math.max(...far.map((sample, i) => Math.abs(sample - mine[i]!)))).toBeLessThanOrEqual(1);
    });

    test("the old form, torch's and tensorboardX's, is no sound in the rust loader", async () => {
      proves(
        forUs("addAudio", loader),
        forPeer("TensorFlow", "addAudio", loader),
        forPeer(
          ["torch", "tensorboardX"],
          "addAudio",
          loader,
          loader === "rust" ? "without its type: not played" : undefined,
        ),
      );
      const unplayable = loader === "rust" ? "application/octet-stream" : "audio/wav";
      for (const [peer, type] of [
        ["torch", unplayable],
        ["tensorboardx", unplayable],
        ["tensorflow", "audio/wav"],
        ["ours", "audio/wav"],
      ] as const) {
        const [clip] = await clips(board, peer, "sound");
        expect([peer, clip!.contentType, (await served(board, clip!)).type]).toEqual([peer, type, type]);
      }
    });

    test("a step with fewer clips than another makes TensorBoard fail: addAudio refuses it", async () => {
      expect(tags["unequal"]!["unequal"]!.samples).toBe(2);
      await expect(clips(board, "unequal", "unequal", 1)).rejects.toThrow(/: 500 /);
    });
  });
});
