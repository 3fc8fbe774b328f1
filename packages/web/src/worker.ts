// Nacre's worker: does what client.ts asks of it with the functions of index.ts. Its own entry point,
// for `new Worker`; it has no exports.

import { type DecodedBlob, decodeToBlob } from './decode-to-blob.js';
import { type DecodedImageData, withDamage } from './decoded-image-data.js';
import { decode, encode, loadModel, type Model, measureBits } from './index.js';
import {
  packError,
  type Reply,
  type Request,
  type SentDecoded,
  type SentModel,
  type Task,
} from './messages.js';

/** The models that the page has been given, by the number it knows them by. */
const models: Model[] = [];

/** The tasks that have not ended. */
const running = new Map<number, AbortController>();

/** What a task gives, and which buffers of it are handed over rather than copied. */
interface Outcome {
  readonly result: Extract<Reply, { result: unknown }>['result'];
  readonly transfer: ArrayBuffer[];
}

// In a worker, `self` is the worker; the types are those of a page.
self.onmessage = ({ data }: MessageEvent<Request>) => {
  if ('abort' in data) running.get(data.id)?.abort();
  else void answer(data.id, data.task);
};

async function answer(id: number, task: Task): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const { result, transfer } = await perform(task, {
      signal: controller.signal,
      onProgress: (progress) => say({ id, progress }),
      onNotice: (notice) => say({ id, notice }),
      onPreview: (image) => {
        if ('blob' in image) {
          say({ id, preview: image });
        } else {
          const preview = send(image);
          say({ id, preview }, [preview.data.buffer]);
        }
      },
    });
    say({ id, result }, transfer);
  } catch (error) {
    say({ id, error: packError(error) });
  } finally {
    running.delete(id);
  }
}

function say(reply: Reply, transfer: ArrayBuffer[] = []): void {
  self.postMessage(reply, { transfer });
}

interface Listeners {
  readonly signal: AbortSignal;
  readonly onProgress: (fraction: number) => void;
  readonly onNotice: (notice: string) => void;
  readonly onPreview: (preview: DecodedImageData | DecodedBlob) => void;
}

async function perform(task: Task, listeners: Listeners): Promise<Outcome> {
  const { signal, onProgress, onNotice, onPreview } = listeners;
  switch (task.do) {
    case 'load': {
      const { url, device, threads, ortFolder } = task;
      const model = await loadModel({ model: url, device, threads, ortFolder, onNotice });
      return { result: sendModel(model), transfer: [] };
    }
    case 'encode': {
      const { image, options } = task;
      const model = models[task.model]!;
      const bytes = await encode(image, { model, ...options, signal, onProgress, onNotice });
      return { result: bytes, transfer: [bytes.buffer] };
    }
    case 'decode': {
      const { bytes, options, preview } = task;
      const model = models[task.model]!;
      const previews = preview ? { onPreview } : {};
      const job = { model, ...options, signal, onProgress, onNotice, ...previews };
      if (task.as === 'png') return { result: await decodeToBlob(bytes, job), transfer: [] };
      const result = send(await decode(bytes, job));
      return { result, transfer: [result.data.buffer] };
    }
    case 'measure': {
      const { bytes, options } = task;
      const { maxPixels } = options;
      const model = models[task.model]!;
      const map = await measureBits(bytes, { model, maxPixels, signal, onProgress });
      return { result: map, transfer: [map.bits.buffer as ArrayBuffer] };
    }
    case 'release':
      await models[task.model]!.release();
      return { result: undefined, transfer: [] };
  }
}

/** An image as it travels. */
function send(image: DecodedImageData): SentDecoded {
  const { width, height } = image;
  const data = image.data as Uint8ClampedArray<ArrayBuffer>;
  return withDamage({ width, height, data }, image);
}

/** A model as the page gets it: the same number each time. */
function sendModel(model: Model): SentModel {
  if (!models.includes(model)) models.push(model);
  const { description, hash, runtime } = model;
  return { handle: models.indexOf(model), description, hash, device: runtime.device };
}
