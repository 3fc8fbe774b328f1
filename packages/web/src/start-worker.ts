// Starts Nacre's worker, from wherever its script is, and finds out why it does not start. What is said to
// it is client.ts's business.

import { checkFunction, DeviceError, expectedButReceived } from '@nacre/codec/internal';
import { type FetchFailure, fetchResponse } from './fetch-failure.js';

/**
 * Where the worker comes from: the address of its script, relative to the page and on any site that allows
 * it (CORS); or a function that starts it, for bundlers and policies that need to see `new Worker`.
 */
export type WorkerSource = string | URL | (() => Worker);

/** What bundlers find by themselves; scripts that no bundler sees name another. */
let defaultSource: WorkerSource = () =>
  new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'nacre' });

/** Sets what is taken where nobody says otherwise. */
export function setDefaultWorker(source: WorkerSource): void {
  defaultSource = source;
}

/**
 * Asserts that an argument says where the worker comes from.
 *
 * @throws TypeError if it does not.
 */
export function checkWorkerSource(value: unknown, name: string): void {
  if (typeof value === 'string' || value instanceof URL) return;
  if (typeof value !== 'function') {
    throw new TypeError(expectedButReceived('address or function', name, value));
  }
  checkFunction(value, name);
}

/** A worker that has been started, and how to find out why it failed. */
export interface StartedWorker {
  readonly worker: Worker;
  /** The error to give those who wait for a worker that has failed with such a message, if any. */
  readonly whyFailed: (message: string | undefined) => Promise<DeviceError>;
}

/**
 * Starts the worker.
 *
 * @throws {@link DeviceError} if the browser refuses at once; most failures come later, as an `error` event.
 */
export function startWorker(source: WorkerSource = defaultSource): StartedWorker {
  const address = typeof source === 'function' ? undefined : absolute(source);
  const policy = watchPolicy();
  try {
    const worker = typeof source === 'function' ? source() : workerAt(address!);
    return { worker, whyFailed: (message) => whyFailed(address, message, policy) };
  } catch (cause) {
    const { message } = cause as Error;
    const remedy = /Trusted/.test(message)
      ? "allow the policy nacre (trusted-types nacre), or give configure() a function that starts the worker by your site's own policy"
      : 'serve its script from the site of the page, or name its address with configure({ worker })';
    throw failure(message.trim().replace(/\.$/, ''), remedy, cause);
  }
}

function workerAt(address: string): Worker {
  const options: WorkerOptions = { type: 'module', name: 'nacre' };
  if (new URL(address).origin === location.origin) return new Worker(trusted(address), options);
  // Workers start from scripts of the page's own site only; such a script may import from others.
  const script = `import ${JSON.stringify(address)};`;
  const local = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  const worker = new Worker(trusted(local), options);
  // The browser fetches it later, but holds the blob from here on.
  setTimeout(() => URL.revokeObjectURL(local), 60_000);
  return worker;
}

/** As much as is used of the API that pages with `require-trusted-types-for 'script'` ask for. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): string };
}

let policyForScripts: ReturnType<TrustedTypes['createPolicy']> | undefined;

/** An address as pages with Trusted Types accept it. */
function trusted(address: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  policyForScripts ??= trustedTypes?.createPolicy('nacre', { createScriptURL: (url) => url });
  return policyForScripts?.createScriptURL(address) ?? address;
}

async function whyFailed(
  address: string | undefined,
  message: string | undefined,
  violations: PolicyWatch,
): Promise<DeviceError> {
  // An error with a message comes from the script; without one, there is no script.
  if (message) {
    return failure(message, 'reload the page, and report this if it happens again');
  }
  await new Promise((later) => setTimeout(later));
  if (violations.blocked) {
    return failure(
      "the page's Content Security Policy blocks it",
      "add 'self', and blob: if its script is on another site, to worker-src",
    );
  }
  if (address === undefined) {
    return failure(
      'its script cannot be loaded',
      "check in the browser's network panel that it is there, served as text/javascript and, on a " +
        'page with Cross-Origin-Embedder-Policy, with that header too',
    );
  }
  try {
    const { headers } = await fetchResponse(address);
    const type = headers.get('Content-Type') ?? 'no type';
    if (!/javascript/.test(type)) {
      return failure(`${address} is served as ${type}`, 'serve it as text/javascript');
    }
    const policy = headers.get('Cross-Origin-Embedder-Policy') ?? '';
    if (globalThis.crossOriginIsolated && !/^(require-corp|credentialless)/.test(policy)) {
      return failure(
        `${address} is served without Cross-Origin-Embedder-Policy`,
        'serve it with the same header as the page',
      );
    }
    return failure(`${address} cannot be loaded`, 'check that all files beside it are there');
  } catch (error) {
    const { message, remedy } = error as FetchFailure;
    return failure(`${address} cannot be fetched: ${message}`, remedy, error);
  }
}

function failure(reason: string, remedy: string, cause?: unknown): DeviceError {
  return new DeviceError(`Nacre's worker cannot start (${reason}): ${remedy}.`, { cause });
}

interface PolicyWatch {
  readonly blocked: boolean;
}

/** Notices when a Content Security Policy blocks a worker, for as long as the page lives. */
function watchPolicy(): PolicyWatch {
  watching ??= (() => {
    const state = { blocked: false };
    globalThis.document?.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
      if (effectiveDirective === 'worker-src') state.blocked = true;
    });
    return state;
  })();
  return watching;
}

let watching: PolicyWatch | undefined;

function absolute(address: string | URL): string {
  const base = globalThis.document?.baseURI ?? globalThis.location?.href;
  if (URL.canParse(address, base)) return new URL(address, base).href;
  throw new TypeError(expectedButReceived('address', 'worker', address));
}
