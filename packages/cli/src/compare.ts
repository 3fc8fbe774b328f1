// nacre compare: how much smaller Nacre is than other codecs at the same quality, on the user's images, or a page for
// blind comparisons by people. The measuring, the report and the page are @nacre/compare's.

import {
  CODEC_NAMES,
  type CompareOptions,
  type Comparison,
  checkFree,
  compare as compareCodecs,
  isCodecName,
  METRICS,
  type Metric,
  parseQualities,
  prepareBlindTest,
  summaryOf,
  writeBlindTest,
  writeReport,
} from '@nacre/compare';
import { UsageError } from './exit-codes.js';
import { makeFolder } from './files.js';
import { INTERRUPTS, type Outcome } from './jobs.js';
import type { Report } from './report.js';

/** The arguments of `nacre compare`; lists are as they were typed. */
export interface CompareArguments {
  readonly inputs: readonly string[];
  readonly codecs?: string | undefined;
  readonly qualities?: string | undefined;
  readonly metrics?: string | undefined;
  readonly anchors: readonly string[];
  readonly out: string;
  /** The folder for a page of blind comparisons, instead of the report. */
  readonly blind?: string | undefined;
  /** Whether pages that are not Nacre's may be replaced. */
  readonly force: boolean;
}

/** Measures and writes the report, or prepares a page of blind comparisons. After an interrupt, the next run continues. */
export async function compare(args: CompareArguments, report: Report): Promise<Outcome> {
  const images = args.inputs;
  const codecs = namesIn(args.codecs, CODEC_NAMES, isCodecName, 'codecs');
  const metrics = namesIn(args.metrics, METRICS, isMetric, 'metrics')?.filter(isMetric);
  const qualities = args.qualities === undefined ? undefined : qualitiesIn(args.qualities);
  const overwrite = args.force;
  // Before hours are spent on what is written there.
  await makeFolder(args.blind ?? args.out);
  if (args.blind !== undefined) {
    if (codecs?.length === 1) throw new UsageError('Expected two codecs or more for --blind.');
    if (!overwrite) await checkFree(args.blind, 'blind.html');
    const test = await untilInterrupted(report, (job) =>
      prepareBlindTest({ images, codecs, qualities, ...job }),
    );
    tell(test, report);
    const file = await writeBlindTest(args.blind, test, { overwrite });
    report.line(`Wrote ${file} with ${test.trials.length} comparisons: open it in a browser.`);
    return { result: { comparisons: test.trials.length, leftOut: test.leftOut, files: [file] } };
  }
  if (!overwrite) await checkFree(args.out);
  const { anchors } = args;
  const comparison = await untilInterrupted(report, (job) =>
    compareCodecs({ images, codecs, metrics, qualities, anchors, ...job }),
  );
  tell(comparison, report);
  report.line(summaryLines(comparison).join('\n'));
  const files = await writeReport(args.out, comparison, { overwrite });
  report.line(`Wrote ${files[0]}`);
  return { result: { ...summaryOf(comparison), files } };
}

/** Runs a job with progress. An interrupt ends it as soon as the running tasks are done. */
async function untilInterrupted<T>(
  report: Report,
  run: (job: Required<Pick<CompareOptions, 'signal' | 'onProgress'>>) => Promise<T>,
): Promise<T> {
  const interrupt = new AbortController();
  let signalled: NodeJS.Signals | undefined;
  let done = 0;
  const stop = (signal: NodeJS.Signals): void => {
    signalled = signal;
    report.notice(undefined, 'Finishing the running tasks; press Ctrl-C again to stop at once.');
    interrupt.abort();
  };
  for (const signal of INTERRUPTS) process.once(signal, stop);
  try {
    return await run({
      signal: interrupt.signal,
      onProgress: (progress) => {
        done = progress.done;
        const { total, secondsLeft } = progress;
        if (done === total) return report.progress('writing');
        const left = secondsLeft === undefined ? '' : `, ${duration(secondsLeft)} left`;
        report.progress(`${done} of ${total} done${left}`);
      },
    });
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    report.notice(
      undefined,
      `Stopped with ${done} done and cached: the same command continues from there.`,
    );
    process.kill(process.pid, signalled);
    return await new Promise(() => {}); // the signal ends the process
  } finally {
    for (const signal of INTERRUPTS) process.off(signal, stop);
  }
}

function isMetric(name: string): name is Metric {
  return (METRICS as readonly string[]).includes(name);
}

/** The names in a list; undefined if there is no list. */
function namesIn(
  list: string | undefined,
  names: readonly string[],
  isName: (name: string) => boolean,
  option: string,
): readonly string[] | undefined {
  if (list === undefined) return undefined;
  const chosen = list.split(',');
  const unique = new Set(chosen).size === chosen.length;
  if (unique && chosen.every(isName)) return chosen;
  throw new UsageError(
    `Expected some of ${names.join(',')}, each once, for --${option} but received ${list}.`,
  );
}

function qualitiesIn(list: string): number[] {
  try {
    return parseQualities(list);
  } catch (error) {
    throw new UsageError(`${(error as Error).message}.`);
  }
}

/** A time in the largest unit that is precise enough. */
function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return `${Math.ceil(seconds / 60)} min`;
}

/** Reports what was left out, and what was noticed. */
function tell({ leftOut, notices }: Pick<Comparison, 'leftOut' | 'notices'>, report: Report): void {
  for (const { what, why } of leftOut) report.notice(undefined, `left out ${what}: ${why}`);
  for (const notice of notices) report.notice(undefined, notice);
}

/** The figures of the first codec against the others, and the means of all at the same bytes. */
function summaryLines({
  codecs,
  images,
  metrics,
  differences,
  atRates,
}: Comparison): readonly string[] {
  const first = codecs[0]!.name;
  const count = `${images.length} image${images.length > 1 ? 's' : ''}`;
  const lines = [`BD-rate of ${first} over ${count} (below 0: fewer bits)`];
  for (const metric of metrics) {
    for (const one of differences) {
      if (one.metric !== metric || one.test !== first) continue;
      const figure = one.rate ? `${one.rate.percent.toFixed(2)} %` : `none: ${one.reason}`;
      lines.push(`  ${metric.padEnd(13)}against ${one.anchor.padEnd(10)} ${figure}`);
    }
  }
  lines.push('Means at the same bytes');
  for (const { metric, bpp, values } of atRates) {
    const cells = Object.entries(values).map(([name, value]) => `${name} ${value.toFixed(3)}`);
    if (cells.length > 0) lines.push(`  ${metric.padEnd(13)}${bpp} bpp: ${cells.join(', ')}`);
  }
  return lines;
}
