// The panel beside the stage, and all other words on the page: shows a state, and tells what a person
// wants changed. It holds no state of its own.

import { FULL_BITS, FULL_ERROR, HEAT_COLOURS } from './heat-map.js';
import type { Look } from './lab.js';
import { bppText, bytesText, psnrText, timeText } from './numbers.js';
import { type Beside, type Match, nameOf, type Settings, type State } from './session.js';

/** An element of the page by its id. */
export function element<E extends HTMLElement = HTMLElement>(id: string): E {
  return document.getElementById(id) as E;
}

/** Tells what is wanted, at once and after each movement of the slider. */
export function listenToPanel(onSettings: (settings: Settings) => void): void {
  const quality = element<HTMLInputElement>('quality');
  quality.addEventListener('input', () => onSettings({ quality: quality.valueAsNumber }));
  const onChoice = (name: string, tell: (value: string) => void): void => {
    for (const radio of radios(name)) radio.addEventListener('change', () => tell(radio.value));
  };
  onChoice('beside', (value) => onSettings({ beside: value as Beside }));
  onChoice('match', (value) => onSettings({ match: value as Match }));
  onChoice('look', (value) => onSettings({ look: value as Look }));
  const colours = HEAT_COLOURS.map((colour) => `rgb(${colour.join()})`);
  const bar = element('scale').querySelector('div')!;
  bar.style.background = `linear-gradient(to right, ${colours.join()})`;
}

/** Shows a state. */
export function showState(state: State): void {
  const { image, nacre, busy, error, quality, device } = state;
  const alone = image !== undefined && !image.original;
  setText('name', image ? `${image.name} · ${image.width} × ${image.height}` : '');
  document.title = image ? `${image.name} – Nacre viewer` : 'Nacre viewer';

  element<HTMLInputElement>('quality').valueAsNumber = quality;
  setText('quality-value', `${quality}`);
  element<HTMLInputElement>('quality').disabled = alone;
  element('compare-section').hidden = alone;
  element('alone').hidden = !alone;
  element<HTMLFieldSetElement>('match').disabled = state.beside === 'original';
  check('beside', state.beside);
  check('match', state.match);
  check('look', state.look);
  for (const radio of radios('look')) radio.disabled = alone && radio.value === 'errors';

  showNumbers(state);
  showLabels(state);
  showScale(state.look);
  if (nacre?.info !== described) showFacts(nacre?.info);
  for (const id of ['save-ncr', 'save-png']) element<HTMLButtonElement>(id).disabled = !nacre;

  const progress = element<HTMLProgressElement>('progress');
  progress.hidden = busy === undefined;
  progress.value = busy?.done ?? 0;
  setText('status', busy ? `${busy.what}…` : '');
  element('error').hidden = error === undefined;
  const message = element('error').querySelector('p')!;
  if (message.textContent !== (error ?? '')) message.textContent = error ?? '';
  const names: Readonly<Record<string, string>> = { webgpu: 'WebGPU', wasm: 'WASM' };
  setText('device', device ? ` (${names[device] ?? device})` : '');
}

function showNumbers({ image, nacre, other, beside }: State): void {
  const { width = 1, height = 1, original = false } = image ?? {};
  const comparing = original && beside !== 'original';
  setText('beside-head', comparing ? nameOf(beside) : '');
  const rows: [string, string | undefined, string | undefined][] = [
    ['Size', nacre && bytesText(nacre.file.length), other && bytesText(other.bytes)],
    [
      'Bits per pixel',
      nacre && bppText(nacre.file.length, width, height),
      other && bppText(other.bytes, width, height),
    ],
    [
      'PSNR',
      nacre?.psnr === undefined ? undefined : psnrText(nacre.psnr),
      other && psnrText(other.psnr),
    ],
    [
      'Encode',
      nacre?.encodeMs === undefined ? undefined : timeText(nacre.encodeMs),
      other && timeText(other.encodeMs),
    ],
    [
      'Decode',
      nacre && timeText(nacre.decodeMs) + (nacre.withLoading ? ' with loading' : ''),
      other && timeText(other.decodeMs),
    ],
    ['Quality', nacre && `${nacre.quality}`, other && `${other.quality}`],
  ];
  // A file that came alone has no PSNR and was not encoded here.
  const shown = nacre && !original ? rows.filter(([, ours]) => ours !== undefined) : rows;
  const body = element<HTMLTableSectionElement>('numbers');
  body.replaceChildren(
    ...shown.map(([name, ours, theirs]) => {
      const row = document.createElement('tr');
      const head = document.createElement('th');
      head.scope = 'row';
      head.textContent = name;
      row.append(head, cell(ours ?? '–'), cell(comparing ? (theirs ?? '–') : ''));
      return row;
    }),
  );
  const by = comparing && other ? `${nameOf(beside)} written by ${other.by}.` : '';
  setText('notice', by);
}

function cell(text: string): HTMLTableCellElement {
  const made = document.createElement('td');
  made.textContent = text;
  return made;
}

function showLabels({ image, nacre, other, beside, look }: State): void {
  const label = (name: string, bytes: number, psnr: number | undefined): string =>
    [name, bytesText(bytes), psnr === undefined ? '' : psnrText(psnr)].filter(Boolean).join(' · ');
  setText('nacre-label', nacre ? label('Nacre', nacre.file.length, nacre.psnr) : '');
  const shown = beside !== 'original' && other ? nameOf(beside) : 'Original';
  const facts = beside !== 'original' && other;
  const text = facts ? label(shown, facts.bytes, facts.psnr) : shown;
  setText('beside-label', image?.original && (nacre || look === 'pixels') ? text : '');
  element('split').setAttribute('aria-label', `Split between Nacre and ${shown}`);
}

function showScale(look: Look): void {
  element('scale').hidden = look === 'pixels';
  setText(
    'scale-end',
    look === 'bits' ? `${FULL_BITS} bits per pixel` : `${FULL_ERROR} of 255, or more`,
  );
}

type Info = NonNullable<State['nacre']>['info'];

/** The file that {@link showFacts} has described last: states change far more often. */
let described: Info | undefined;

/** So many tiles are listed; a file may have a million. */
const MOST_TILES = 1000;

/** What the file says about itself. */
function showFacts(info: Info | undefined): void {
  described = info;
  if (!info) {
    element('facts').replaceChildren();
    return;
  }
  const more = info.tiles.length - MOST_TILES;
  const hash = Array.from(info.modelHash, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const facts: [string, string][] = [
    ['Version', `${info.version}`],
    ['Size', `${info.width} × ${info.height}`],
    ['Level', `${info.level}`],
    ['Model', hash],
    ...info.sections.map(({ type, byteLength }): [string, string] => [
      `Section ${type}`,
      `${byteLength} B`,
    ]),
    ...info.tiles
      .slice(0, MOST_TILES)
      .map(({ left, top, width, height, byteLength }, i): [string, string] => [
        `Tile ${i + 1}`,
        `${width} × ${height} at ${left}, ${top}: ${byteLength} B`,
      ]),
    ...(more > 0 ? [['More tiles', `${more}`] as [string, string]] : []),
    ['Whole file', `${info.byteLength} B`],
  ];
  element('facts').replaceChildren(
    ...facts.flatMap(([name, value]) => {
      const term = document.createElement('dt');
      term.textContent = name;
      const description = document.createElement('dd');
      description.textContent = value;
      return [term, description];
    }),
  );
}

function radios(name: string): NodeListOf<HTMLInputElement> {
  return document.querySelectorAll(`input[name="${name}"]`);
}

function check(name: string, value: string): void {
  for (const radio of radios(name)) radio.checked = radio.value === value;
}

/** Leaves a text alone that is there already: screen readers would read it again. */
function setText(id: string, text: string): void {
  const target = element(id);
  if (target.textContent !== text) target.textContent = text;
}
