// The wall in front of the public functions: a wrong argument, in whatever place, is a TypeError that
// names it, before anything is done. Node has no workers, pixels or elements of a browser; what stands
// in for them here does nothing.

import * as codec from '@nacre/codec';
import * as internal from '@nacre/codec/internal';
import { expect, test, vi } from 'vitest';
import { type Call, testWrongArguments } from '../../../test/wrong-arguments.js';
import { fakeModel } from '../../codec/testing/fake-model.js';
import { WorkerCodec, WorkerModel } from './client.js';
import * as web from './index.js';
import { registerServiceWorker } from './register-service-worker.js';
import { configure } from './shared-codec.js';

vi.stubGlobal(
  'Worker',
  class {
    postMessage() {}
    terminate() {}
  },
);

const model = fakeModel();
const image = { width: 2, height: 1, data: new Uint8ClampedArray(8) };
const pixels = image as unknown as ImageData;
const bytes = new Uint8Array(8);
const worker = new WorkerCodec(new Worker('none'));
const { description, hash } = model;
const remote = new WorkerModel(worker, { handle: 0, description, hash, device: 'wasm' });

/** Every public function but codec's, once for each place of an argument and each option. */
const CALLS: Readonly<Record<string, readonly Call[]>> = {
  encode: [
    (wrong) => web.encode(wrong, { model }),
    (wrong) => web.encode(image, wrong),
    (model) => web.encode(image, { model }),
    (quality) => web.encode(image, { model, quality }),
    (maxPixels) => web.encode(image, { model, maxPixels }),
    (onNotice) => web.encode(image, { model, onNotice }),
    (targetSize) => web.encode(image, { model, targetSize }),
    (targetPsnr) => web.encode(image, { model, targetPsnr }),
    (windowPixels) => web.encode(image, { model, windowPixels }),
    (signal) => web.encode(image, { model, signal }),
    (onProgress) => web.encode(image, { model, onProgress }),
    (width) => web.encode({ ...image, width }, { model }),
    (data) => web.encode({ ...image, data }, { model }),
    (exif) => web.encode({ ...image, metadata: { exif } }, { model }),
  ],
  decode: [
    (wrong) => web.decode(wrong, { model }),
    (wrong) => web.decode(bytes, wrong),
    (model) => web.decode(bytes, { model }),
    (maxPixels) => web.decode(bytes, { model, maxPixels }),
    (region) => web.decode(bytes, { model, region }),
    (partial) => web.decode(bytes, { model, partial }),
    (scale) => web.decode(bytes, { model, scale }),
    (onPreview) => web.decode(bytes, { model, onPreview }),
    (windowPixels) => web.decode(bytes, { model, windowPixels }),
    (signal) => web.decode(bytes, { model, signal }),
    (onProgress) => web.decode(bytes, { model, onProgress }),
    (onNotice) => web.decode(bytes, { model, onNotice }),
  ],
  measureBits: [
    (wrong) => web.measureBits(wrong, { model }),
    (wrong) => web.measureBits(bytes, wrong),
    (model) => web.measureBits(bytes, { model }),
    (maxPixels) => web.measureBits(bytes, { model, maxPixels }),
  ],
  readImage: [
    (wrong) => web.readImage(wrong),
    (wrong) => web.readImage(new Blob(), wrong),
    (maxPixels) => web.readImage(new Blob(), { maxPixels }),
  ],
  inspectImageFile: [(wrong) => web.inspectImageFile(wrong)],
  toBlob: [
    (wrong) => web.toBlob(wrong, 'png'),
    (wrong) => web.toBlob(pixels, wrong),
    (wrong) => web.toBlob(pixels, 'png', wrong),
    (quality) => web.toBlob(pixels, 'png', { quality }),
    (onNotice) => web.toBlob(pixels, 'png', { onNotice }),
  ],
  checkSize: [
    (wrong) => web.checkSize(wrong, 1),
    (wrong) => web.checkSize(1, wrong),
    (wrong) => web.checkSize(1, 1, wrong),
  ],
  sizeInHeader: [(wrong) => web.sizeInHeader(wrong)],
  loadModel: [
    (wrong) => web.loadModel(wrong),
    (wrong) => web.loadModel(wrong),
    (device) => web.loadModel({ model: 'https://example.org/', device }),
    (threads) => web.loadModel({ model: 'https://example.org/', threads }),
  ],
  readModelFolder: [(wrong) => web.readModelFolder(wrong)],
  createRuntime: [
    (wrong) => web.createRuntime(wrong),
    (device) => web.createRuntime({ device }),
    (threads) => web.createRuntime({ threads }),
    (ortFolder) => web.createRuntime({ ortFolder }),
    (onNotice) => web.createRuntime({ onNotice }),
  ],
};

/** Those of the other entry points. */
const MORE_CALLS: Readonly<Record<string, readonly Call[]>> = {
  configure: [
    (wrong) => configure(wrong),
    (model) => configure({ model }),
    (worker) => configure({ worker }),
  ],
  registerServiceWorker: [
    (wrong) => registerServiceWorker(wrong),
    (wrong) => registerServiceWorker('/service-worker.js', wrong),
    (scope) => registerServiceWorker('/service-worker.js', { scope }),
  ],
  WorkerCodec: [(wrong) => new WorkerCodec(wrong)],
  'WorkerCodec.loadModel': [(wrong) => worker.loadModel(wrong), (wrong) => worker.loadModel(wrong)],
  'WorkerCodec.encode': [
    (wrong) => worker.encode(wrong, { model: remote }),
    (wrong) => worker.encode(image, wrong),
    (model) => worker.encode(image, { model }),
    (quality) => worker.encode(image, { model: remote, quality }),
    (targetSize) => worker.encode(image, { model: remote, targetSize }),
    (targetPsnr) => worker.encode(image, { model: remote, targetPsnr }),
    (onNotice) => worker.encode(image, { model: remote, onNotice }),
  ],
  'WorkerCodec.decode': [
    (wrong) => worker.decode(wrong, { model: remote }),
    (wrong) => worker.decode(bytes, wrong),
    (model) => worker.decode(bytes, { model }),
    (maxPixels) => worker.decode(bytes, { model: remote, maxPixels }),
    (region) => worker.decode(bytes, { model: remote, region }),
    (partial) => worker.decode(bytes, { model: remote, partial }),
    (scale) => worker.decode(bytes, { model: remote, scale }),
    (windowPixels) => worker.decode(bytes, { model: remote, windowPixels }),
    (onPreview) => worker.decode(bytes, { model: remote, onPreview }),
    (transfer) => worker.decode(bytes, { model: remote, transfer }),
    (signal) => worker.decode(bytes, { model: remote, signal }),
    (onProgress) => worker.decode(bytes, { model: remote, onProgress }),
    (onNotice) => worker.decode(bytes, { model: remote, onNotice }),
  ],
  'WorkerCodec.decodeToBlob': [
    (wrong) => worker.decodeToBlob(wrong, { model: remote }),
    (wrong) => worker.decodeToBlob(bytes, wrong),
    (onPreview) => worker.decodeToBlob(bytes, { model: remote, onPreview }),
    (incomplete) => worker.decodeToBlob(bytes, { model: remote, incomplete }),
  ],
  'WorkerCodec.measureBits': [
    (wrong) => worker.measureBits(wrong, { model: remote }),
    (wrong) => worker.measureBits(bytes, wrong),
  ],
  'WorkerCodec.release': [(wrong) => worker.release(wrong)],
};

test('every public function is here', () => {
  const codecs = new Set<unknown>(Object.values({ ...codec, ...internal }));
  const own = Object.entries(web)
    .filter(([, value]) => !codecs.has(value))
    .filter(([, value]) => typeof value === 'function')
    .map(([name]) => name);
  expect(Object.keys(CALLS).sort()).toEqual(own.sort());
});

testWrongArguments({ ...CALLS, ...MORE_CALLS });

test('the element can be imported and configured where there is no browser', async () => {
  const { configure } = await import('./element.js');
  expect(() => configure({ model: '/models/photo-6/', worker: '/nacre/worker.js' })).not.toThrow();
});
