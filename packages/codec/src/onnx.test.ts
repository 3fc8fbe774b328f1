// The adapter to ONNX Runtime, over a made-up one: which providers and options it asks for, and what it makes of
// results and failures.
import { expect, test } from 'vitest';
import { ModelError, TooLargeError } from './errors.js';
import { describeReason, OnnxRuntime, type Ort, probeProvider } from './onnx.js';

/** A session as the adapter sees it. */
interface FakeSession {
  run(feeds: Record<string, { data: ArrayLike<number> }>): Promise<unknown>;
  release(): Promise<void>;
}

/** An ONNX Runtime whose only network computes Relu, and what was asked of it. */
function fakeOrt(run?: FakeSession['run']) {
  const asked: Record<string, unknown>[] = [];
  class Tensor {
    constructor(
      readonly type: string,
      readonly data: ArrayLike<number>,
      readonly dims: readonly number[] = [],
    ) {}
  }
  const session: FakeSession = {
    run:
      run ??
      (async ({ x }) => ({
        y: { data: Float32Array.from(x!.data, (value) => Math.max(0, value)), dims: [1] },
      })),
    release: async () => {},
  };
  const create = async (_: Uint8Array, options: Record<string, unknown>) => {
    asked.push(options);
    return session;
  };
  // biome-ignore lint/suspicious/noExplicitAny: as much of ONNX Runtime as the adapter uses.
  const ort: Ort = { InferenceSession: { create } as any, Tensor: Tensor as any };
  return { ort, asked };
}

const X = { x: { data: Float32Array.of(-3), dims: [1] } };

test('exact networks run on their own provider, all with the same options', async () => {
  const { ort, asked } = fakeOrt();
  const runtime = new OnnxRuntime('webgpu', {
    start: async () => ort,
    providers: ['webgpu', 'wasm'],
    exactProvider: 'wasm',
    sessionOptions: { intraOpNumThreads: 2 },
  });
  expect(runtime.device).toBe('webgpu');
  const graph = await runtime.load(new Uint8Array(), { exact: false });
  expect(await graph.run(X)).toEqual({ y: { data: Float32Array.of(0), dims: [1] } });
  await runtime.load(new Uint8Array(), { exact: true });
  expect(asked.map(({ executionProviders }) => executionProviders)).toEqual([
    ['webgpu', 'wasm'],
    ['wasm'],
  ]);
  for (const options of asked) {
    expect(options).toMatchObject({ intraOpNumThreads: 2, enableMemPattern: false });
  }
});

test('every call of a session goes through the schedule', async () => {
  const { ort } = fakeOrt();
  let calls = 0;
  const runtime = new OnnxRuntime('wasm', {
    start: async () => ort,
    providers: ['wasm'],
    exactProvider: 'wasm',
    schedule: async (call) => {
      calls += 1;
      return await call();
    },
  });
  const graph = await runtime.load(new Uint8Array(), { exact: false });
  await graph.run(X);
  await graph.release();
  expect(calls).toBe(3);
});

test.each([
  ['a lack of memory', new Error('std::bad_alloc'), TooLargeError],
  ['anything else', new Error('no such operator'), Error],
])('%s is reported as what it is', async (_, failure, Class) => {
  const { ort } = fakeOrt(() => Promise.reject(failure));
  const start = async () => ort;
  const runtime = new OnnxRuntime('cpu', { start, providers: ['cpu'], exactProvider: 'cpu' });
  const graph = await runtime.load(new Uint8Array(), { exact: false });
  await expect(graph.run(X)).rejects.toBeInstanceOf(Class);
});

test('numbers of another type are refused', async () => {
  const { ort } = fakeOrt(async () => ({ y: { data: new BigInt64Array(1), dims: [1] } }));
  const start = async () => ort;
  const runtime = new OnnxRuntime('cpu', { start, providers: ['cpu'], exactProvider: 'cpu' });
  const graph = await runtime.load(new Uint8Array(), { exact: false });
  await expect(graph.run(X)).rejects.toThrow(ModelError);
});

test('the probe tells a device that works from others', async () => {
  expect(await probeProvider(fakeOrt().ort, 'cuda')).toBeUndefined();
  const wrong = fakeOrt(async () => ({ y: { data: Float32Array.of(3), dims: [1] } }));
  expect(await probeProvider(wrong.ort, 'cuda')).toBe('it computes wrong numbers');
  const broken = fakeOrt(() => Promise.reject(new Error('ok was false. No device.\nStack')));
  expect(await probeProvider(broken.ort, 'cuda')).toBe('No device');
  expect(describeReason('a text.')).toBe('a text');
});
