// Frequency rows of Gaussians and symbols drawn from them, for tests and the benchmark. The shipped
// rows come from the training package by the same rule; nothing at run time computes them.

/** Scales of the 64 rows, in units of the quantiser step. */
export const SIGMAS: readonly number[] = Array.from(
  { length: 64 },
  (_, index) => 0.11 * (64 / 0.11) ** (index / 63),
);

/** Probability that a standard normal variable exceeds x ≥ 0. */
export function upperTail(x: number): number {
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (x < 3) {
    // 1/2 − density·(x + x³/3 + x⁵/(3·5) + …): Abramowitz and Stegun 26.2.11.
    let term = x;
    let sum = x;
    for (let n = 3; term > sum * 1e-17; n += 2) {
      term *= (x * x) / n;
      sum += term;
    }
    return 0.5 - density * sum;
  }
  // density/(x + 1/(x + 2/(x + …))): Abramowitz and Stegun 26.2.14.
  let fraction = x;
  for (let n = 60; n > 0; n--) fraction = x + n / fraction;
  return density / fraction;
}

/** Probability of an integer under a zero-mean Gaussian integrated over symbol ± ½. */
export function symbolProbability(sigma: number, symbol: number): number {
  const magnitude = Math.abs(symbol);
  if (magnitude === 0) return 1 - 2 * upperTail(0.5 / sigma);
  return upperTail((magnitude - 0.5) / sigma) - upperTail((magnitude + 0.5) / sigma);
}

/** The frequencies of −K..K and escape, in 2^16ths; K is where less than 2^-16 remains outside. */
export function gaussianRow(sigma: number): number[] {
  let bound = 0;
  while (bound < 1023 && 2 * upperTail((bound + 0.5) / sigma) >= 2 ** -16) bound += 1;
  const row: number[] = [];
  const append = (probability: number) => row.push(Math.max(1, Math.round(probability * 2 ** 16)));
  for (let symbol = -bound; symbol <= bound; symbol++) append(symbolProbability(sigma, symbol));
  append(2 * upperTail((bound + 0.5) / sigma));
  row[bound]! += 2 ** 16 - row.reduce((sum, frequency) => sum + frequency, 0);
  return row;
}

/** Pseudo-random numbers in 0..1 that are the same on every run (G. Marsaglia's xorshift, 2003). */
export function seededRandom(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Symbols with the row of the tables (as drawn here, of {@link SIGMAS}) that each one is coded with. */
export interface Latents {
  readonly symbols: Int32Array;
  readonly tableIndices: Uint8Array;
}

/** Draws `count` symbols; `drawIndex` chooses the row of each. */
export function drawLatents(
  count: number,
  random: () => number,
  drawIndex: (random: () => number) => number,
): Latents {
  const symbols = new Int32Array(count);
  const tableIndices = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const index = drawIndex(random);
    // Box–Muller
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    tableIndices[i] = index;
    symbols[i] = Math.round(SIGMAS[index]! * normal);
  }
  return { symbols, tableIndices };
}

/** 60 % in the 16 smallest scales, the rest over the others: about how real latents lie. */
export function mostlySmallIndex(random: () => number): number {
  return Math.floor(random() < 0.6 ? random() * 16 : 16 + random() * 48);
}

/** Bits that the rows themselves give to symbols, escapes included: the coder's lower bound. */
export function idealBits(
  rows: readonly (readonly number[])[],
  { symbols, tableIndices }: Latents,
): number {
  let bits = 0;
  for (const [i, symbol] of symbols.entries()) {
    const row = rows[tableIndices[i]!]!;
    const bound = row.length / 2 - 1;
    const excess = Math.abs(symbol) - bound - 1;
    if (excess < 0) {
      bits += 16 - Math.log2(row[symbol + bound]!);
    } else {
      const value = 2 * excess + (symbol < 0 ? 1 : 0) + 1;
      bits += 16 - Math.log2(row.at(-1)!) + 4 + Math.floor(Math.log2(value));
    }
  }
  return bits;
}
