// The page that the tests drive: it puts the package where their scripts can reach it. What is tested
// stands in /test.

import * as web from '@nacre/web';
import * as client from '@nacre/web/client';
import * as element from '@nacre/web/element';

/** What scripts of the tests find on the page. */
export interface TestPage {
  readonly web: typeof web;
  readonly client: typeof client;
  readonly element: typeof element;
  /** Whatever a test wants to find again in its next script. */
  readonly kept: Map<string, unknown>;
}

declare global {
  var nacre: TestPage;
}

globalThis.nacre = { web, client, element, kept: new Map() };
