// A row for every model: a dot for every seed, the mean and its 95 % t interval.
import { svg } from './dom';
import type { Metric } from './metrics';
import { ink } from './theme';
import type { View } from './view';
import { fixed } from './words';

const kTop = 8, kAxis = 26;

interface Layout { width: number; row: number; left: number; right: number; narrow: boolean }

const kMostLetters = 44, kLetter = 7;  // of a name: its width in units of the drawing, at 13 px

// On a phone a model's name stands above its row; elsewhere it has the room that the longest needs.
function layoutFor(room: number, letters: number): Layout {
  if (room < 560) return { width: room, row: 48, left: 10, right: 62, narrow: true };
  const left = Math.max(200, kLetter * Math.min(letters, kMostLetters) + 24);
  return { width: 520 + left, row: 34, left, right: 90, narrow: false };
}

function niceStep(range: number): number {
  const raw = range / 5, power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map(factor => factor * power).find(step => step >= raw) ?? raw;
}

// Labels of one study begin alike, and often differ in their last setting: the middle goes.
function shortened(text: string, most: number): string {
  const half = Math.floor(most / 2);
  return text.length <= most ? text : `${text.slice(0, most - half - 1)}\u2026${text.slice(-half)}`;
}

export function intervalPlot(view: View, metric: Metric): SVGElement {
  const rows = view.models.map(model => {
    const dots = model.arms.filter(arm => arm.state === 'finished').map(arm => arm.values[metric.name]).filter((value): value is number => value !== null && value !== undefined);
    return { model, result: model.results[metric.name] ?? null, dots };
  });
  const all = rows.flatMap(({ result, dots }) => [...dots, ...(result?.low === undefined ? [] : [result.low, result.high!])]);
  let low = Math.min(...all), high = Math.max(...all);
  const margin = (high - low || Math.abs(high) || 1) * 0.06;
  low -= margin;
  high += margin;
  const { width, row, left, right, narrow } = layoutFor(
      document.documentElement.clientWidth - 26, Math.max(...view.models.map(model => model.label.length)));
  const x = (value: number) => left + (value - low) / (high - low) * (width - left - right);
  const height = kTop + row * rows.length + kAxis, bottom = height - kAxis;
  const spoken = rows.map(({ model, result }) => `${model.label} ${fixed(result?.mean, metric.decimals)}`).join('; ');
  const plot = svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', class: 'interval-plot', 'aria-label': `${metric.title}, means: ${spoken}` });
  const step = niceStep(high - low), decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  for (let tick = Math.ceil(low / step) * step; tick <= high; tick += step) {
    plot.append(svg('line', { x1: x(tick), x2: x(tick), y1: kTop, y2: bottom, class: 'grid' }),
                svg('text', { x: x(tick), y: height - 8, class: 'tick', 'text-anchor': 'middle' }, tick.toFixed(decimals)));
  }
  rows.forEach(({ model, result, dots }, i) => {
    const y = kTop + row * (i + (narrow ? 0.7 : 0.5)), color = ink(model.style.color);
    const name = narrow ? { x: left, y: y - 14 } : { x: left - 12, y: y + 4, 'text-anchor': 'end' };
    plot.append(svg('text', { ...name, class: 'name' }, svg('title', {}, model.label), shortened(model.label, kMostLetters)));
    if (!result) return;
    if (result.low !== undefined) {
      plot.append(svg('line', { x1: x(result.low), x2: x(result.high!), y1: y, y2: y, stroke: color, 'stroke-width': 2, class: 'interval' }));
      for (const end of [result.low, result.high!]) plot.append(svg('line', { x1: x(end), x2: x(end), y1: y - 5, y2: y + 5, stroke: color, 'stroke-width': 2 }));
    }
    for (const dot of dots) plot.append(svg('circle', { cx: x(dot), cy: y, r: 4, fill: color, 'fill-opacity': 0.5, class: 'dot' }));
    plot.append(svg('path', { d: `M${x(result.mean)} ${y - 7}l6 7l-6 7l-6 -7z`, fill: color, class: 'mean' }),
                svg('text', { x: width - 4, y: y + 4, 'text-anchor': 'end', class: 'value' }, fixed(result.mean, metric.decimals)));
  });
  return plot;
}
