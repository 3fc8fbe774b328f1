// The page: starts the workers, and ties the session to the stage, the panel and what is opened.

import { DEVICES, type Device } from '@nacre/web';
import { WorkerCodec } from '@nacre/web/client';
import * as Comlink from 'comlink';
import type { Lab } from './lab.js';
import { fetchFirst, listenForFiles, save } from './opening.js';
import { element, listenToPanel, showState } from './panel.js';
import { Session } from './session.js';
import { Stage } from './stage.js';

/** `?device=wasm` keeps the page from trying out WebGPU. */
function deviceWanted(): Device {
  const wanted = new URLSearchParams(location.search).get('device');
  return DEVICES.find((device) => device === wanted) ?? 'auto';
}

const stage = new Stage({
  stage: element('stage'),
  sides: { nacre: element('nacre'), beside: element('beside') },
  split: element('split'),
  zoomIn: element('zoom-in'),
  zoomOut: element('zoom-out'),
  zoom: element('zoom'),
});

const codec = new WorkerCodec();
const model = codec.loadModel({
  device: deviceWanted(),
  onNotice: (notice) => {
    element('device').title = notice;
  },
});
const lab = Comlink.wrap<Lab>(
  new Worker(new URL('./lab.ts', import.meta.url), { type: 'module', name: 'lab' }),
);
const session = new Session(
  { codec, model, lab },
  { changed: showState, shown: (side, bitmap) => stage.show(side, bitmap) },
);

listenToPanel((settings) => void session.set(settings));
listenForFiles(
  element<HTMLInputElement>('file'),
  document.body,
  (file, name) => void session.open(file, name),
  () => session.fail('There is no image in this: drop or paste a file.'),
);
element('open').addEventListener('click', () => element<HTMLInputElement>('file').click());
element('save-ncr').addEventListener('click', () => {
  const { nacre } = session.state;
  if (nacre) save(new Blob([nacre.file], { type: 'application/octet-stream' }), nameWith('ncr'));
});
element('save-png').addEventListener('click', async () => save(await lab.png(), nameWith('png')));
element('error')
  .querySelector('button')!
  .addEventListener('click', () => session.dismiss());

/** The open image's name with another extension. */
function nameWith(extension: string): string {
  return `${session.state.image!.name.replace(/\.[^.]*$/, '')}.${extension}`;
}

if ('serviceWorker' in navigator) {
  // Where it cannot be kept, the page works all the same while there is a network.
  navigator.serviceWorker.register('service-worker.js').catch(() => {});
}

try {
  const { file, name } = await fetchFirst();
  // A person may have been faster.
  if (!session.state.image && !session.state.busy) await session.open(file, name);
} catch (error) {
  session.fail((error as Error).message);
}
