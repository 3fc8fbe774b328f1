// The report as one HTML file that needs no network: plots, tables, and the images where the first codec does best
// and worst.
import type { Comparison } from './compare.js';
import type { Difference } from './evaluate.js';
import type { Example } from './examples.js';
import { type Metric, metricRow } from './metrics.js';
import { type PlottedCurve, plotSvg } from './plot.js';
import type { MeanPoint } from './rate-distortion.js';

/** Tells a report from other files of its name. */
export const GENERATOR = 'Nacre';

/** A phone gets plots of its own: in the wide ones, letters would be too small. */
const SIZES = [
  { name: 'wide', width: 720, height: 460 },
  { name: 'narrow', width: 370, height: 370 },
];

/**
 * The whole page.
 *
 * @param comparison - what compare gave
 * @param curves - its curves, to draw
 */
export function reportHtml(comparison: Comparison, curves: readonly PlottedCurve[]): string {
  const { images, codecs, metrics, leftOut, notices, machine } = comparison;
  const first = codecs[0]!.name;
  const title = `${first} compared on ${images.length} image${images.length > 1 ? 's' : ''}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="${GENERATOR}">
<title>${text(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${text(title)}</h1>
${metrics.map((metric) => lead(comparison, metric)).join('\n')}
${metrics.map((metric) => plots(curves, metric)).join('\n')}
<h2>Bits at the same quality</h2>
<p>BD-rate of the codec above the column against the one before the row: below zero, it needs fewer bits.
Curves are means over the images, joined by PCHIP over log rate. Below the figure: the mean of the BD-rates of
single images, the mean difference of the score at the same rate (BD-PSNR or the like), and the interval of scores
that the BD-rate is over.</p>
${metrics.map((metric) => differences(comparison, metric)).join('\n')}
${atRates(comparison)}
${look(comparison)}
${byImage(comparison)}
<h2>Every point</h2>
${codecs.map(({ name, curves: means }) => points(name, means, metrics)).join('\n')}
<h2>How it was measured</h2>
<dl>${codecs
    .map(({ name, description }) => `<dt>${text(name)}</dt><dd>${text(description)}</dd>`)
    .join('')}</dl>
<p>Bits per pixel count the whole file. Metrics are measured on each image, then averaged.
${metrics.map((metric) => text(metricRow(metric).description)).join(' ')} Times: ${text(machine)}.</p>
${list(
  'Left out',
  leftOut.map(({ what, why }) => `${what}: ${why}`),
)}
${list('Worth knowing', notices)}
<div id="tip" hidden></div>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

/** Escapes text for HTML. */
export function text(raw: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return raw.replace(/[&<>"]/g, (character) => entities[character]!);
}

function signed(value: number, digits: number): string {
  const shown = Math.abs(value).toFixed(digits);
  return Number(shown) === 0 ? shown : `${value < 0 ? '−' : '+'}${shown}`;
}

function lead({ codecs, differences: all }: Comparison, metric: Metric): string {
  const [first, ...others] = codecs.map(({ name }) => name);
  const parts = others.flatMap((anchor) => {
    const rate = all.find(
      (one) => one.metric === metric && one.test === first && one.anchor === anchor,
    )?.rate;
    return rate ? [`<b>${signed(rate.percent, 1)} %</b> against ${text(anchor)}`] : [];
  });
  if (parts.length === 0) return '';
  return `<p>Bits that ${text(first!)} needs for the same ${metricRow(metric).label}: ${parts.join(', ')}.</p>`;
}

function plots(curves: readonly PlottedCurve[], metric: Metric): string {
  const svgs = SIZES.map(
    ({ name, width, height }) =>
      `<div class="${name}">${plotSvg(curves, metric, { width, height })}</div>`,
  );
  return `<figure class="plot">${svgs.join('')}</figure>`;
}

function differences({ codecs, anchors, differences: all }: Comparison, metric: Metric): string {
  const { label, unit, formatScore } = metricRow(metric);
  const against = [...codecs, ...anchors].map(({ name }) => name);
  const cell = (one: Difference | undefined): string => {
    if (!one) return '<td></td>';
    if (!one.rate) return `<td class="none"><small>${text(one.reason ?? '')}</small></td>`;
    const { percent, low, high } = one.rate;
    const details = [
      one.rateByImage && `each ${signed(one.rateByImage.percent, 1)} %`,
      one.score && `${signed(one.score.gain, 2)} ${unit}`,
      `${formatScore(low)}–${formatScore(high)}`,
    ];
    const small = details.map((detail) => (detail ? `<small>${detail}</small>` : '')).join('');
    return `<td class="${percent < 0 ? 'better' : 'worse'}"><b>${signed(percent, 1)} %</b>${small}</td>`;
  };
  const rows = against
    .filter((anchor) => all.some((one) => one.metric === metric && one.anchor === anchor))
    .map((anchor) => {
      const cells = codecs.map(({ name }) =>
        cell(
          all.find((one) => one.metric === metric && one.test === name && one.anchor === anchor),
        ),
      );
      return `<tr><th scope="row">${text(anchor)}</th>${cells.join('')}</tr>`;
    });
  if (rows.length === 0) return '';
  const head = codecs.map(({ name }) => `<th scope="col">${text(name)}</th>`).join('');
  return `<div class="scroll"><table><caption>${label}</caption><thead><tr><th>against</th>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function atRates({ codecs, metrics, atRates: all }: Comparison): string {
  const rows = metrics.flatMap((metric) =>
    all
      .filter((one) => one.metric === metric)
      .map(({ bpp, values }) => {
        const cells = codecs.map(({ name }) => {
          const value = values[name];
          return `<td>${value === undefined ? '' : metricRow(metric).format(value)}</td>`;
        });
        return `<tr><th scope="row">${metricRow(metric).label}, ${bpp} bpp</th>${cells.join('')}</tr>`;
      }),
  );
  const head = codecs.map(({ name }) => `<th scope="col">${text(name)}</th>`).join('');
  return `<h2>Means at the same bytes</h2>
<div class="scroll"><table><thead><tr><th></th>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function look({ examples, codecs, rival }: Comparison): string {
  if (examples.length === 0) return '';
  const first = text(codecs[0]!.name);
  const shown = examples.map(({ image, percent, versions }: Example, i) => {
    const crops = versions.map(({ codec, quality, bytes, psnr, side, webp }) => {
      const facts =
        bytes === undefined
          ? ''
          : `<small>quality ${quality}, ${bytes.toLocaleString('en')} bytes, ${psnr!.toFixed(2)} dB</small>`;
      return `<figure><img src="data:image/webp;base64,${webp}" width="${side}" height="${side}" alt="The middle of ${text(image)} by ${text(codec)}"><figcaption>${text(codec)}${facts}</figcaption></figure>`;
    });
    const place = examples.length === 1 ? '' : i === 0 ? 'Best: ' : 'Worst: ';
    return `<h3>${place}${text(image)}, ${signed(percent, 1)} %</h3><div class="crops">${crops.join('')}</div>`;
  });
  return `<h2>To look at</h2>
<p>The images where ${first} does best and worst against ${text(rival ?? '')}, the codec it gains least against; the
middle of each, from files whose sizes are as near to ${first}'s as the codec allows.</p>
${shown.join('\n')}`;
}

function byImage({ byImage: rows, codecs, rival, metrics }: Comparison): string {
  if (rows.length < 2) return '';
  const { label } = metricRow(metrics[0]!);
  const cells = rows.map(
    ({ image, percent }) =>
      `<tr><th scope="row">${text(image)}</th><td class="${percent < 0 ? 'better' : 'worse'}">${signed(percent, 1)} %</td></tr>`,
  );
  return `<details><summary>Image by image: BD-rate of ${text(codecs[0]!.name)} against ${text(rival!)} in ${label}</summary>
<div class="scroll"><table><tbody>${cells.join('')}</tbody></table></div></details>`;
}

function points(
  name: string,
  curves: Readonly<Partial<Record<Metric, readonly MeanPoint[]>>>,
  metrics: readonly Metric[],
): string {
  const base = curves[metrics[0]!] ?? [];
  const value = (metric: Metric, quality: number): string => {
    const mean = curves[metric]?.find((point) => point.quality === quality)?.value;
    if (mean === undefined) return '';
    const { format, formatScore, score, scoreColumn, unit } = metricRow(metric);
    const small = scoreColumn ? `<small>${formatScore(score(mean))} ${unit}</small>` : '';
    return `${format(mean)}${small}`;
  };
  const rows = base.map(({ quality, bytes, bpp, encodeMs, decodeMs }) => {
    const cells = [
      Math.round(bytes).toLocaleString('en'),
      bpp.toFixed(3),
      ...metrics.map((metric) => value(metric, quality)),
      encodeMs.toFixed(0),
      decodeMs.toFixed(0),
    ];
    return `<tr><th scope="row">${quality}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  });
  const head = [
    'quality',
    'bytes',
    'bpp',
    ...metrics.map((metric) => metricRow(metric).label),
    'encode ms',
    'decode ms',
  ];
  return `<details><summary>${text(name)}</summary><div class="scroll"><table><thead><tr>${head
    .map((one) => `<th scope="col">${one}</th>`)
    .join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div></details>`;
}

function list(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  return `<h3>${title}</h3><ul>${items.map((item) => `<li>${text(item)}</li>`).join('')}</ul>`;
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --ground: #fff; --soft: #5d6670; --line: #d8dde3; --good: #07733f; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --ground: #14171a; --soft: #9aa4ae; --line: #343b43; --good: #56c98c; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; } h2 { font-size: 1.25rem; margin-top: 2.5rem; } h3 { font-size: 1rem; }
figure { margin: 0; } .plot { margin: 1.5rem 0; } .plot svg { max-width: 100%; height: auto; touch-action: pan-y; } .narrow { display: none; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
th:first-child { text-align: left; font-weight: 600; position: sticky; left: 0; background: var(--ground); }
small { display: block; color: var(--soft); font-size: .8rem; } td small, b, td.better, td.worse { white-space: nowrap; } td.none { max-width: 14rem; } td.none small { white-space: normal; text-align: left; }
.better b, td.better { color: var(--good); } .worse b, td.worse { color: var(--bad); } td.better, td.worse { color: var(--ink); }
.crops { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(256px, 44vw), 1fr)); gap: .75rem; } .crops img { width: 100%; height: auto; image-rendering: pixelated; display: block; }
summary { cursor: pointer; padding: .4rem 0; } dt { font-weight: 600; } dd { margin: 0 0 .5rem; color: var(--soft); }
#tip { position: fixed; pointer-events: none; background: var(--ink); color: var(--ground); padding: .25rem .5rem; border-radius: .3rem; font-size: .85rem; max-width: 80vw; z-index: 1; }
@media (max-width: 600px) { .wide { display: none; } .narrow { display: block; } th, td { padding: .3rem .4rem; font-size: .9rem; } small { font-size: .72rem; } }
`;

/** Shows the title of the point nearest to the pointer, or to the finger, at once. */
const SCRIPT = `
const tip = document.getElementById('tip');
for (const svg of document.querySelectorAll('.plot svg')) {
  const dots = [...svg.querySelectorAll('circle')].map((circle) => {
    const title = circle.querySelector('title');
    const words = title?.textContent ?? '';
    title?.remove();
    return { circle, words };
  });
  const show = ({ clientX, clientY }) => {
    let best, least = 30;
    for (const dot of dots) {
      const box = dot.circle.getBoundingClientRect();
      const distance = Math.hypot(box.x + box.width / 2 - clientX, box.y + box.height / 2 - clientY);
      if (distance < least) [best, least] = [{ ...dot, box }, distance];
    }
    tip.hidden = !best;
    if (!best) return;
    tip.textContent = best.words;
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = Math.max(4, Math.min(best.box.x - width / 2, innerWidth - width - 4)) + 'px';
    tip.style.top = best.box.y - height - 8 + 'px';
  };
  svg.addEventListener('pointermove', show);
  svg.addEventListener('pointerdown', show);
  svg.addEventListener('pointerleave', () => { tip.hidden = true; });
}
`;
