// Everything the nacre command says: results on stdout, notices, errors and progress on stderr, and
// with --json exactly one object on stdout. It decides nothing.

import type { Failure } from './exit-codes.js';

/** Where results may go, and how. */
export interface ReportOptions {
  /** One JSON object at the end instead of lines. */
  readonly json: boolean;
  /** Whether stdout carries a file, so that not a word may be said there. */
  readonly stdoutIsData: boolean;
}

/** The command's voice; one for the whole run. */
export class Report {
  readonly #options: ReportOptions;
  #progressShown = false;

  constructor(options: ReportOptions) {
    this.#options = options;
  }

  /** A line of the result, for people. */
  line(text: string): void {
    this.#clearProgress();
    if (!this.#options.json && !this.#options.stdoutIsData) process.stdout.write(`${text}\n`);
  }

  /** Something worth knowing about a file, or about the run as a whole if `name` is undefined. */
  notice(name: string | undefined, text: string): void {
    this.#stderr(name, text);
  }

  /** Why a file, or the run as a whole, failed. */
  failure(name: string | undefined, { message }: Failure): void {
    this.#stderr(name, message);
  }

  /** A line on the terminal that the next line replaces; nothing where stderr is no terminal. */
  progress(text: string): void {
    if (!process.stderr.isTTY) return;
    const line = text.slice(0, (process.stderr.columns || 80) - 1);
    process.stderr.write(`\r\u001b[K${line}`);
    this.#progressShown = true;
  }

  /** Ends the run: removes the progress line, and with --json prints the object. */
  end(result: Readonly<Record<string, unknown>>): void {
    this.#clearProgress();
    if (this.#options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
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
