// What pages without a bundler load: the element and the worker's client in one script, which finds the
// worker beside itself. Nobody else imports it.

import { setDefaultWorker } from './start-worker.js';

export * from './client.js';
export * from './element.js';
export { readImage, toBlob } from './image.js';
export * from './register-service-worker.js';

setDefaultWorker(new URL('./worker.js', import.meta.url));
