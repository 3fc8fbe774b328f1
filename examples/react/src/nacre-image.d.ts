// Tells TypeScript that <nacre-image> can be used in JSX.
import type { NacreImage } from '@nacre/web/element';
import type { DetailedHTMLProps, HTMLAttributes } from 'react';

interface NacreImageAttributes extends HTMLAttributes<NacreImage> {
  src?: string;
  alt?: string;
  loading?: 'eager' | 'lazy';
  model?: string;
}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'nacre-image': DetailedHTMLProps<NacreImageAttributes, NacreImage>;
    }
  }
}
