// <nacre-image> in JSX of React 19: import '@nacre/web/react' once. React passes events of custom elements
// on by their own names, so it is onload, not onLoad.
import type { NacreImage, NacreImageAttributes, NacreImageEvents } from '@nacre/web/element';
import type { DetailedHTMLProps, HTMLAttributes } from 'react';

type NacreImageHandlers = {
  [Name in keyof NacreImageEvents as `on${Name}`]?: (event: NacreImageEvents[Name]) => void;
};
type NacreImageProps = Omit<HTMLAttributes<NacreImage>, 'onLoad' | 'onError'> &
  NacreImageAttributes &
  NacreImageHandlers;

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'nacre-image': DetailedHTMLProps<NacreImageProps, NacreImage>;
    }
  }
}
