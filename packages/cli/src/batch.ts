// All jobs of a command: in what order and how many at once, what is said of each, and what is said at the end.

import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { type Device, removeStaleTemporaries } from '@nacre/node';
import { type BatchArguments, beginWork } from './begin-work.js';
import type { Outcome } from './command.js';
import { type Failure, failureOf } from './exit-codes.js';
import { makeFolder } from './files.js';
import { findInputs, type InputArguments, type Skipped, type Wanted } from './inputs.js';
import {
  checkOutputs,
  type Job,
  type OutputArguments,
  planJobs,
  planStream,
  STDIO,
} from './jobs.js';
import type { Report } from './report.js';
import type { Finished, Work, WorkOptions } from './work.js';
import { WorkerFailure, WorkerPool } from './worker-pool.js';

/** What the command line says about all files. */
export interface BatchOptions extends InputArguments, OutputArguments, WorkOptions {
  readonly jobs?: number | undefined;
  readonly maxPixels?: number | undefined;
  readonly model?: string | undefined;
  readonly device: Device;
  readonly threads?: number | undefined;
}

/** What a command does with files, in words and in names. */
export interface Trade {
  readonly wanted: Wanted;
  /** Of the outputs, without the dot. */
  readonly extension: string;
  /** As the summary begins: `Compressed`. */
  readonly past: string;
  /** What is passed over is not: one, and several. */
  readonly nouns: readonly [string, string];
}

/** Memory that a job takes with an image of any size: the networks run on windows. */
const BYTES_PER_JOB = 8e8;

/** So many files are worth the start of another process. */
const FILES_PER_WORKER = 2;

/** Does a command for all its files; one that fails is reported and does not stop the others. */
export async function runBatch(
  args: BatchArguments,
  trade: Trade,
  report: Report,
): Promise<Outcome> {
  checkOutputs(args);
  const skipped: Skipped = { files: 0, links: 0 };
  const inputs = await findInputs(args, trade.wanted, skipped);
  const plan =
    Symbol.asyncIterator in inputs
      ? planStream(inputs, args, trade.extension)
      : planJobs(inputs, args, trade.extension);
  const total = 'length' in plan ? plan.length : undefined;
  if (args.outDir !== undefined) await makeFolder(args.outDir);
  const count = jobsAtOnce(args, total);
  const onNotice = (text: string): void => report.notice(undefined, text);
  const pool = count > 1 ? new WorkerPool(forOneOf(count, args), onNotice) : undefined;
  const work: Work = pool ? (...job) => pool.run(...job) : await beginWork(args, onNotice);
  const batch = new Batch(args, total, work, report);
  await batch.run(plan, count);
  pool?.close();
  report.end();
  tellSkipped(skipped, trade, report);
  if (total !== 1) batch.tellSummary(trade.past);
  return { failure: batch.firstFailure };
}

/** How many files are worked on at once. */
function jobsAtOnce({ jobs, device }: BatchOptions, total: number | undefined): number {
  const useful = total ?? Number.POSITIVE_INFINITY;
  if (jobs !== undefined) return Math.min(jobs, Math.max(1, useful));
  // An accelerator is one for all.
  if (device !== 'cpu') return 1;
  const room = Math.floor((0.8 * process.availableMemory()) / BYTES_PER_JOB);
  return Math.max(1, Math.min(availableParallelism(), room, Math.floor(useful / FILES_PER_WORKER)));
}

/** The arguments of one of several processes. */
function forOneOf(count: number, args: BatchArguments): BatchArguments {
  const threads = args.threads ?? Math.max(1, Math.floor(availableParallelism() / count));
  return { ...args, threads, jobs: count };
}

function tellSkipped({ files, links }: Skipped, { nouns }: Trade, report: Report): void {
  if (files > 0) {
    const what = files === 1 ? `file that is not ${nouns[0]}` : `files that are not ${nouns[1]}`;
    report.notice(undefined, `Skipped ${files} ${what}.`);
  }
  if (links > 0) {
    report.notice(undefined, `Skipped ${links} ${links === 1 ? 'link' : 'links'} to folders.`);
  }
}

/** One run over jobs: how far it is, and what it has to say. */
class Batch {
  readonly #args: BatchArguments;
  readonly #total: number | undefined;
  readonly #work: Work;
  readonly #report: Report;
  readonly #started = performance.now();
  readonly #tooLarge: Job[] = [];
  readonly #outputs = new Set<string>();
  readonly #folders = new Map<string, Promise<void>>();
  #begun = 0;
  #done = 0;
  #skipped = 0;
  #failed = 0;
  #inputBytes = 0;
  #outputBytes = 0;
  firstFailure: Failure | undefined;

  constructor(args: BatchArguments, total: number | undefined, work: Work, report: Report) {
    this.#args = args;
    this.#total = total;
    this.#work = work;
    this.#report = report;
  }

  /** Does all jobs, some at once; and then, one by one, those that were too large to be done beside others. */
  async run(plan: Iterable<Job> | AsyncIterable<Job>, atOnce: number): Promise<void> {
    const jobs =
      Symbol.asyncIterator in plan ? plan[Symbol.asyncIterator]() : plan[Symbol.iterator]();
    const lane = async (): Promise<void> => {
      for (let next = await jobs.next(); !next.done; next = await jobs.next()) {
        await this.#do(next.value, atOnce === 1);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
    for (const job of this.#tooLarge) await this.#do(job, true);
    if (this.#total !== 1) await Promise.all([...this.#folders.keys()].map(removeStaleTemporaries));
  }

  async #do(job: Job, alone: boolean): Promise<void> {
    const { input, output } = job;
    const notices: string[] = [];
    this.#begun += 1;
    const label = this.#label(input, alone);
    const hooks = {
      notice: (text: string) => {
        notices.push(text);
        this.#report.notice(input, text);
      },
      detail: (text: string) => this.#report.detail(input, text),
      progress: (fraction: number) => this.#report.progress(label(fraction)),
    };
    const tell = (status: string, failure: Failure | undefined, facts: object): void => {
      const { command } = this.#args;
      const exitCode = failure?.exit ?? 0;
      const error = failure && { code: failure.code, message: failure.message };
      this.#report.object({ command, input, output, status, exitCode, error, ...facts, notices });
    };
    try {
      await this.#prepare(job);
      const finished = await this.#work(job, hooks, alone);
      this.#count(finished);
      const { status, summary, facts, failure } = finished;
      if (status === 'done') this.#report.line(`${input} → ${output}  ${summary}`);
      else this.#report.detail(input, `skipped, as ${output} ${summary}`);
      if (failure) this.#fail(input, failure);
      tell(status, failure, facts);
    } catch (error) {
      const failure = error instanceof WorkerFailure ? error.failure : failureOf(error, input);
      if (failure.code === 'IMAGE_TOO_LARGE' && !alone && this.#args.maxPixels === undefined) {
        this.#tooLarge.push(job);
        return;
      }
      this.#failed += 1;
      this.#fail(input, failure);
      tell('failed', failure, {});
    }
    if (this.#total !== 1) this.#report.progress(this.#counts());
  }

  /** Makes the folder of an output, and refuses one that has been written in this run. */
  async #prepare({ output }: Job): Promise<void> {
    if (output === STDIO) return;
    if (this.#total === undefined) {
      // Elsewhere the plan has seen to it.
      if (this.#outputs.has(output)) {
        throw Object.assign(
          new Error(`${output} is the output of an earlier input: convert this one apart.`),
          {
            code: 'OUTPUT_EXISTS',
          },
        );
      }
      this.#outputs.add(output);
    }
    const folder = dirname(output);
    const known = this.#folders.get(folder) ?? this.#prepareFolder(folder);
    this.#folders.set(folder, known);
    await known;
  }

  async #prepareFolder(folder: string): Promise<void> {
    if (this.#args.outDir !== undefined) await makeFolder(folder);
    if (this.#total !== 1) await removeStaleTemporaries(folder);
  }

  #count({ status, inputBytes, outputBytes }: Finished): void {
    if (status === 'skipped') this.#skipped += 1;
    else this.#done += 1;
    this.#inputBytes += inputBytes;
    this.#outputBytes += outputBytes;
  }

  #fail(input: string, failure: Failure): void {
    this.firstFailure ??= failure;
    this.#report.failure(input, failure);
  }

  /** What the progress line says of one file. */
  #label(input: string, alone: boolean): (fraction: number) => string {
    const place = this.#total === 1 ? '' : `[${this.#begun}/${this.#total ?? '?'}] `;
    return (fraction) =>
      alone ? `${place}${input}: ${Math.round(100 * fraction)} %` : this.#counts();
  }

  #counts(): string {
    const ready = this.#done + this.#skipped + this.#failed;
    const failed = this.#failed > 0 ? `, ${this.#failed} failed` : '';
    if (this.#total === undefined) return `${ready} files${failed}`;
    const worked = this.#done + this.#failed;
    const seconds = (performance.now() - this.#started) / 1000;
    const left = worked === 0 ? undefined : (seconds / worked) * (this.#total - ready);
    const time = left === undefined ? '' : `, ${duration(left)} left`;
    return `${ready} of ${this.#total} files${failed}${time}`;
  }

  /** What is said at the end of several files. */
  tellSummary(past: string): void {
    const parts = [`${past} ${this.#done} ${this.#done === 1 ? 'file' : 'files'}`];
    if (this.#done > 0) {
      const [before, after] = [this.#inputBytes, this.#outputBytes];
      parts[0] += `: ${size(before)} → ${size(after)} (${change(before, after)})`;
    }
    if (this.#skipped > 0) parts.push(`skipped ${this.#skipped}`);
    if (this.#failed > 0) parts.push(`failed ${this.#failed}`);
    const text = `${parts.join('; ')}.`;
    if (this.#report.isJson) this.#report.notice(undefined, text);
    else this.#report.line(text);
  }
}

/** How much larger or smaller one size is than another. */
export function change(before: number, after: number): string {
  const percent = (100 * (after - before)) / Math.max(1, before);
  return `${percent > 0 ? '+' : '−'}${Math.abs(percent).toFixed(Math.abs(percent) < 10 ? 1 : 0)} %`;
}

/** A time in the largest unit that says enough. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

function size(bytes: number): string {
  if (bytes < 1e4) return `${bytes} B`;
  if (bytes < 1e7) return `${Math.round(bytes / 1e3)} kB`;
  return bytes < 1e10 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
