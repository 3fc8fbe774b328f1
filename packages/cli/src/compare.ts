// nacre compare: how much smaller Nacre is than other codecs at the same quality, on images of the
// user's. The measuring, and the report, are @nacre/compare's.

import {
  CODEC_NAMES,
  type Comparison,
  compare as compareCodecs,
  METRICS,
  parseQualities,
  summaryOf,
  writeReport,
} from '@nacre/compare';
import { UsageError } from './exit-codes.js';
import { INTERRUPTS, type Outcome } from './jobs.js';
import type { Report } from './report.js';
import { prepareReportFolder } from './report-folder.js';

/** The arguments of `nacre compare`; lists are as they were typed. */
export interface CompareArguments {
  readonly inputs: readonly string[];
  readonly codecs: string;
  readonly qualities?: string | undefined;
  readonly metrics: string;
  readonly anchors: readonly string[];
  readonly out: string;
  /** Whether a page that is not a report may be replaced. */
  readonly force: boolean;
  readonly model?: string | undefined;
}

/** Measures, and writes the report. An interrupt ends it where the next run goes on. */
export async function compare(args: CompareArguments, report: Report): Promise<Outcome> {
  const codecs = namesIn(args.codecs, CODEC_NAMES, 'codecs');
  const metrics = namesIn(args.metrics, METRICS, 'metrics');
  const qualities = args.qualities === undefined ? undefined : qualitiesIn(args.qualities);
  await prepareReportFolder(args.out, args.force);
  const interrupt = new AbortController();
  let signalled: NodeJS.Signals | undefined;
  let done = 0;
  const stop = (signal: NodeJS.Signals): void => {
    signalled = signal;
    report.notice(undefined, 'Finishing what is under way; once more ends it at once.');
    interrupt.abort();
  };
  for (const signal of INTERRUPTS) process.once(signal, stop);
  let comparison: Comparison;
  try {
    comparison = await compareCodecs({
      images: args.inputs,
      codecs,
      metrics,
      qualities,
      anchors: args.anchors,
      model: args.model,
      signal: interrupt.signal,
      onProgress: (progress) => {
        done = progress.done;
        const { total, secondsLeft } = progress;
        if (done === total) return report.progress('writing the report');
        const left = secondsLeft === undefined ? '' : `, ${duration(secondsLeft)} left`;
        report.progress(`${done} of ${total} measured${left}`);
      },
    });
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    report.notice(undefined, `Stopped with ${done} measured and kept: the same command goes on.`);
    process.kill(process.pid, signalled);
    return await new Promise(() => {}); // the signal ends the process
  } finally {
    for (const signal of INTERRUPTS) process.off(signal, stop);
  }
  tell(comparison, report);
  const files = await writeReport(args.out, comparison);
  report.line(`Wrote ${files[0]}`);
  return { result: { ...summaryOf(comparison), files } };
}

function namesIn<Name extends string>(
  list: string,
  names: readonly Name[],
  option: string,
): readonly Name[] {
  const chosen = list.split(',') as Name[];
  const wrong = chosen.find((name, i) => !names.includes(name) || chosen.indexOf(name) < i);
  if (wrong === undefined) return chosen;
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

/** A time in the largest unit that says enough. */
function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return `${Math.ceil(seconds / 60)} min`;
}

/** What was left out, and how the first codec does against the others. */
function tell(comparison: Comparison, report: Report): void {
  const { codecs, images, metrics, differences, leftOut, notices } = comparison;
  for (const { what, why } of leftOut) report.notice(undefined, `left out ${what}: ${why}`);
  for (const notice of notices) report.notice(undefined, notice);
  const first = codecs[0]!.name;
  const count = `${images.length} image${images.length > 1 ? 's' : ''}`;
  report.line(`BD-rate of ${first} over ${count} (below 0: fewer bits)`);
  for (const metric of metrics) {
    for (const one of differences) {
      if (one.metric !== metric || one.test !== first) continue;
      const figure = one.rate ? `${one.rate.percent.toFixed(2)} %` : `none: ${one.reason}`;
      report.line(`  ${metric.padEnd(12)}against ${one.anchor.padEnd(10)} ${figure}`);
    }
  }
}
