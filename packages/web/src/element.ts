// The entry point that registers <nacre-image>: importing it is its effect.

import { NacreImage } from './nacre-image.js';

export type { NacreImageAttributes, NacreImageEvents } from './image-attributes.js';
export { NacreImage } from './nacre-image.js';
export { configure, type ElementSettings } from './shared-codec.js';
export type { WorkerSource } from './start-worker.js';

declare global {
  interface HTMLElementTagNameMap {
    'nacre-image': NacreImage;
  }
}

// Two copies of this package on a page, or none of a browser around: neither is an error.
if (globalThis.customElements && !customElements.get('nacre-image')) {
  customElements.define('nacre-image', NacreImage);
}
