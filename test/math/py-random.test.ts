// Python's random numbers: those that CPython 3.11.7 gives.
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { PyRandom } from "../../src/math/py-random.js";

// Draws 1, 2 and 3; 312 and 313, around the first refill of the state (two words a draw); 624 and 625, around the second; 1,300.
const DRAWS = [1, 2, 3, 312, 313, 624, 625, 1300];
const VECTORS: [number | bigint, number[]][] = [
  [
    0,
    [
      0.8444218515250481, 0.7579544029403025, 0.420571580830845, 0.39380795178170946, 0.5190037287013293,
      0.5198341022016146, 0.5739818030823766, 0.04871767121707815,
    ],
  ],
  [
    1,
    [
      0.13436424411240122, 0.8474337369372327, 0.763774618976614, 0.3272414146871332, 0.3167351468856021,
      0.7513763114866316, 0.2404936039137613, 0.25500966051425156,
    ],
  ],
  [
    42,
    [
      0.6394267984578837, 0.025010755222666936, 0.27502931836911926, 0.21007653833975404, 0.24952973922292443,
      0.11955474125505283, 0.5358639653837498, 0.7916619578635435,
    ],
  ],
  [
    2_147_483_648,
    [
      0.3387958510019964, 0.5050619906087787, 0.8891460738572615, 0.35350632242514635, 0.5843708342309993,
      0.07694317051587607, 0.24382269083168828, 0.8136997991764159,
    ],
  ],
  [
    4_294_967_295,
    [
      0.6353574441341173, 0.20319993954407756, 0.6073666030347188, 0.8815812211541993, 0.49918500993323056,
      0.0950214627303767, 0.2097648614308809, 0.12848762068586594,
    ],
  ],
  [
    4_294_967_296,
    [
      0.11299430095636409, 0.41782886486292836, 0.0166763664992291, 0.744851853306793, 0.5141503636199082,
      0.9754333078281795, 0.14520103710849908, 0.13161455635617514,
    ],
  ],
  [
    9_007_199_254_740_994n,
    [
      0.3562306058474767, 0.7236988325512881, 0.5627807060676235, 0.6387543623662334, 0.45039305551290376,
      0.03345954278924668, 0.8705214830621124, 0.47933957914274483,
    ],
  ],
  [
    18_446_744_073_709_551_615n,
    [
      0.021825695401270107, 0.3380953268613758, 0.21196748656082065, 0.28054018059273567, 0.8375637927891323,
      0.698683212044629, 0.14933837839918995, 0.7844892095307684,
    ],
  ],
  [
    18_446_744_073_709_551_616n,
    [
      0.9776462743838505, 0.3711105964481608, 0.49965891230531634, 0.885540028559239, 0.7035087590521717,
      0.4064617360869387, 0.15189565566833052, 0.6855420479485788,
    ],
  ],
  [
    10_000_000_000_000_000_000_000_000_000_000_000_000_000n,
    [
      0.34753796566513817, 0.7605339873511711, 0.19665955929032608, 0.5587815443701682, 0.7491885210399715,
      0.6820508223670304, 0.01937223904182772, 0.11909726674233212,
    ],
  ],
];

function draws(seed: number | bigint): number[] {
  const random = new PyRandom(seed);
  const all = Array.from({ length: 1300 }, () => random.random());
  return DRAWS.map((n) => all[n - 1]!);
}

describe("PyRandom", () => {
  it.each(VECTORS)("draws what random.seed(%s) draws", (seed, expected) => {
    expect(draws(seed)).toEqual(expected);
    expect(draws(BigInt(seed))).toEqual(expected);
    // As in Python the sign does not matter.
    expect(draws(-BigInt(seed))).toEqual(expected);
  });

  it("takes a seed of more words than its state has", () => {
    expect(draws((1n << 19968n) + 7n)).toEqual([
      0.17690324482920805, 0.48789271990053074, 0.7011691454854354, 0.8215511597937608, 0.22032058786078212,
      0.4474809525262332, 0.24300522566692528, 0.3721807499944325,
    ]);
  });

  it("draws the same 100,000 numbers, bit for bit", () => {
    // sha256 over struct.pack("<d", random.random()) of each, after random.seed(1).
    const random = new PyRandom(1);
    const numbers = new DataView(new ArrayBuffer(800_000));
    for (let i = 0; i < 100_000; i++) numbers.setFloat64(i * 8, random.random(), true);
    const digest = createHash("sha256").update(new Uint8Array(numbers.buffer)).digest("hex");
    expect(digest).toBe("d4f4b1ca99af5829e042d990108e1dd7fd7f6afa04e29642e44ac066ea32a5f5");
  });

  it("has a state of its own", () => {
    const one = new PyRandom(1);
    const other = new PyRandom(2);
    const first = one.random();
    other.random();
    other.random();
    expect([first, one.random()]).toEqual(draws(1).slice(0, 2));
  });

  it.each([1.5, Number.NaN, Infinity, -0.5])("takes no seed %d", (seed) => {
    expect(() => new PyRandom(seed)).toThrow(ArgumentError);
  });
});
