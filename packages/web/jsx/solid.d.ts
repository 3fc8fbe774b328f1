// <nacre-image> in JSX of Solid: import '@nacre/web/solid' once.
import type { NacreImage, NacreImageAttributes } from '@nacre/web/element';
import type { JSX } from 'solid-js';

declare module 'solid-js' {
  namespace JSX {
    interface IntrinsicElements {
      'nacre-image': JSX.HTMLAttributes<NacreImage> & NacreImageAttributes;
    }
  }
}
