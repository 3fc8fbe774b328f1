// model.json: what is refused; the hash's JSON; and how a model loads and runs its networks.
import { describe, expect, test } from 'vitest';
import { FakeRuntime, fakeModel, fakeModelJson } from '../testing/fake-model.js';
import { canonicalJson } from './canonical-json.js';
import { ModelError } from './errors.js';
import { Model } from './model.js';
import { getMargin, parseModel } from './model-description.js';
import type { Runtime, Tensor } from './runtime.js';

describe('parseModel', () => {
  test('gives back a good description as it is, with what it does not know', () => {
    const json = fakeModelJson();
    json.bitstream.later = { x: 1 };
    expect(parseModel(json)).toBe(json);
  });

  test('takes a halo, which may be missing, and a smaller margin in its place', () => {
    const json = fakeModelJson();
    json.bitstream.halo = 128;
    expect(getMargin(parseModel(json))).toBe(2);
    json.margin = 64;
    expect(getMargin(parseModel(json))).toBe(1);
    delete json.margin;
    delete json.bitstream.halo;
    expect(getMargin(parseModel(json))).toBeUndefined();
  });

  // biome-ignore lint/suspicious/noExplicitAny: it is broken in every way.
  const breakings: readonly [string, (json: any) => void][] = [
    ['format', (json) => (json.format = 1)],
    ['format', (json) => (json.format = 3)],
    ['id', (json) => (json.id = '')],
    ['name', (json) => (json.name = 5)],
    ['license', (json) => delete json.license],
    ['bitstream', (json) => (json.bitstream = [])],
    ['bitstream.levels', (json) => (json.bitstream.levels = 257)],
    ['bitstream.latentChannels', (json) => (json.bitstream.latentChannels = 0)],
    ['bitstream.hyperChannels', (json) => (json.bitstream.hyperChannels = 1.5)],
    ['bitstream.latentStride', (json) => (json.bitstream.latentStride = 8)],
    ['bitstream.hyperStride', (json) => (json.bitstream.hyperStride = 32)],
    ['bitstream.tables', (json) => delete json.bitstream.tables],
    ['bitstream.tables.precision', (json) => (json.bitstream.tables.precision = 15)],
    ['frequencies', (json) => delete json.bitstream.tables.frequencies],
    ['frequencies[3]', (json) => json.bitstream.tables.frequencies[3].pop()],
    ['frequencies[0]', (json) => (json.bitstream.tables.frequencies[0][0] = 0)],
    ['bitstream.hyperTables', (json) => (json.bitstream.hyperTables = 'abc')],
    ['bitstream.hyperTables', (json) => (json.bitstream.hyperTables = 'AAAA')],
    ['bitstream.hyperTables', (json) => (json.bitstream.levels = 99)],
    ['bitstream.hyperTables', (json) => json.bitstream.tables.frequencies.splice(40)],
    ['bitstream.halo', (json) => (json.bitstream.halo = 0)],
    ['bitstream.halo', (json) => (json.bitstream.halo = 96)],
    ['bitstream.halo', (json) => (json.bitstream.halo = 8192)],
    ['bitstream.halo', (json) => (json.bitstream.halo = '128')],
    ['margin', (json) => (json.margin = 0)],
    ['margin', (json) => (json.margin = 32)],
    ['margin', (json) => (json.margin = 128)],
    ['bitstream.graphs', (json) => delete json.bitstream.graphs],
    ['bitstream.graphs.scales', (json) => delete json.bitstream.graphs.scales],
    ['encoder.graphs.means', (json) => delete json.encoder.graphs.means],
    ['preview', (json) => (json.preview = 'preview.onnx')],
    ['preview.sha256', (json) => delete json.preview.sha256],
    ['encoder', (json) => delete json.encoder],
    ['scales.file', (json) => (json.bitstream.graphs.scales.file = '../scales.onnx')],
    ['scales.file', (json) => (json.bitstream.graphs.scales.file = '..')],
    ['scales.file', (json) => (json.bitstream.graphs.scales.file = 'a\\b')],
    ['scales.sha256', (json) => (json.bitstream.graphs.scales.sha256 = 'AB')],
    ['scales.bytes', (json) => (json.bitstream.graphs.scales.bytes = -1)],
    ['rates', (json) => delete json.rates],
    ['training', (json) => delete json.training],
    ['bitstream cannot be hashed', (json) => (json.bitstream.extra = 0.5)],
  ];
  test.each(breakings)('refuses a wrong %s', (name, breakIt) => {
    const json = fakeModelJson();
    breakIt(json);
    let caught: unknown;
    try {
      parseModel(json);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(ModelError);
    expect(caught).toMatchObject({ code: 'BAD_MODEL', name: 'ModelError' });
    expect((caught as Error).message).toContain(name);
    expect((caught as Error).message).toMatch(/^model\.json: .*\.$/);
  });

  test.each([null, [], 'x', 3])('refuses %j', (json) => {
    expect(() => parseModel(json)).toThrow(ModelError);
  });
});

describe('canonicalJson', () => {
  test('sorts keys at every depth and puts no space', () => {
    // JSON's shortest escapes and no others: FORMAT.md, Model.
    expect(canonicalJson('\u0001\b\t\n\f\r\u001f\u007f"\\/é\u2028😀')).toBe(
      '"\\u0001\\b\\t\\n\\f\\r\\u001f\u007f\\"\\\\/é\u2028😀"',
    );
    const value = { b: [3, { z: null, a: true }], B: -1, '10': 'ü"\n', '9': {} };
    expect(canonicalJson(value)).toBe('{"10":"ü\\"\\n","9":{},"B":-1,"b":[3,{"a":true,"z":null}]}');
  });

  test('refuses what languages print differently, or not at all', () => {
    for (const value of [0.5, 1e21, Number.NaN, undefined, () => 0]) {
      expect(() => canonicalJson({ value })).toThrow(TypeError);
    }
  });
});

describe('Model', () => {
  test('takes its tables of hyper-latents by level', () => {
    const model = fakeModel();
    expect([...model.getHyperTableRows(0)]).toEqual([20, 21]);
    expect([...model.getHyperTableRows(14)]).toEqual([48, 49]);
    expect([...model.getHyperTableRows(99)]).toEqual([20 + (198 % 30), 20 + (199 % 30)]);
  });

  test('spreads its levels over the qualities', () => {
    expect([1, 2, 50, 100].map((quality) => fakeModel().toLevel(quality))).toEqual([0, 1, 49, 99]);
    const json = fakeModelJson();
    json.bitstream.levels = 2;
    json.bitstream.hyperTables = 'AAAAAA==';
    const model = new Model(parseModel(json), new Uint8Array(32), new FakeRuntime(), async () =>
      Promise.reject(new Error('not read')),
    );
    expect([1, 50, 51, 100].map((quality) => model.toLevel(quality))).toEqual([0, 0, 1, 1]);
  });

  test('loads each network once, when it is needed, and only the scales exactly', async () => {
    const runtime = new FakeRuntime();
    const model = fakeModel(runtime);
    expect(runtime.loaded).toEqual([]);
    const [one, two] = await Promise.all([model.loadGraph('scales'), model.loadGraph('scales')]);
    expect(one).toBe(two);
    await model.loadGraph('synthesis');
    expect(runtime.loaded).toEqual([
      { name: 'scales', exact: true },
      { name: 'synthesis', exact: false },
    ]);
  });

  test('a preview comes with the file of the synthesis, whose weights it has', async () => {
    const runtime = new FakeRuntime();
    await fakeModel(runtime).loadGraph('preview');
    expect(runtime.loaded).toEqual([{ name: 'preview', exact: false }]);
    expect(runtime.external).toEqual(['synthesis.onnx']);
    const json = fakeModelJson();
    delete json.preview;
    const model = new Model(
      parseModel(json),
      new Uint8Array(32),
      runtime,
      async () => new Uint8Array(),
    );
    await expect(model.loadGraph('preview')).rejects.toThrow(
      'fake makes no previews: ask for scale 1',
    );
  });

  test('tries again after a failure, and after a release', async () => {
    const runtime = new FakeRuntime();
    let fail = true;
    const model = new Model(parseModel(fakeModelJson()), new Uint8Array(32), runtime, async () => {
      if (fail) throw new Error('no such file');
      return Uint8Array.from('means', (c) => c.charCodeAt(0));
    });
    await expect(model.loadGraph('means')).rejects.toThrow('no such file');
    fail = false;
    await model.loadGraph('means');
    await model.release();
    expect(runtime.released).toBe(1);
    await model.loadGraph('means');
    expect(runtime.loaded.length).toBe(2);
  });

  test('a release waits for what runs, and the next run loads again', async () => {
    const steps: string[] = [];
    let finish: (value: Record<string, Tensor>) => void = () => {};
    const runtime: Runtime = {
      device: 'slow',
      async load() {
        steps.push('load');
        return {
          run: () => {
            steps.push('run');
            return new Promise((resolve) => {
              finish = resolve;
            });
          },
          release: async () => {
            steps.push('release');
          },
        };
      },
    };
    const model = fakeModel(runtime);
    const outputs = { y: { data: new Float32Array(4), dims: [1, 4, 1, 1] } };
    const shapes = { y: [1, 4, 1, 1] };
    // Before its network is even loaded, and while it runs.
    const first = model.run('analysis', {}, shapes);
    const early = model.release();
    await new Promise((resolve) => setImmediate(resolve));
    expect(steps).toEqual(['load', 'run']);
    finish(outputs);
    await expect(first).resolves.toBeDefined();
    await early;
    expect(steps).toEqual(['load', 'run', 'release']);
    // A run that begins while a release waits for another is not held up by it.
    const second = model.run('analysis', {}, shapes);
    await new Promise((resolve) => setImmediate(resolve));
    const finishSecond = finish;
    const late = model.release();
    const third = model.run('analysis', {}, shapes);
    await new Promise((resolve) => setImmediate(resolve));
    finish(outputs);
    await expect(third).resolves.toBeDefined();
    expect(steps.filter((step) => step === 'release')).toHaveLength(1);
    finishSecond(outputs);
    await Promise.all([second, late]);
    expect(steps.slice(3)).toEqual(['load', 'run', 'load', 'run', 'release']);
  });

  test('a release while a run fails still frees the network', async () => {
    const runtime = new FakeRuntime({
      analysis: () => {
        throw new Error('out of order');
      },
    });
    const model = fakeModel(runtime);
    const running = model.run('analysis', {}, { y: [1] });
    await Promise.all([expect(running).rejects.toThrow('out of order'), model.release()]);
    expect(runtime.released).toBe(1);
  });

  test.each([
    ['missing', {}],
    ['of another shape', { y: { data: new Float32Array(4), dims: [1, 4, 1, 1] } }],
    ['of the wrong length', { y: { data: new Float32Array(5), dims: [1, 4, 1, 2] } }],
    ['integers', { y: { data: new Int32Array(8), dims: [1, 4, 1, 2] } }],
  ])('refuses an output that is %s', async (_, outputs) => {
    const model = fakeModel(new FakeRuntime({ analysis: () => outputs }));
    const running = model.run('analysis', {}, { y: [1, 4, 1, 2] });
    await expect(running).rejects.toThrow(ModelError);
    await expect(running).rejects.toThrow('analysis gives no float32 y of 1×4×1×2');
  });

  test('wants a whole hash', () => {
    const build = () =>
      new Model(parseModel(fakeModelJson()), new Uint8Array(8), new FakeRuntime(), async () =>
        Uint8Array.of(),
      );
    expect(build).toThrow(RangeError);
  });
});
