// Writes the hex dump of samples/tiny-50.ncr to the end of packages/codec/FORMAT.md. Run it after
// make-samples.mjs: node scripts/setup.mjs && node scripts/format-example.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from '@nacre/codec';
import { loadModelFor } from '@nacre/node';

const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));
const bytes = readFileSync(path('samples/tiny-50.ncr'));
const rows = [];
let at = 0;

/** Adds a field of some length, 16 bytes a row. */
function field(length, meaning) {
  for (const end = at + length, first = at; at < end; ) {
    const part = bytes.subarray(at, Math.min(at + 16, end));
    const hex = [...part].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ');
    const offset = at.toString(16).padStart(4, '0').toUpperCase();
    rows.push(`${offset}  ${hex.padEnd(47)}  ${at === first ? meaning : ''}`.trimEnd());
    at += part.length;
  }
}

/** Length of the varint at an offset. */
function varint(from) {
  let end = from;
  while (bytes[end] > 0x7f) end += 1;
  return end + 1 - from;
}

field(4, 'magic');
field(1, 'version');
field(1, 'flags');
field(2, `width ${bytes.readUInt16LE(6)}`);
field(2, `height ${bytes.readUInt16LE(8)}`);
field(1, `level ${bytes[10]}`);
field(1, 'number of sections');
field(8, 'model hash');
field(4, 'section type TILE');
field(4, `its length, ${bytes.readUInt32LE(24)}`);
field(4, 'its checksum');
field(4, 'checksum of the 32 bytes above');
field(1, `k = ${bytes[36]}: tiles of ${2 ** bytes[36]} pixels a side`);
field(varint(37), 'size of the stream');
field(4, 'checksum of the stream');
field(4, `state x = ${bytes.readUInt32LE(at)}`);
field(bytes.length - at, 'words');

const model = await loadModelFor(bytes);
const { hyperSymbols, scaleIndices, symbols } = await parse(model, bytes);
const first = (values) => values.slice(0, 12).join(', ');
// The image is one tile of 4×4 places. Its latents of step 0 in the order of the stream:
const places = [...symbols.keys()].filter((i) => {
  const [channel, row, column] = [i >> 4, (i >> 2) & 3, i & 3];
  return ((2 * ((row + column) % 2) + (row % 2)) ^ (channel % 4)) === 0;
});
const zeros = symbols.filter((symbol) => symbol === 0).length;
await model.release();

const text = `
\`\`\`hexdump
${rows.join('\n')}
\`\`\`

Decoded with the model \`${model.description.id}\`, it begins with the following integers. ${zeros} of its
${symbols.length} latents are 0.

\`\`\`
hyper-latents        ${first(hyperSymbols)}
their table rows     ${first(model.getHyperTableRows(bytes[10]))}
latents of step 0    ${first(places.map((i) => symbols[i]))}
their table rows     ${first(places.map((i) => scaleIndices[i]))}
\`\`\`
`;
const format = readFileSync(path('packages/codec/FORMAT.md'), 'utf8');
const intro = 'Offsets and bytes are hexadecimal.\n';
const end = format.indexOf(intro) + intro.length;
writeFileSync(path('packages/codec/FORMAT.md'), format.slice(0, end) + text);
