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

interface Span { low: number; high: number }

function around(spans: Span[]): Span {
  return { low: Math.min(...spans.map(span => span.low)), high: Math.max(...spans.map(span => span.high)) };
}

// The rows that the axis is for. Where half of them or more, and at least two, are parted from the
// others by more than half of the whole width, it is theirs alone.
function together(spans: Span[]): Span[] {
  const sorted = [...spans].sort((a, b) => a.low + a.high - b.low - b.high), all = around(spans);
  const fewest = Math.max(2, Math.ceil(spans.length / 2));
  for (let off = 1; spans.length - off >= fewest; ++off) {
    for (const [some, others] of [[sorted.slice(off), sorted.slice(0, off)], [sorted.slice(0, -off), sorted.slice(-off)]] as const) {
      const here = around(some), there = around(others);
      if (Math.max(here.low - there.high, there.low - here.high) * 2 > all.high - all.low) return together(some);
    }
  }
  return spans;
}

// An arrow out of the drawing, where something of a model lies beyond the axis; in words where all
// of it does.
function beyond(x: number, y: number, side: number, color: string, all: boolean): SVGElement[] {
  const arrow = svg('path', { d: `M${x + side * 8} ${y}l${-side * 12} -6l0 12z`, fill: color, class: 'beyond' });
  return all ? [arrow, svg('text', { x: x - side * 12, y: y + 4, class: 'tick', 'text-anchor': side < 0 ? 'start' : 'end' }, 'far off this axis')] : [arrow];
}

export function intervalPlot(view: View, metric: Metric): SVGElement {
  const rows = view.models.map(model => {
    const dots = model.arms.filter(arm => arm.state === 'finished').map(arm => arm.values[metric.name]).filter((value): value is number => value !== null && value !== undefined);
    const result = model.results[metric.name] ?? null;
    const ends = [...dots, ...(result?.low === undefined ? [] : [result.low, result.high!])];
    return { model, result, dots, span: ends.length === 0 ? null : { low: Math.min(...ends), high: Math.max(...ends) } };
  });
  let { low, high } = around(together(rows.flatMap(({ span }) => span ?? [])));
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
  rows.forEach(({ model, result, dots, span }, i) => {
    const y = kTop + row * (i + (narrow ? 0.7 : 0.5)), color = ink(model.style.color);
    const name = narrow ? { x: left, y: y - 14 } : { x: left - 12, y: y + 4, 'text-anchor': 'end' };
    plot.append(svg('text', { ...name, class: 'name' }, svg('title', {}, model.label), shortened(model.label, kMostLetters)));
    if (!result || !span) return;
    const within = (value: number) => value >= low && value <= high, clamped = (value: number) => x(Math.min(high, Math.max(low, value)));
    if (span.low < low) plot.append(...beyond(left, y, -1, color, span.high < low));
    if (span.high > high) plot.append(...beyond(width - right, y, 1, color, span.low > high));
    if (result.low !== undefined && result.high! >= low && result.low <= high) {
      plot.append(svg('line', { x1: clamped(result.low), x2: clamped(result.high!), y1: y, y2: y, stroke: color, 'stroke-width': 2, class: 'interval' }));
      for (const end of [result.low, result.high!].filter(within)) plot.append(svg('line', { x1: x(end), x2: x(end), y1: y - 5, y2: y + 5, stroke: color, 'stroke-width': 2 }));
    }
    for (const dot of dots.filter(within)) plot.append(svg('circle', { cx: x(dot), cy: y, r: 4, fill: color, 'fill-opacity': 0.5, class: 'dot' }));
    if (within(result.mean)) plot.append(svg('path', { d: `M${x(result.mean)} ${y - 7}l6 7l-6 7l-6 -7z`, fill: color, class: 'mean' }));
    plot.append(svg('text', { x: width - 4, y: y + 4, 'text-anchor': 'end', class: 'value' }, fixed(result.mean, metric.decimals)));
  });
  return plot;
}
