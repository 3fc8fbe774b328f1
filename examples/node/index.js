// Usage: npm start -- photo.jpg
import { writeFile } from 'node:fs/promises';
import { decode, encode, readImage, writeImage } from '@nacre/node';

const image = await readImage(process.argv[2]);
const file = await encode(image, { quality: 50 });
await writeFile('photo.ncr', file);
console.log(`${image.width}×${image.height} pixels in ${file.length} bytes`);

const overwrite = true;
await writeImage('photo.png', await decode(file), { overwrite });

// A region takes about its share of the time, and a preview about half.
const region = { left: 0, top: 0, width: 64, height: 64 };
await writeImage('detail.png', await decode(file, { region }), { overwrite });
await writeImage('thumbnail.png', await decode(file, { scale: 1 / 8 }), { overwrite });
