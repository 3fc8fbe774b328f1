// `npm run bench`: speed and size of the entropy coder on latents as they really lie and on all
// zeros, with the npm package arithmetic-coding in the same run as the yardstick. It asserts nothing.
import { FrequencyTables, RansDecoder, RansEncoder } from '@nacre/codec/internal';
import { arithmeticDecode, arithmeticEncode } from './arithmetic-coder.js';
import {
  drawLatents,
  gaussianRow,
  idealBits,
  type Latents,
  mostlySmallIndex,
  SIGMAS,
  seededRandom,
  symbolProbability,
} from './gaussian-latents.js';

const COUNT = 3_000_000;
const RUNS = 9;
/** The yardstick is so slow that a part of the symbols must do. */
const YARDSTICK_COUNT = 300_000;
const YARDSTICK_RUNS = 3;

const rows = SIGMAS.map(gaussianRow);
const tables = new FrequencyTables(rows);

function ransEncode({ symbols, tableIndices }: Latents): Uint8Array {
  const encoder = new RansEncoder(tables);
  encoder.put(symbols, tableIndices);
  return encoder.finish();
}

const decoded = new Int32Array(COUNT);

function ransDecode(bytes: Uint8Array, tableIndices: Uint8Array): Int32Array {
  const decoder = new RansDecoder(tables, bytes);
  decoder.get(tableIndices, decoded);
  decoder.finish();
  return decoded;
}

/** Runs `work` several times; the median in millions of symbols per second, and the last result. */
function measure<T>(count: number, runs: number, work: () => T): { speed: number; result: T } {
  const seconds: number[] = [];
  let result = work();
  for (let run = 0; run < runs; run++) {
    const begin = performance.now();
    result = work();
    seconds.push((performance.now() - begin) / 1000);
  }
  seconds.sort((a, b) => a - b);
  return { speed: count / seconds[runs >> 1]! / 1e6, result };
}

function mustEqual(name: string, received: Int32Array, symbols: Int32Array): void {
  if (!received.every((symbol, i) => symbol === symbols[i])) {
    throw new Error(`${name}: wrong symbols`);
  }
}

function overhead(bytes: number, bits: number): string {
  return `${((800 * bytes) / bits - 100).toFixed(3)} %`;
}

const random = seededRandom(2013);
const mixed = drawLatents(COUNT, random, mostlySmallIndex);
const part: Latents = {
  symbols: mixed.symbols.subarray(0, YARDSTICK_COUNT),
  tableIndices: mixed.tableIndices.subarray(0, YARDSTICK_COUNT),
};
const zeros: Latents = { symbols: new Int32Array(COUNT), tableIndices: new Uint8Array(COUNT) };

let gaussianBits = 0;
for (const [i, symbol] of mixed.symbols.entries()) {
  gaussianBits -= Math.log2(symbolProbability(SIGMAS[mixed.tableIndices[i]!]!, symbol));
}

const report: Record<string, Record<string, string>> = {};
const encoding = measure(COUNT, RUNS, () => ransEncode(mixed));
const decoding = measure(COUNT, RUNS, () => ransDecode(encoding.result, mixed.tableIndices));
mustEqual('rANS', decoding.result, mixed.symbols);
report['rANS, mixed latents'] = {
  'encode Msym/s': encoding.speed.toFixed(1),
  'decode Msym/s': decoding.speed.toFixed(1),
  'over table ideal': overhead(encoding.result.length, idealBits(rows, mixed)),
  'over Gaussian ideal': overhead(encoding.result.length, gaussianBits),
};

const zeroEncoding = measure(COUNT, RUNS, () => ransEncode(zeros));
const zeroDecoding = measure(COUNT, RUNS, () =>
  ransDecode(zeroEncoding.result, zeros.tableIndices),
);
mustEqual('rANS, zeros', zeroDecoding.result, zeros.symbols);
report['rANS, all in row 0'] = {
  'encode Msym/s': zeroEncoding.speed.toFixed(1),
  'decode Msym/s': zeroDecoding.speed.toFixed(1),
};

const yardstickEncoding = measure(YARDSTICK_COUNT, YARDSTICK_RUNS, () =>
  arithmeticEncode(rows, part),
);
const yardstickDecoding = measure(YARDSTICK_COUNT, YARDSTICK_RUNS, () =>
  arithmeticDecode(rows, yardstickEncoding.result, part.tableIndices),
);
mustEqual('arithmetic-coding', yardstickDecoding.result, part.symbols);
report['arithmetic-coding, mixed latents'] = {
  'encode Msym/s': yardstickEncoding.speed.toFixed(2),
  'decode Msym/s': yardstickDecoding.speed.toFixed(2),
  'over table ideal': overhead(yardstickEncoding.result.length, idealBits(rows, part)),
};

const bitsPerSymbol = ((8 * encoding.result.length) / COUNT).toFixed(3);
console.log(
  `${COUNT} symbols, ${bitsPerSymbol} bits per symbol, medians of ${RUNS} runs, one core`,
);
console.table(report);
console.log(
  `rANS is ${(encoding.speed / yardstickEncoding.speed).toFixed(0)} times as fast to encode and ` +
    `${(decoding.speed / yardstickDecoding.speed).toFixed(0)} times to decode`,
);
