// Everything the nacre command says: results on stdout; notices, errors and progress on stderr; with --json one
// object per line on stdout. It decides nothing.

import type { Failure } from './exit-codes.js';

/** Where results may go, and how. */
export interface ReportOptions {
  /** JSON on stdout instead of lines. */
  readonly json: boolean;
  /** Whether stdout carries a file, so that nothing else may be written there. */
  readonly stdoutIsData: boolean;
  /** Whether details are wanted. */
  readonly verbose?: boolean | undefined;
}

/** The command's voice; one for the whole run. */
export class Report {
  readonly #options: ReportOptions;
  #progressShown = false;

  constructor(options: ReportOptions) {
    this.#options = options;
  }

  /** Whether results are JSON. */
  get isJson(): boolean {
    return this.#options.json;
  }

  /** A line of the result, for people. */
  line(text: string): void {
    if (!this.#options.json && !this.#options.stdoutIsData) this.#stdout(`${text}\n`);
  }

  /** A result, for programs. */
  object(result: Readonly<Record<string, unknown>>): void {
    if (this.#options.json) this.#stdout(`${JSON.stringify(result)}\n`);
  }

  /** Something worth knowing about a file, or about the run as a whole if `name` is undefined. */
  notice(name: string | undefined, text: string): void {
    this.#stderr(name, text);
  }

  /** Something that only those who ask want to know. */
  detail(name: string | undefined, text: string): void {
    if (this.#options.verbose) this.#stderr(name, text);
  }

  /** Why a file, or the run as a whole, failed. */
  failure(name: string | undefined, { message }: Failure): void {
    this.#stderr(name, message);
  }

  /** A line on the terminal that the next one replaces; nothing if stderr is not a terminal. */
  progress(text: string): void {
    if (!process.stderr.isTTY) return;
    const line = text.slice(0, (process.stderr.columns || 80) - 1);
    process.stderr.write(`\r\u001b[K${line}`);
    this.#progressShown = true;
  }

  /** Ends the run: removes the progress line. */
  end(): void {
    this.#clearProgress();
  }

  #stdout(text: string): void {
    this.#clearProgress();
    process.stdout.write(text);
  }

  #stderr(name: string | undefined, text: string): void {
    this.#clearProgress();
    process.stderr.write(`nacre: ${name === undefined ? '' : `${name}: `}${text}\n`);
  }

  #clearProgress(): void {
    if (this.#progressShown) process.stderr.write('\r\u001b[K');
    this.#progressShown = false;
  }
}
