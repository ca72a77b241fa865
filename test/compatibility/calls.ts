// The rows of docs/compatibility.md: what a SummaryWriter can log, where TensorBoard shows it, and what reads it back.

interface CallInfo {
  /** The titles of the dashboards. */
  readonly dashboard: string;
  readonly decoders: readonly string[];
}

const images = { dashboard: "Images, Time Series", decoders: ["decodeImage"] };
const scalars = { dashboard: "Scalars, Time Series", decoders: ["decodeScalar"] };
const histograms = { dashboard: "Histograms, Distributions, Time Series", decoders: ["decodeHistogram"] };
const prCurves = { dashboard: "PR Curves", decoders: ["decodePrCurve"] };
const customScalars = { dashboard: "Custom Scalars", decoders: ["decodeCustomScalars"] };
const hparams = { dashboard: "HParams", decoders: ["decodeHParams"] };

/** Every call, in the page's order. */
export const CALLS = {
  addScalar: scalars,
  addStep: scalars,
  addText: { dashboard: "Text", decoders: ["decodeText"] },
  addHistogram: histograms,
  addHistogramRaw: histograms,
  addImage: images,
  addImages: images,
  addImageWithBoxes: images,
  addFigure: images,
  addVideo: images,
  addAudio: { dashboard: "Audio", decoders: ["decodeAudio"] },
  addPrCurve: prCurves,
  addPrCurveRaw: prCurves,
  addHParams: hparams,
  endHParams: hparams,
  addHParamsExperiment: hparams,
  addScalars: { dashboard: "Custom Scalars", decoders: ["decodeScalar", "decodeCustomScalars"] },
  addCustomScalars: customScalars,
  addCustomScalarsMultilineChart: customScalars,
  addCustomScalarsMarginChart: customScalars,
  addGraph: { dashboard: "Graphs", decoders: ["decodeGraph"] },
  addKerasModel: { dashboard: "Graphs", decoders: ["decodeKerasModel"] },
  addEmbedding: {
    dashboard: "Projector",
    decoders: ["decodeProjectorConfig", "decodeVectors", "decodeLabels"],
  },
  addMesh: { dashboard: "Mesh", decoders: ["decodeMesh"] },
  addTensor: { dashboard: "none", decoders: ["decodeTensor"] },
  addSummary: { dashboard: "a plugin's own", decoders: ["decodeEvent"] },
} as const satisfies Record<string, CallInfo>;

export type Call = keyof typeof CALLS;

/** The programs whose files are asked for beside ours, in the page's order. */
export const PEERS = [
  "torch",
  "tensorboardX",
  "TensorFlow",
  "TensorFlow `compat.v1`",
  "Keras",
  "TensorFlow.js",
] as const;

export type Peer = (typeof PEERS)[number];
