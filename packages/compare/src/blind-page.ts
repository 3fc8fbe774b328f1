// The page for blind comparisons, as one HTML file that needs no network. Its script is page/blind.ts.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { BlindTest } from './blind.js';
import { GENERATOR, text } from './report-html.js';

/** The script as it is built, even where this module is run from its source. */
const SCRIPT = new URL('../dist/page/blind.js', import.meta.url);

/** The whole page. */
export async function blindHtml({ trials, codecs }: BlindTest): Promise<string> {
  // Each image once, as originals appear in several trials.
  const images = new Map<string, number>();
  const indexOf = (webp: string): number => {
    if (!images.has(webp)) images.set(webp, images.size);
    return images.get(webp)!;
  };
  const questions = trials.map(({ image, bpp, original, candidates }) => ({
    name: image,
    bpp,
    original: indexOf(original),
    candidates: candidates.map(({ webp, ...facts }) => ({ ...facts, image: indexOf(webp) })),
  }));
  const content = { images: [...images.keys()], trials: questions };
  const id = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
  const json = JSON.stringify({ id, ...content }).replaceAll('<', '\\u003c');
  const script = (await readFile(SCRIPT, 'utf8')).replace(/^\/\/# sourceMappingURL.*$/m, '');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark">
<meta name="generator" content="${GENERATOR}">
<title>Which looks closer to the original?</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Which looks closer to the original?</h1>
<progress id="progress"></progress> <span id="count" aria-live="polite"></span>
</header>
<main id="question">
<div class="views">
<figure><div class="view"><img alt="Candidate 1"><img class="original" alt=""></div><figcaption><button data-key="1"><kbd>1</kbd> This one</button></figcaption></figure>
<figure><div class="view"><img alt="Original"></div><figcaption><button data-key="0"><kbd>0</kbd> No preference</button></figcaption></figure>
<figure><div class="view"><img alt="Candidate 2"><img class="original" alt=""></div><figcaption><button data-key="2"><kbd>2</kbd> This one</button></figcaption></figure>
</div>
<p class="tools">The original is in the middle.
<button data-key="f" id="flicker" aria-pressed="false"><kbd>F</kbd> Flicker against the original</button>
<button data-key="-"><kbd>−</kbd></button> <span id="zoom"></span> <button data-key="+"><kbd>+</kbd></button>
<button data-key="r"><kbd>R</kbd> Full size</button>
<button data-key="Backspace"><kbd>⌫</kbd> Back</button>
Drag or use the arrow keys to move, scroll to zoom.</p>
</main>
<main id="result" hidden>
<table>
<thead><tr><th>Codec</th><th>against</th><th>preferred</th><th>95 % interval</th><th>votes</th><th>no preference</th><th>comparisons</th></tr></thead>
<tbody id="votes"></tbody>
</table>
<p>The two files of each comparison differ in size by 2 % at most. “No preference” counts as half a vote for each codec.
The interval is Wilson's score interval for a binomial share, with each comparison as an independent vote.</p>
<dl>${codecs
    .map(({ name, description }) => `<dt>${text(name)}</dt><dd>${text(description)}</dd>`)
    .join('')}</dl>
<p><button data-key="Backspace"><kbd>⌫</kbd> Back</button></p>
</main>
<footer>
<button id="download">Download answers (TSV)</button> <button id="restart">Start again</button>
<span id="unsaved" hidden>This browser does not store answers: download them before you close the page.</span>
</footer>
<script type="application/json" id="data">${json}</script>
<script type="module">${script}</script>
</body>
</html>
`;
}

const STYLE = `
* { box-sizing: border-box; }
html { height: 100%; }
body { min-height: 100%; margin: 0; display: flex; flex-direction: column; font: 15px/1.5 system-ui, sans-serif; color: #ddd; background: #3a3a3a; }
header, footer, .tools, #result { padding: .4rem .8rem; margin: 0; }
header { display: flex; align-items: center; gap: 1rem; } h1 { font-size: 1.1rem; margin: 0; } progress { flex: 1; }
#question { flex: 1; display: flex; flex-direction: column; } [hidden] { display: none !important; }
.views { flex: 1; display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 2px; }
figure { margin: 0; display: flex; flex-direction: column; } figcaption { padding: .3rem; text-align: center; }
.view { flex: 1; min-height: 40vh; position: relative; overflow: hidden; cursor: grab; touch-action: none; background: #555; }
.view img { position: absolute; transform-origin: 0 0; transform: var(--at); pointer-events: none; max-width: none; }
.view.enlarged img { image-rendering: pixelated; }
.view img.original { visibility: hidden; } body.flick .view img.original { visibility: visible; }
button { font: inherit; color: inherit; background: #222; border: 1px solid #888; border-radius: .3rem; padding: .25rem .6rem; cursor: pointer; }
button[aria-pressed=true] { background: #06c; } kbd { font: inherit; font-weight: 700; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } th, td { padding: .3rem .8rem; border-bottom: 1px solid #777; text-align: left; }
#result { max-width: 60rem; } dd { margin: 0 0 .5rem; color: #bbb; }
@media (max-width: 700px) { .views { grid-template-columns: 1fr; } .view { min-height: 25vh; } }
`;
