// Formats that sharp cannot read here, and programs that can: they turn the file into a PNG in a temporary
// folder. A format is one row.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InputError } from '@nacre/codec/internal';
import { latin1 } from './findings.js';
import { damaged } from './image-file.js';

/** A format, and what reads it. */
interface ExternalFormat {
  /** As a message names a file of it. */
  readonly kind: string;
  readonly extension: string;
  matches(file: Uint8Array): boolean;
  /** Programs that are tried in turn. */
  readonly tools: readonly {
    readonly command: string;
    readonly args: (input: string, output: string) => readonly string[];
  }[];
  /** What to install, and where it comes from. */
  readonly install: string;
}

const HEIC_BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'];
const AVIF_BRANDS = ['avif', 'avis'];

const FORMATS: readonly ExternalFormat[] = [
  {
    kind: 'a JPEG XL image',
    extension: 'jxl',
    matches: (file) =>
      latin1(file, 0, 2) === '\xff\x0a' || latin1(file, 0, 12) === '\0\0\0\x0cJXL \r\n\x87\n',
    tools: [{ command: 'djxl', args: (input, output) => [input, output] }],
    install: 'djxl (apt-get install libjxl-tools, brew install jpeg-xl)',
  },
  {
    kind: 'a HEIC image',
    extension: 'heic',
    matches: (file) => isHeic(file),
    tools: [
      { command: 'heif-dec', args: (input, output) => [input, output] },
      { command: 'heif-convert', args: (input, output) => [input, output] },
      // Part of macOS.
      { command: 'sips', args: (input, output) => ['-s', 'format', 'png', input, '--out', output] },
    ],
    install: 'heif-convert (apt-get install libheif-examples, brew install libheif)',
  },
];

/** More than any image takes; a program that hangs is ended. */
const TIMEOUT_MS = 300_000;

const run = promisify(execFile);

/** The format of a file, if it is one that needs another program. */
export function externalFormat(file: Uint8Array): ExternalFormat | undefined {
  return FORMATS.find((format) => format.matches(file));
}

/** Whether the box ftyp names HEIC and not AVIF, which share a container. */
function isHeic(file: Uint8Array): boolean {
  if (latin1(file, 4, 8) !== 'ftyp') return false;
  const length = new DataView(file.buffer, file.byteOffset, file.length).getUint32(0);
  const brands = latin1(file, 8, Math.min(length, 256)).match(/.{4}/gs) ?? [];
  return (
    brands.some((brand) => HEIC_BRANDS.includes(brand)) &&
    !brands.some((brand) => AVIF_BRANDS.includes(brand))
  );
}

/**
 * Decodes a file with the first of its programs that is installed.
 *
 * @returns a PNG file.
 * @throws {@link InputError} `NOT_AN_IMAGE` saying what to install; `TRUNCATED_IMAGE` if the program refuses the file.
 */
export async function decodeExternally(
  file: Uint8Array,
  { kind, extension, tools, install }: ExternalFormat,
  name: string,
): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'nacre-'));
  try {
    const [input, output] = [join(folder, `in.${extension}`), join(folder, 'out.png')];
    await writeFile(input, file);
    for (const { command, args } of tools) {
      try {
        await run(command, args(input, output), { timeout: TIMEOUT_MS });
        return await readFile(output);
      } catch (error) {
        const { code, stderr = '' } = error as NodeJS.ErrnoException & { stderr?: string };
        if (code === 'ENOENT' && (error as NodeJS.ErrnoException).syscall !== 'open') continue;
        const said = stderr.trim().split('\n').at(-1)?.trim();
        throw damaged(name, `${command}: ${said || 'it wrote no image'}`, error);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  throw new InputError(
    'NOT_AN_IMAGE',
    `${name} is ${kind}, which needs another program: install ${install}, or convert it to PNG first.`,
  );
}
