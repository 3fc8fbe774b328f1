// `npm run alpha`: how many bytes alpha takes in .ncr files and in lossless WebP, for 20 drawn images.
import { fileURLToPath } from 'node:url';
import { encode, loadModel, openNcr, readImage } from '@nacre/node';
import sharp from 'sharp';

const samples = fileURLToPath(new URL('../samples/', import.meta.url));
/** Bytes a section takes in the table of its file. */
const TABLE_ENTRY = 12;
/** Bytes a chunk of a WebP file takes besides its content. */
const CHUNK_HEADER = 8;
const SHAPES = {
  star: 'M50 5 61 38 96 38 68 58 79 92 50 71 21 92 32 58 4 38 39 38Z',
  heart: 'M50 90C20 62 5 48 5 30A22 22 0 0 1 50 24 22 22 0 0 1 95 30C95 48 80 62 50 90Z',
  ring: 'M50 5a45 45 0 1 0 .1 0Zm0 20a25 25 0 1 1-.1 0Z',
  cross: 'M15 5 50 40 85 5 95 15 60 50 95 85 85 95 50 60 15 95 5 85 40 50 5 15Z',
  house: 'M50 8 95 48H82V92H60V62H40V92H18V48H5Z',
};
/** A vector image. Its shapes can use a blur, `url(#b)`. */
function svg(width, height, body, blur = 8) {
  const filter = `<filter id="b" x="-50%" y="-50%" width="200%" height="200%"><feGaussianBlur stdDeviation="${blur}"/></filter>`;
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${filter}${body}</svg>`;
  return readImage(Buffer.from(text));
}
function icon(shape, side) {
  return svg(side, side, `<path transform="scale(${side / 100})" d="${SHAPES[shape]}"/>`);
}
/** A sample with another alpha. */
async function cutOut(name, mask) {
  const image = await readImage(`${samples}${name}.png`);
  const alpha = await mask(image);
  const data = new Uint8Array(4 * alpha.length);
  for (let i = 0; i < alpha.length; i++) {
    data.set(image.data.subarray(3 * i, 3 * i + 3), 4 * i);
    data[4 * i + 3] = alpha[i];
  }
  return { ...image, channels: 4, data };
}
const shape = (body, blur) => async (image) =>
  alphaOf(await svg(image.width, image.height, body, blur));
/** Light parts stay: an edge as hair has it. */
async function matte({ width, height, channels, data }) {
  const grey = sharp(data, { raw: { width, height, channels } }).greyscale().blur(0.8);
  return await grey.linear(3, -180).extractChannel(0).raw().toBuffer();
}
/** Black with an alpha from a function of place and of a number at random, 0..1. */
function drawn(width, height, alphaAt) {
  let state = 1;
  const random = () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    data[4 * i + 3] = alphaAt(i % width, Math.floor(i / width), random);
  }
  return { width, height, channels: 4, data };
}
const gradient = (kind, stops) =>
  `<${kind}Gradient id="g">${stops}</${kind}Gradient><rect width="100%" height="100%" fill="url(#g)"/>`;
const stop = (offset, opacity) => `<stop offset="${offset}" stop-opacity="${opacity}"/>`;
const handwriting = Array.from(
  { length: 90 },
  (_, i) =>
    `<path fill="none" stroke="#000" stroke-width="1.5" d="M${8 + (i % 30) * 19} ${40 + 60 * Math.floor(i / 30)}q${(i * 7) % 9} -${12 + ((i * 5) % 17)} 9 -${(i * 3) % 8}t${4 + (i % 6)} 9"/>`,
).join('');
const bars = Array.from(
  { length: 12 },
  (_, i) =>
    `<path d="M40 ${20 + 30 * i}H680" stroke="#333" stroke-width=".5"/><rect x="${50 + i * 52}" y="${370 - 20 * ((i * 7) % 13)}" width="36" height="${20 * ((i * 7) % 13)}" fill-opacity=".8"/>`,
).join('');
const panels =
  '<rect x="20" y="20" width="250" height="180" rx="12" fill-opacity=".5"/><rect x="150" y="120" width="300" height="240" rx="30" fill-opacity=".25"/><circle cx="380" cy="90" r="70" fill-opacity=".75"/>';
const IMAGES = {
  'icon, 32': () => icon('star', 32),
  'icon, 64': () => icon('heart', 64),
  'icon, 128': () => icon('ring', 128),
  'icon, 256': () => icon('cross', 256),
  'icon, 512': () => icon('house', 512),
  logo: () =>
    svg(
      1024,
      512,
      `<path d="M100 400C200 50 400 50 500 250S800 450 950 120V400Z"/><circle cx="250" cy="180" r="60"/><path transform="translate(600 80)scale(2.6)" d="${SHAPES.star}"/>`,
    ),
  handwriting: () => svg(600, 200, handwriting),
  chart: () => svg(700, 400, bars),
  'glass panels': () => svg(500, 400, panels),
  'button with shadow': () =>
    svg(
      320,
      120,
      '<rect x="30" y="34" width="260" height="60" rx="14" filter="url(#b)" opacity=".6"/><rect x="30" y="26" width="260" height="60" rx="14"/>',
    ),
  'window with shadow': () =>
    svg(
      800,
      600,
      '<rect x="80" y="90" width="640" height="440" rx="10" filter="url(#b)" opacity=".5"/><rect x="80" y="70" width="640" height="440" rx="10"/>',
      24,
    ),
  'linear gradient': () => svg(512, 256, gradient('linear', stop(0, 0) + stop(1, 1))),
  'radial gradient': () => svg(400, 400, gradient('radial', stop(0, 1) + stop(1, 0))),
  vignette: () => svg(640, 427, gradient('radial', stop(0.4, 1) + stop(1, 0.3))),
  'cut-out, hard edge': () =>
    cutOut('raccoon', shape('<path d="M180 512C150 300 220 80 400 60S640 200 620 512Z"/>')),
  'cut-out, soft edge': () =>
    cutOut('pagoda', shape('<ellipse cx="320" cy="210" rx="240" ry="150" filter="url(#b)"/>', 6)),
  'cut-out, hair': () => cutOut('raccoon', matte),
  smoke: () =>
    drawn(
      400,
      300,
      (x, y, random) =>
        120 +
        60 * Math.sin(x / 40 + Math.sin(y / 30)) +
        50 * Math.cos(y / 25 + x / 60) +
        6 * (random() - 0.5),
    ),
  'noise, uniform': () => drawn(128, 128, (_, __, random) => Math.floor(256 * random())),
  'noise, normal': () =>
    drawn(
      256,
      256,
      (_, __, random) =>
        128 + 20 * Math.sqrt(-2 * Math.log(random() + 1e-9)) * Math.cos(2 * Math.PI * random()),
    ),
};
function alphaOf({ channels, data }) {
  return Uint8Array.from(data.filter((_, i) => i % channels === channels - 1));
}
/** The least that lossless WebP takes: as the alpha of a lossy image, or as an image of its own. */
async function webpBytes(image) {
  const { width, height } = image;
  const alpha = alphaOf(image);
  const black = drawn(width, height, (x, y) => alpha[y * width + x]);
  const sizes = [];
  for (const effort of [4, 6]) {
    const file = await sharp(black.data, { raw: { width, height, channels: 4 } })
      .webp({ quality: 50, alphaQuality: 100, effort })
      .toBuffer();
    sizes.push(chunkBytes(file, 'ALPH'));
  }
  const grey = await sharp(alpha, { raw: { width, height, channels: 1 } })
    .webp({ lossless: true, quality: 100, effort: 6 })
    .toBuffer();
  return CHUNK_HEADER + Math.min(...sizes, chunkBytes(grey, 'VP8L'));
}
/** The length of the content of a chunk. */
function chunkBytes(webp, type) {
  for (let at = 12; at < webp.length; ) {
    const length = webp.readUInt32LE(at + 4);
    if (webp.toString('latin1', at, at + 4) === type) return length;
    at += CHUNK_HEADER + length + (length % 2);
  }
  throw new RangeError(`Expected a chunk ${type} in the WebP file but found none`);
}
const model = await loadModel();
console.log(`${'bytes of alpha'.padEnd(22)}${'Nacre'.padStart(9)}${'WebP'.padStart(9)}`);
const line = (name, ours, theirs) => {
  const ratio = (ours / theirs).toFixed(3);
  console.log(
    `${name.padEnd(22)}${`${ours}`.padStart(9)}${`${theirs}`.padStart(9)}${ratio.padStart(8)}`,
  );
};
let [ours, theirs] = [0, 0];
for (const [name, make] of Object.entries(IMAGES)) {
  const image = await make();
  const { sections } = openNcr(await encode(image, { model, quality: 1 }));
  const nacre = TABLE_ENTRY + sections.find(({ type }) => type === 'Alph').byteLength;
  const webp = await webpBytes(image);
  line(name, nacre, webp);
  [ours, theirs] = [ours + nacre, theirs + webp];
}
line(`all ${Object.keys(IMAGES).length}`, ours, theirs);
await model.release();
