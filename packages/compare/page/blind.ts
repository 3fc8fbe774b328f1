// The script of the page for blind comparisons; blind-page.ts puts it into the page. It shows an original between two
// candidates without names, records which one looks closer, and sums up the votes.

/** The candidates of one question. */
interface Candidate {
  readonly codec: string;
  readonly quality: number;
  readonly bytes: number;
  /** Index into {@link Data.images}. */
  readonly image: number;
}

interface Trial {
  readonly name: string;
  readonly bpp: number;
  readonly original: number;
  readonly candidates: readonly [Candidate, Candidate];
}

/** What the page holds as JSON. */
interface Data {
  /** Identifies the questions, so that answers are not mixed up with those of another page. */
  readonly id: string;
  /** Lossless WebP, base64. */
  readonly images: readonly string[];
  readonly trials: readonly Trial[];
}

/** An answer: 1 or 2 for the candidate shown at that place, 0 for no preference. */
interface Answer {
  readonly choice: 0 | 1 | 2;
  readonly seconds: number;
  readonly time: string;
}

/** What is kept between visits. */
interface Saved {
  /** Decides the order of questions and of candidates. */
  readonly seed: number;
  readonly answers: readonly Answer[];
}

/** Slow enough not to be a risk to people with photosensitive epilepsy: 1.25 changes back and forth a second. */
const FLICKER_MS = 400;
const PAN_STEP = 100;
const ZOOM_STEP = Math.SQRT2;

const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const data = JSON.parse(element('data').textContent ?? '') as Data;
const key = `nacre-blind-${data.id}`;
const views = [...document.querySelectorAll<HTMLElement>('.view')];
let saved = load() ?? { seed: Math.floor(Math.random() * 2 ** 32), answers: [] };
let questions = shuffle(saved.seed);
/** When the question was shown; undefined while its images are being decoded. */
let shownAt: number | undefined;
/** What all views show: the offset of the image in CSS pixels, and its enlargement. */
let [left, top, zoom] = [0, 0, 1];

/** A trial with its candidates in the order in which they are shown. */
interface Question extends Trial {
  readonly shown: readonly [Candidate, Candidate];
}

function load(): Saved | undefined {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') ?? undefined;
  } catch {
    return undefined; // storage is disabled, or somebody else's value is in it
  }
}

function save(answers: readonly Answer[]): void {
  saved = { ...saved, answers };
  try {
    localStorage.setItem(key, JSON.stringify(saved));
  } catch {
    element('unsaved').hidden = false;
  }
}

/** Puts the trials, and the candidates of each, into a random order. */
function shuffle(seed: number): Question[] {
  let state = seed;
  // Source: the generator mulberry32 by T. Ettinger.
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const shuffled = data.trials.map((trial): Question => {
    const [a, b] = trial.candidates;
    return { ...trial, shown: random() < 0.5 ? [a, b] : [b, a] };
  });
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
  }
  return shuffled;
}

async function show(): Promise<void> {
  const done = saved.answers.length;
  const total = questions.length;
  shownAt = undefined;
  element<HTMLProgressElement>('progress').value = done;
  element<HTMLProgressElement>('progress').max = total;
  element('count').textContent = done < total ? `${done + 1} of ${total}` : `${total} answered`;
  element('question').hidden = done === total;
  element('result').hidden = done < total;
  if (done === total) {
    showResult();
    return;
  }
  const { original, shown } = questions[done]!;
  const images = [...document.querySelectorAll<HTMLImageElement>('.view img')];
  // In the order of the page: the candidates have an original behind them, for the flicker.
  const sources = [shown[0].image, original, original, shown[1].image, original];
  for (const [i, image] of images.entries()) {
    image.src = `data:image/webp;base64,${data.images[sources[i]!]}`;
  }
  await Promise.all(images.map((image) => image.decode()));
  if (saved.answers.length !== done) return;
  showAll();
  shownAt = performance.now();
  document.body.dataset.ready = String(done);
}

function answer(choice: Answer['choice']): void {
  if (shownAt === undefined) return;
  const seconds = (performance.now() - shownAt) / 1000;
  save([...saved.answers, { choice, seconds, time: new Date().toISOString() }]);
  show();
}

function undo(): void {
  if (saved.answers.length === 0) return;
  save(saved.answers.slice(0, -1));
  show();
}

function restart(): void {
  if (!confirm('Delete all answers and start again?')) return;
  saved = { seed: Math.floor(Math.random() * 2 ** 32), answers: [] };
  questions = shuffle(saved.seed);
  save([]);
  show();
}

let flicker: ReturnType<typeof setInterval> | undefined;

function toggleFlicker(): void {
  if (flicker === undefined) {
    flicker = setInterval(() => document.body.classList.toggle('flick'), FLICKER_MS);
  } else {
    clearInterval(flicker);
    flicker = undefined;
    document.body.classList.remove('flick');
  }
  element('flicker').setAttribute('aria-pressed', String(flicker !== undefined));
}

/** The enlargement at which an image pixel is a pixel of the screen. */
const scale = (): number => zoom / devicePixelRatio;

/** Shows the middle of the image at full size. */
function showAll(): void {
  const image = document.querySelector<HTMLImageElement>('.view img')!;
  const { width, height } = views[0]!.getBoundingClientRect();
  zoom = 1;
  left = Math.round((width - image.naturalWidth * scale()) / 2);
  top = Math.round((height - image.naturalHeight * scale()) / 2);
  place();
}

function place(): void {
  for (const view of views) {
    view.style.setProperty('--at', `translate(${left}px, ${top}px) scale(${scale()})`);
    view.classList.toggle('enlarged', zoom > 1);
  }
  element('zoom').textContent = `${Math.round(100 * zoom)} %`;
}

function pan(x: number, y: number): void {
  [left, top] = [left + x, top + y];
  place();
}

/** Enlarges around a point of the view, by default its middle. */
function enlarge(factor: number, x?: number, y?: number): void {
  const { width, height } = views[0]!.getBoundingClientRect();
  const [atX, atY] = [x ?? width / 2, y ?? height / 2];
  const next = Math.min(16, Math.max(0.25, zoom * factor));
  left = atX - ((atX - left) * next) / zoom;
  top = atY - ((atY - top) * next) / zoom;
  zoom = next;
  place();
}

const KEYS: Readonly<Record<string, () => void>> = {
  '0': () => answer(0),
  '1': () => answer(1),
  '2': () => answer(2),
  f: toggleFlicker,
  Backspace: undo,
  '+': () => enlarge(ZOOM_STEP),
  '=': () => enlarge(ZOOM_STEP),
  '-': () => enlarge(1 / ZOOM_STEP),
  r: showAll,
  ArrowLeft: () => pan(PAN_STEP, 0),
  ArrowRight: () => pan(-PAN_STEP, 0),
  ArrowUp: () => pan(0, PAN_STEP),
  ArrowDown: () => pan(0, -PAN_STEP),
};

document.addEventListener('keydown', (event) => {
  const act = KEYS[event.key] ?? KEYS[event.key.toLowerCase()];
  if (!act || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  event.preventDefault();
  act();
});

for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-key]')) {
  button.addEventListener('click', () => {
    KEYS[button.dataset.key!]!();
    button.blur(); // keys are for the page again
  });
}

for (const view of views) {
  view.addEventListener('pointerdown', (event) => view.setPointerCapture(event.pointerId));
  view.addEventListener('pointermove', ({ buttons, movementX, movementY }) => {
    if (buttons === 1) pan(movementX, movementY);
  });
  view.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const box = view.getBoundingClientRect();
      enlarge(2 ** (-event.deltaY / 300), event.clientX - box.x, event.clientY - box.y);
    },
    { passive: false },
  );
}

/** Votes between two codecs. */
interface Votes {
  readonly codecs: readonly [string, string];
  readonly wins: [number, number];
  none: number;
}

function count(): Votes[] {
  const pairs = new Map<string, Votes>();
  for (const [i, { choice }] of saved.answers.entries()) {
    const { candidates, shown } = questions[i]!;
    const codecs = [candidates[0].codec, candidates[1].codec] as const;
    const votes = pairs.get(codecs.join('\n')) ?? { codecs, wins: [0, 0], none: 0 };
    pairs.set(codecs.join('\n'), votes);
    if (choice === 0) votes.none++;
    else votes.wins[shown[choice - 1] === candidates[0] ? 0 : 1]++;
  }
  return [...pairs.values()];
}

/**
 * Wilson's score interval at 95 % for a share of independent votes.
 * Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
 */
function wilson(share: number, votes: number): [number, number] {
  const z = 1.959964;
  const middle = (share + z ** 2 / (2 * votes)) / (1 + z ** 2 / votes);
  const spread = Math.sqrt((share * (1 - share)) / votes + (z / (2 * votes)) ** 2);
  const half = (z * spread) / (1 + z ** 2 / votes);
  return [middle - half, middle + half];
}

function showResult(): void {
  const rows = count().flatMap(({ codecs, wins, none }) =>
    [0, 1].map((i) => {
      const total = wins[0] + wins[1] + none;
      const share = (wins[i]! + none / 2) / total;
      const [low, high] = wilson(share, total).map((end) => (100 * end).toFixed(1));
      return [
        codecs[i]!,
        codecs[1 - i]!,
        `${(100 * share).toFixed(1)} %`,
        `${low}–${high} %`,
        `${wins[i]}`,
        `${none}`,
        `${total}`,
      ];
    }),
  );
  const body = element<HTMLTableSectionElement>('votes');
  body.replaceChildren();
  for (const cells of rows) {
    const row = body.insertRow();
    for (const cell of cells) row.insertCell().textContent = cell;
  }
}

/** All answers so far as tab-separated values. */
function table(): string {
  const head = ['image', 'bpp'];
  for (const i of [1, 2]) head.push(`codec-${i}`, `quality-${i}`, `bytes-${i}`);
  const rows = saved.answers.map(({ choice, seconds, time }, i) => {
    const { name, bpp, shown } = questions[i]!;
    return [
      name.replace(/\p{Cc}/gu, ' '),
      bpp.toFixed(3),
      ...shown.flatMap(({ codec, quality, bytes }) => [codec, quality, bytes]),
      choice,
      choice === 0 ? 'none' : shown[choice - 1]!.codec,
      seconds.toFixed(1),
      time,
    ];
  });
  return [[...head, 'choice', 'preferred', 'seconds', 'time'], ...rows]
    .map((row) => `${row.join('\t')}\n`)
    .join('');
}

element('download').addEventListener('click', () => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([table()], { type: 'text/tab-separated-values' }));
  link.download = 'nacre-blind.tsv';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
});
element('restart').addEventListener('click', restart);

show();
