// The nacre command: its command line, its help and its exit code. The work is done in the modules
// named after the commands, which are loaded only when they are needed.

import { readFileSync } from 'node:fs';
import type { Region } from '@nacre/node';
import yargs, { type Argv } from 'yargs';
import { hideBin, Parser } from 'yargs/helpers';
import { EXIT_CODES, failureOf, UsageError } from './exit-codes.js';
import type { Outcome } from './jobs.js';
import { Report } from './report.js';

const EXAMPLES = `Examples:
$ nacre compress photo.jpg                       # writes photo.ncr
$ nacre compress photo.jpg -q 30 -o small.ncr    # smaller
$ nacre compress *.png --out-dir compressed      # many at once
$ nacre decompress photo.ncr -o photo.png        # and back
$ cat photo.jpg | nacre compress - | nacre decompress - -o copy.webp
$ nacre info photo.ncr                           # what is in a file
$ nacre view photo.ncr                           # shows it in the browser
$ nacre compare photos/                          # beside JPEG, WebP and AVIF: a report`;

const COMPRESS_EXAMPLES = `Examples:
$ nacre compress photo.jpg                       # writes photo.ncr
$ nacre compress photo.jpg -q 30 -o small.ncr
$ nacre compress photo.jpg --target-size 120kB   # the best that fits
$ nacre compress *.png --out-dir compressed --json
$ cat photo.jpg | nacre compress - > photo.ncr

nacre compress IN... [-o OUT.ncr] [-q 1..100 | --target-size SIZE | --target-psnr DB]
Compresses images (JPEG, PNG, WebP, AVIF, GIF, TIFF, SVG) to .ncr files. Transparency is kept
exactly, EXIF and XMP too; colours become sRGB.`;

const DECOMPRESS_EXAMPLES = `Examples:
$ nacre decompress photo.ncr -o photo.png
$ nacre decompress *.ncr --out-dir images --format jpg
$ nacre decompress photo.ncr --region 1000,800,512,512 -o detail.png
$ nacre decompress photo.ncr --scale 1/8 -o thumbnail.png
$ nacre decompress - -o - < photo.ncr > photo.png
$ nacre decompress damaged.ncr --partial         # what can be saved

nacre decompress IN.ncr... [-o OUT.(png|jpg|webp|avif)]
Decompresses .ncr files to images. PNG keeps every pixel; jpg, webp and avif are
written at quality 90. Transparency goes to all but jpg, metadata to all.`;

const INFO_EXAMPLES = `Examples:
$ nacre info photo.ncr
$ nacre info photo.ncr --json

nacre info IN.ncr
Prints what the header of a .ncr file says; needs no model.`;

const MODELS_EXAMPLES = `Examples:
$ nacre models
$ nacre models --json

nacre models
Lists the models that are installed.`;

const VIEW_EXAMPLES = `Examples:
$ nacre view photo.ncr
$ nacre view photo.jpg --no-open
$ nacre view

nacre view [FILE]
Opens a .ncr file, or any image to compress, in a page in the browser, and prints the
address of the page. Only this machine can reach it. Ctrl-C ends it.`;

const COMPARE_EXAMPLES = `Examples:
$ nacre compare photos/                          # writes report/index.html
$ nacre compare a.png b.png --codecs nacre:photo-6,nacre:photo-7,avif --out report2
$ nacre compare photos/ --metrics psnr --anchors curves/ --json
$ nacre compare photos/ --codecs nacre,avif --blind blind    # writes blind/blind.html

nacre compare (IMAGE|FOLDER)... [--out FOLDER]
Measures codecs on images: bytes, quality and time over each codec's range, and how many
bits Nacre saves at the same quality (BD-rate). Results are cached: after Ctrl-C, the same
command continues.`;

/**
 * What `-` is called while yargs reads the command line: in a list of positionals it would take it for
 * the beginning of an option and drop it.
 */
const DASH = '\0-';

/** The option of both directions. */
const STRIP = {
  type: 'boolean',
  default: false,
  describe: 'Drop EXIF and XMP (place, camera, author); default: keep them',
} as const;

const PARSING = { 'parse-positional-numbers': false, 'boolean-negation': false };

/** What has been asked for, once yargs has read the command line. */
interface Request {
  readonly command: string;
  readonly stdoutIsData: boolean;
  readonly run: (report: Report) => Promise<Outcome>;
}

await main(hideBin(process.argv));

async function main(args: readonly string[]): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // The reader has gone (as in `nacre info … | head -1`): there is nobody to tell.
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  // Read apart from all else, so that a wrong command line is reported as JSON too.
  const json = Boolean(Parser([...args], { boolean: ['json'], configuration: PARSING }).json);
  let report = new Report({ json, stdoutIsData: false });
  let command: string | undefined;
  let outcome: Outcome = { result: {} };
  try {
    const request = await parse(args);
    if (request === undefined) return;
    command = request.command;
    report = new Report({ json, stdoutIsData: request.stdoutIsData });
    outcome = await request.run(report);
  } catch (error) {
    const failure = failureOf(error);
    report.failure(undefined, failure);
    outcome = { result: { error: { code: failure.code, message: failure.message } }, failure };
  }
  const exitCode = outcome.failure?.exit ?? 0;
  report.end({ command, exitCode, ...outcome.result });
  process.exitCode = exitCode;
}

/** Reads the command line; undefined if it asked for help or the version, which yargs has printed. */
async function parse(args: readonly string[]): Promise<Request | undefined> {
  let request: Request | undefined;
  const parser = yargs()
    .scriptName('nacre')
    .locale('en')
    .usage(`${EXAMPLES}\n\nnacre COMMAND: photographs to .ncr files and back.`)
    .command(
      'compress <inputs..>',
      'Compress images to .ncr files',
      (builder) =>
        withModelOptions(withOutputOptions(withInputs(builder, 'Image files, or - for stdin')))
          .usage(COMPRESS_EXAMPLES)
          .option('quality', {
            alias: 'q',
            type: 'number',
            describe:
              '1..100, default 50: 20 for thumbnails, 50 for the web, 80 for large screens, 95 to ' +
              'edit further',
          })
          .option('target-size', {
            type: 'string',
            requiresArg: true,
            describe:
              'In place of -q, the most bytes a file may have, as 120kB, 0.5MB or 64KiB: the best ' +
              'image that fits, within 2 % of it or it is said why not; takes about six times as long',
          })
          .option('target-psnr', {
            type: 'number',
            requiresArg: true,
            describe:
              'In place of -q, the least PSNR in dB, 1..100: 30 for the web, 36 for large screens, 40 ' +
              'to edit further; takes about eight times as long',
          })
          .option('strip', STRIP)
          .option('keep-profile', {
            type: 'boolean',
            default: false,
            describe:
              'Keep the colours in their ICC profile, and the profile, instead of converting to ' +
              'sRGB; choose it for wide-gamut images',
          }),
      ({ inputs, quality, targetSize: size, targetPsnr, ...options }) => {
        const rates = { quality: quality, 'target-size': size, 'target-psnr': targetPsnr };
        const [one, other] = Object.entries(rates).filter(([, value]) => value !== undefined);
        if (one && other) {
          throw new UsageError(`Expected --${one[0]} or --${other[0]} but received both.`);
        }
        if (quality !== undefined) integerIn(1, 100, 'quality', quality);
        if (targetPsnr !== undefined && !(targetPsnr >= 1 && targetPsnr <= 100)) {
          throw new UsageError(
            `Expected number in 1..100 for --target-psnr but received ${targetPsnr}.`,
          );
        }
        const targetSize = size === undefined ? undefined : bytesOf(size);
        const rate = { quality, targetSize, targetPsnr };
        request = {
          command: 'compress',
          stdoutIsData: options.output === '-' || (inputs.includes('-') && !options.output),
          run: async (report) =>
            (await import('./compress.js')).compress({ inputs, ...rate, ...options }, report),
        };
      },
    )
    .command(
      'decompress <inputs..>',
      'Decompress .ncr files to images',
      (builder) =>
        withModelOptions(withOutputOptions(withInputs(builder, '.ncr files, or - for stdin')))
          .usage(DECOMPRESS_EXAMPLES)
          .option('format', {
            choices: ['png', 'jpg', 'webp', 'avif'] as const,
            describe:
              'Without -o NAME: the format; default png, which loses nothing; jpg to share anywhere',
          })
          .option('region', {
            type: 'string',
            requiresArg: true,
            describe:
              'X,Y,WIDTH,HEIGHT in pixels from the top left: decode this part alone, at little more ' +
              'than its share of the time; default: the whole image',
          })
          .option('scale', {
            // Else yargs makes a number of 1, which is none of the choices.
            type: 'string',
            choices: ['1', '1/8'] as const,
            default: '1' as const,
            requiresArg: true,
            describe:
              '1/8: a preview an eighth as wide and high, in about half the time; choose it for ' +
              'thumbnails',
          })
          .option('strip', STRIP)
          .option('partial', {
            type: 'boolean',
            default: false,
            describe:
              'Write what is whole of a damaged file, the rest grey, and still exit with 9; ' +
              'choose it where there is no good copy',
          }),
      ({ inputs, region: text, scale: name, ...options }) => {
        const region = text === undefined ? undefined : regionOf(text);
        const scale = name === '1' ? 1 : 1 / 8;
        request = {
          command: 'decompress',
          stdoutIsData: options.output === '-' || (inputs.includes('-') && !options.output),
          run: async (report) =>
            (await import('./decompress.js')).decompress(
              { inputs, region, scale, ...options },
              report,
            ),
        };
      },
    )
    .command(
      'info <input>',
      'Print what is in a .ncr file',
      (builder) =>
        withJson(builder).usage(INFO_EXAMPLES).positional('input', {
          type: 'string',
          demandOption: true,
          coerce: undash,
          describe: 'A .ncr file, or - for stdin',
        }),
      ({ input }) => {
        request = {
          command: 'info',
          stdoutIsData: false,
          run: async (report) => (await import('./info.js')).info(input, report),
        };
      },
    )
    .command(
      'models',
      'List the models that are installed',
      (builder) => withJson(builder).usage(MODELS_EXAMPLES),
      () => {
        request = {
          command: 'models',
          stdoutIsData: false,
          run: async (report) => (await import('./models.js')).models(report),
        };
      },
    )
    .command(
      'view [input]',
      'Show a .ncr file in the browser',
      (builder) =>
        once(builder.epilogue(exitCodeTable()))
          .usage(VIEW_EXAMPLES)
          .positional('input', {
            type: 'string',
            coerce: undash,
            describe: 'A .ncr file or an image, or - for stdin; default: a sample',
          })
          .option('no-open', {
            type: 'boolean',
            default: false,
            describe: 'Print the address only; choose it where there is no browser',
          }),
      ({ input, noOpen }) => {
        request = {
          command: 'view',
          stdoutIsData: false,
          run: async (report) => (await import('./view.js')).view({ input, noOpen }, report),
        };
      },
    )
    .command(
      'compare <inputs..>',
      'Compare Nacre with JPEG, WebP and AVIF on images',
      (builder) =>
        withJson(withInputs(builder, 'Image files, and folders of them'))
          .usage(COMPARE_EXAMPLES)
          .option('codecs', {
            type: 'string',
            requiresArg: true,
            default: 'nacre,avif,jxl,webp,mozjpeg',
            describe:
              'Some of nacre[:MODEL],jpeg,mozjpeg,webp,avif,avif-420,avif-psnr,jxl; the first is ' +
              'compared with the others. avif has the settings that sharp uses by default; jxl ' +
              'needs cjxl and djxl',
          })
          .option('qualities', {
            type: 'string',
            requiresArg: true,
            describe:
              '1..100, such as 10,30,50-55, for every codec; default: about ten of each; ' +
              'four or more give BD figures',
          })
          .option('metrics', {
            type: 'string',
            requiresArg: true,
            default: 'ssimulacra2,butteraugli,psnr,ms-ssim,ciede2000',
            describe:
              'Some of ssimulacra2,butteraugli,psnr,ms-ssim,ciede2000; butteraugli needs the program ' +
              'butteraugli_main',
          })
          .option('anchors', {
            type: 'string',
            array: true,
            requiresArg: true,
            default: [] as string[],
            defaultDescription: 'none',
            coerce: (names: string[]) => names.map(undash),
            describe:
              'Published curves to draw and compare with: JSON files as CompressAI has them, or ' +
              'folders of them; choose those measured on the same images',
          })
          .option('out', {
            type: 'string',
            requiresArg: true,
            default: 'report',
            coerce: undash,
            describe: 'Folder for the report; an earlier report in it is replaced',
          })
          .option('blind', {
            type: 'string',
            requiresArg: true,
            coerce: undash,
            describe:
              'Folder for a page of blind comparisons, instead of the report: the first codec ' +
              'against each other, at equal bytes (0.25 bpp, or the qualities given)',
          })
          .option('force', {
            alias: 'f',
            type: 'boolean',
            default: false,
            describe: 'Replace a page in the folder that nacre compare did not write',
          }),
      ({ inputs, codecs, qualities, metrics, anchors, out, blind, force }) => {
        request = {
          command: 'compare',
          stdoutIsData: false,
          run: async (report) =>
            (await import('./compare.js')).compare(
              { inputs, codecs, qualities, metrics, anchors, out, blind, force },
              report,
            ),
        };
      },
    )
    .demandCommand(1, 1, 'Expected a command: compress, decompress, info, models, view or compare')
    .strict()
    .version(version())
    .help()
    .alias({ help: 'h', version: 'V' })
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .parserConfiguration(PARSING)
    .epilogue(exitCodeTable())
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      if (error) throw error;
      const text = message.replace(/\n+/g, ' ').replaceAll(JSON.stringify(DASH), '"-"');
      throw new UsageError(`${text.replaceAll(DASH, '-')}: see nacre --help.`);
    });
  await parser.parseAsync(args.map((arg) => (arg === '-' ? DASH : arg)));
  return request;
}

function undash(name: string): string {
  return name === DASH ? '-' : name;
}

function withInputs<T>(builder: Argv<T>, describe: string): Argv<T & { inputs: string[] }> {
  return builder.positional('inputs', {
    type: 'string',
    array: true,
    demandOption: true,
    defaultDescription: '',
    coerce: (names: string[]) => names.map(undash),
    describe,
  }) as Argv<T & { inputs: string[] }>;
}

/** What every command but view takes, and the end of its help. */
function withJson<T>(builder: Argv<T>): Argv<T & { json: boolean }> {
  return once(builder.epilogue(exitCodeTable())).option('json', {
    type: 'boolean',
    default: false,
    describe: 'For programs: one JSON object on stdout, everything else on stderr',
  });
}

/** Refuses an option that is given twice: yargs would make a list of it. */
function once<T>(builder: Argv<T>): Argv<T> {
  return builder.check(({ _, inputs, anchors, ...options }) => {
    const [twice] = Object.entries(options).find(([, value]) => Array.isArray(value)) ?? [];
    if (twice === undefined) return true;
    throw new UsageError(`Expected --${twice} once but received it several times.`);
  });
}

interface OutputOptions {
  output: string | undefined;
  outDir: string | undefined;
  force: boolean;
  json: boolean;
}

function withOutputOptions<T>(builder: Argv<T>): Argv<T & OutputOptions> {
  return withJson(builder)
    .option('output', {
      alias: 'o',
      type: 'string',
      requiresArg: true,
      coerce: undash,
      describe: 'The output file, or - for stdout; default: beside the input, stdout for stdin',
    })
    .option('out-dir', {
      type: 'string',
      requiresArg: true,
      coerce: undash,
      describe: 'A folder for the outputs, made if need be; choose it for several inputs',
    })
    .option('force', {
      alias: 'f',
      type: 'boolean',
      default: false,
      describe: 'Overwrite outputs that exist; default: leave them and fail',
    }) as unknown as Argv<T & OutputOptions>;
}

interface ModelOptions {
  model: string | undefined;
  device: 'auto' | 'cpu' | 'cuda' | 'webgpu';
  threads: number | undefined;
}

function withModel<T>(builder: Argv<T>): Argv<T & { model: string | undefined }> {
  return builder.option('model', {
    type: 'string',
    requiresArg: true,
    coerce: undash,
    describe:
      'An id that nacre models lists, or a folder; default: the newest to compress, the one ' +
      'the file was made with to decompress; leave it alone unless you train your own',
  }) as unknown as Argv<T & { model: string | undefined }>;
}

function withModelOptions<T>(builder: Argv<T>): Argv<T & ModelOptions> {
  return withModel(builder)
    .option('device', {
      choices: ['auto', 'cpu', 'cuda', 'webgpu'] as const,
      default: 'cpu' as const,
      describe:
        'cpu starts fastest and always gives the same bytes; auto takes a graphics card if ' +
        'there is one: choose it for large batches',
    })
    .option('threads', {
      type: 'number',
      requiresArg: true,
      describe: '1..1024 CPU threads; default: one per core; 1 where many nacre run side by side',
    })
    .check(({ threads }) => {
      if (threads !== undefined) integerIn(1, 1024, 'threads', threads);
      return true;
    }) as unknown as Argv<T & ModelOptions>;
}

function integerIn(low: number, high: number, name: string, value: unknown): void {
  if (Number.isInteger(value) && Number(value) >= low && Number(value) <= high) return;
  throw new UsageError(`Expected integer in ${low}..${high} for --${name} but received ${value}.`);
}

/** Reads a size as people write it: a number, and B, kB, MB, KiB or MiB, in whatever case. */
function bytesOf(text: string): number {
  const units = ['', 'b', 'kb', 'mb', 'kib', 'mib'];
  const bytes = [1, 1, 1e3, 1e6, 2 ** 10, 2 ** 20];
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(text) ?? [];
  const size = Math.floor(Number(number) * (bytes[units.indexOf(unit?.toLowerCase() ?? '')] ?? 0));
  if (size >= 1 && size < 2 ** 32) return size;
  throw new UsageError(`Expected a size such as 120kB for --target-size but received ${text}.`);
}

/** Reads `X,Y,WIDTH,HEIGHT`; whether it lies within the image is seen when that is known. */
function regionOf(text: string): Region {
  const numbers = /^\d+,\d+,\d+,\d+$/.test(text) ? text.split(',').map(Number) : [];
  const [left, top, width, height] = numbers as [number, number, number, number];
  if (numbers.length === 4 && width > 0 && height > 0) return { left, top, width, height };
  throw new UsageError(`Expected X,Y,WIDTH,HEIGHT for --region but received ${text}.`);
}

function exitCodeTable(): string {
  const rows = EXIT_CODES.map(({ exit, meaning }) => `  ${String(exit).padStart(2)}  ${meaning}`);
  return `Exit codes (with several inputs: that of the first failure):\n${rows.join('\n')}`;
}

function version(): string {
  const file = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
