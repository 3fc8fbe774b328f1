// <nacre-image> in JSX of Preact: import '@nacre/web/preact' once.
import type { NacreImage, NacreImageAttributes } from '@nacre/web/element';
import type { HTMLAttributes } from 'preact';

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'nacre-image': HTMLAttributes<NacreImage> & NacreImageAttributes;
    }
  }
}
