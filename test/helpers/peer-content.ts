// What scripts/generate-peer-fixtures.py and scripts/generate-call-fixtures.py have other programs log.

/** A mesh: all that `addMesh` takes of a tetrahedron. */
export const TETRAHEDRON = {
  vertices: [
    [1, 1, 1],
    [-1, -1, 1],
    [1, -1, -1],
    [-1, 1, -1],
  ],
  colors: [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 0, 255],
  ],
  faces: [
    [0, 2, 3],
    [0, 3, 1],
    [0, 1, 2],
    [1, 3, 2],
  ],
  config: { camera: { cls: "PerspectiveCamera", fov: 75 } },
};

/** A precision-recall curve that was counted. */
export const CURVE = {
  truePositives: [4, 3, 1],
  falsePositives: [3, 1, 0],
  trueNegatives: [0, 2, 3],
  falseNegatives: [0, 1, 3],
  precision: [0.5, 0.75, 1],
  recall: [1, 0.75, 0.25],
};
