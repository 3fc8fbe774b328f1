// Loading models, and refusing folders whose files are not what model.json says.

import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode, encode, type Runtime } from '@nacre/codec';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadModel, loadModelFor } from './model.js';
import { listModels, readModelFolder } from './model-folders.js';
import { createRuntime } from './runtime.js';

const TINY = fileURLToPath(new URL('../../../test/fixtures/tiny', import.meta.url));
const PIXELS = { width: 5, height: 3, channels: 3 as const, data: new Uint8Array(45).fill(90) };

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'nacre-model-')), 'tiny');
  await cp(TINY, folder, { recursive: true });
});
afterEach(async () => {
  await rm(join(folder, '..'), { recursive: true });
});

/** Rewrites model.json of the copied folder. */
async function edit(change: (json: { bitstream: Record<string, unknown> }) => void): Promise<void> {
  const path = join(folder, 'model.json');
  const json = JSON.parse(await readFile(path, 'utf8'));
  change(json);
  await writeFile(path, JSON.stringify(json));
}

describe('loadModel', () => {
  test('loads a folder once for each device and threads', async () => {
    const model = await loadModel({ model: folder });
    expect(model.description.id).toBe('tiny');
    expect(model.runtime.device).toBe('cpu');
    expect(await loadModel({ model: `${folder}/.` })).toBe(model);
    expect(await loadModel({ model: folder, threads: 1 })).not.toBe(model);
    const [one, two] = await Promise.all([
      loadModel({ model: folder, threads: 2 }),
      loadModel({ model: folder, threads: 2 }),
    ]);
    expect(one).toBe(two);
  });

  test('runs on a runtime of your own, once for each', async () => {
    const runtime = await createRuntime({ threads: 1 });
    const loads: boolean[] = [];
    const own = {
      device: 'mine',
      load: async (...args: Parameters<typeof runtime.load>) => {
        loads.push(args[1].exact);
        return await runtime.load(...args);
      },
    };
    const model = await loadModel({ model: folder, runtime: own });
    expect(model.runtime).toBe(own);
    expect(await loadModel({ model: folder, runtime: own })).toBe(model);
    expect(await loadModel({ model: folder })).not.toBe(model);
    const file = await encode(model, PIXELS);
    expect(file).toEqual(await encode(await loadModel({ model: folder }), PIXELS));
    expect(loads.sort()).toEqual([false, false, true]);
    await expect(loadModel({ runtime: {} as Runtime })).rejects.toThrow(
      'Expected function for runtime.load',
    );
  });

  test('loads anew what has changed', async () => {
    const model = await loadModel({ model: folder });
    await edit(({ bitstream }) => {
      bitstream.note = 'changed';
    });
    const changed = await loadModel({ model: folder });
    expect(changed).not.toBe(model);
    expect(changed.hash).not.toEqual(model.hash);
  });

  test('one caller may release it while another works with it', async () => {
    const model = await loadModel({ model: folder });
    const file = await encode(model, PIXELS);
    let releases = 0;
    const onProgress = (): void => {
      releases += 1;
      void model.release();
      setImmediate(() => void model.release());
    };
    expect(await encode(model, PIXELS, { onProgress })).toEqual(file);
    await expect(decode(model, file, { onProgress })).resolves.toBeDefined();
    expect(releases).toBeGreaterThan(4);
    await model.release();
    expect(await encode(model, PIXELS)).toEqual(file);
  });

  test('no such model: names what there is to choose from', async () => {
    for (const model of ['no-such-model', join(folder, 'none')]) {
      await expect(loadModel({ model })).rejects.toMatchObject({
        name: 'ModelMissingError',
        code: 'MODEL_MISSING',
        message: expect.stringMatching(/^There is no model .*name a folder/),
      });
    }
    for (const { description } of await listModels()) {
      await expect(loadModel({ model: 'no-such-model' })).rejects.toThrow(description.id);
    }
  });

  test('a damaged model.json', async () => {
    await writeFile(join(folder, 'model.json'), '{"format": 2,');
    await expect(loadModel({ model: folder })).rejects.toMatchObject({ code: 'BAD_MODEL' });
    // The failure is not kept.
    await cp(TINY, folder, { recursive: true });
    await expect(loadModel({ model: folder })).resolves.toBeDefined();
  });

  test('a graph with one changed byte is refused when it is needed, not before', async () => {
    const path = join(folder, 'analysis.onnx');
    const bytes = await readFile(path);
    bytes[bytes.length >> 1]! ^= 1;
    await writeFile(path, bytes);
    const model = await loadModel({ model: folder });
    await model.loadGraph('scales');
    await expect(encode(model, PIXELS)).rejects.toMatchObject({
      code: 'BAD_MODEL',
      message: expect.stringContaining('analysis.onnx'),
    });
  });

  test('a graph that is missing', async () => {
    await rm(join(folder, 'means.onnx'));
    await expect(encode(await loadModel({ model: folder }), PIXELS)).rejects.toMatchObject({
      code: 'BAD_MODEL',
      message: expect.stringContaining('means.onnx'),
    });
  });
});

describe('the hash of a model', () => {
  test('covers all that the decoder relies on, in whatever order it is written', async () => {
    const { hash } = await readModelFolder(folder);
    expect(hash).toHaveLength(32);
    await edit((json) => {
      json.bitstream = Object.fromEntries(Object.entries(json.bitstream).reverse());
    });
    expect((await readModelFolder(folder)).hash).toEqual(hash);
    await edit(({ bitstream }) => {
      bitstream.note = 'changed';
    });
    expect((await readModelFolder(folder)).hash).not.toEqual(hash);
  });

  test('does not cover the encoder', async () => {
    const { hash } = await readModelFolder(folder);
    await edit((json) => {
      Object.assign(json, { name: 'another name', training: { steps: 2 } });
    });
    expect((await readModelFolder(folder)).hash).toEqual(hash);
  });
});

test('a file asks for its model by hash', async () => {
  const file = await encode(await loadModel({ model: folder }), PIXELS);
  await expect(loadModelFor(file)).rejects.toMatchObject({
    code: 'MODEL_MISSING',
    message: expect.stringContaining(Buffer.from(file.subarray(12, 20)).toString('hex')),
  });
});
