// A line chart over epochs: zoomed by dragging, read at the pointer or by keys, synchronous with the
// others of its group.
import uPlot from 'uplot';
import type { Numbers } from './data';
import { h } from './dom';
import { chartColors, ink } from './theme';
import { fixed, general } from './words';

export interface Line {
  label: string;
  group: string;  // hidden and shown together
  color: string;
  dash: number[];
  width: number;
  values: Numbers;
  low?: Numbers;  // of the band, with `high`
  high?: Numbers;
}

export interface ChartOptions {
  id: string;
  title: string;
  decimals: number | null;  // null: five significant digits
  epochs: number[];
  lines: Line[];
  logarithmic: boolean;
  hidden: Set<string>;
  zoom: [number, number] | null;
  sync: string;
  zoomed(range: [number, number] | null): void;  // by the reader
}

export interface Chart {
  element: HTMLElement;
  show(group: string, on: boolean): void;
  zoom(range: [number, number] | null): void;
  fit(width?: number): void;
  destroy(): void;
}

const kHeight = 250, kMostReadLines = 12;
const kKeysText = 'Arrow keys read the values, plus and minus zoom, 0 shows all epochs.';

function positive(values: Numbers): Numbers {
  return values.map(value => value !== null && value > 0 ? value : null);
}

// Columns as uPlot takes them: a line, and where it has a band, its upper and lower edge.
function columnsOf(options: ChartOptions): { data: uPlot.AlignedData; series: uPlot.Series[]; bands: uPlot.Band[]; lineAt: number[] } {
  const usable = options.logarithmic ? positive : (values: Numbers) => values;
  const data: Numbers[] = [], series: uPlot.Series[] = [{}], bands: uPlot.Band[] = [], lineAt: number[] = [-1];
  const add = (values: Numbers, line: number, look: uPlot.Series) => {
    data.push(usable(values));
    series.push({ points: { show: options.epochs.length === 1 && look.width !== 0 }, spanGaps: false, ...look });
    lineAt.push(line);
  };
  for (const [i, line] of options.lines.entries()) {
    const show = !options.hidden.has(line.group), color = ink(line.color);
    if (line.low && line.high) {
      bands.push({ series: [series.length, series.length + 1], fill: `${color}2b` });
      add(line.high, -1 - i - 1, { show, width: 0, label: line.label });
      add(line.low, -1 - i - 1, { show, width: 0, label: line.label });
    }
    add(line.values, i, { show, stroke: color, width: line.width, dash: line.dash, label: line.label });
  }
  return { data: [options.epochs, ...data] as uPlot.AlignedData, series, bands, lineAt };
}

function axes(): uPlot.Axis[] {
  const { text, grid } = chartColors();
  const look = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' };
  return [{ ...look, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000], size: 28, gap: 4 }, { ...look, size: 52, gap: 4 }];
}

export function lineChart(options: ChartOptions): Chart {
  const { data, series, bands, lineAt } = columnsOf(options);
  const first = options.epochs[0] ?? 1, last = options.epochs[options.epochs.length - 1] ?? 1;
  const full: [number, number] = first === last ? [first - 0.5, last + 0.5] : [first, last];
  const readout = h('div', { className: 'readout', hidden: true });
  const spoken = h('p', { className: 'spoken', 'aria-live': 'polite' });
  const plot = h('div', { className: 'plot' });
  const box = h('div', { id: options.id, className: 'chart', tabIndex: 0, role: 'group', 'aria-roledescription': 'chart',
                         'aria-label': `${options.title}. ${kKeysText}` },
                h('h3', {}, options.title), plot, readout, spoken);
  let known = options.zoom ?? full;  // what the chart shows, or is about to
  const number = (value: number | null | undefined) => options.decimals === null ? general(value) : fixed(value, options.decimals);

  const uplot = new uPlot({
    width: 400, height: kHeight, series, bands, axes: axes(),
    legend: { show: false },
    scales: { x: { time: false, range: (_, low, high) => low === high ? full : [low, high] }, y: options.logarithmic ? { distr: 3 } : {} },
    cursor: {
      y: false, drag: { x: true, y: false }, points: { size: (_, i) => lineAt[i]! < 0 ? 0 : 6 },
      sync: { key: options.sync, filters: { pub: type => type === 'mousemove' || type === 'mouseleave' } },
    },
    hooks: {
      setScale: [(u, key) => {
        const { min, max } = u.scales.x!;
        if (key !== 'x' || (min === known[0] && max === known[1])) return;
        options.zoomed(min! <= full[0] && max! >= full[1] ? null : [min!, max!]);
      }],
      setCursor: [u => read(u)],
    },
  }, data, plot);

  function valuesAt(index: number): { line: Line; text: string; value: number }[] {
    const shown = options.lines.filter(line => !options.hidden.has(line.group) && line.values[index] !== null && line.values[index] !== undefined);
    return shown.map(line => {
      const band = line.low && line.high ? ` (${number(line.low[index])} to ${number(line.high[index])})` : '';
      return { line, text: number(line.values[index]) + band, value: line.values[index]! };
    }).sort((a, b) => b.value - a.value);
  }

  function read(u: uPlot): void {
    const index = u.cursor.idx;
    const pointed = box.matches(':hover') || box === document.activeElement;
    readout.hidden = index === null || index === undefined || !pointed;
    if (readout.hidden) return;
    const values = valuesAt(index!);
    const rows = values.slice(0, kMostReadLines).map(({ line, text }) => {
      const mark = h('span', { className: 'mark' });
      mark.style.background = ink(line.color);
      return h('div', {}, mark, `${line.label} `, h('b', {}, text));
    });
    const more = values.length > kMostReadLines ? h('div', {}, `and ${values.length - kMostReadLines} more`) : null;
    readout.replaceChildren(h('div', {}, `epoch ${options.epochs[index!]}`), ...rows, ...(more ? [more] : []));
    const left = u.cursor.left! + u.over.offsetLeft, width = plot.clientWidth;
    readout.style.left = left < width / 2 ? `${left + 14}px` : '';
    readout.style.right = left < width / 2 ? '' : `${width - left + 14}px`;
  }

  function step(by: number): void {
    const at = uplot.cursor.idx ?? (by > 0 ? -1 : options.epochs.length);
    const next = Math.min(Math.max(at + by, 0), options.epochs.length - 1);
    uplot.setCursor({ left: uplot.valToPos(options.epochs[next]!, 'x'), top: 10 });
    read(uplot);
    spoken.textContent = `epoch ${options.epochs[next]}: ${valuesAt(next).map(({ line, text }) => `${line.label} ${text}`).join('; ')}`;
  }

  function zoomBy(factor: number): void {
    const { min, max } = uplot.scales.x!;
    const middle = options.epochs[uplot.cursor.idx ?? -1] ?? (min! + max!) / 2, half = (max! - min!) * factor / 2;
    const range: [number, number] = [Math.max(full[0], middle - half), Math.min(full[1], middle + half)];
    if (range[1] - range[0] < 1 && full[1] - full[0] >= 1) return;
    options.zoomed(range[0] <= full[0] && range[1] >= full[1] ? null : range);
  }

  box.addEventListener('keydown', event => {
    const steps: Record<string, () => void> = {
      ArrowRight: () => step(1), ArrowLeft: () => step(-1), Home: () => step(-1e9), End: () => step(1e9),
      '+': () => zoomBy(0.5), '-': () => zoomBy(2), '0': () => options.zoomed(null),
      Escape: () => { readout.hidden = true; },
    };
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : steps[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  box.addEventListener('blur', () => { readout.hidden = true; });
  box.addEventListener('pointerleave', () => { readout.hidden = true; });

  const chart: Chart = {
    element: box,
    show(group, on) {
      for (let i = 1; i < series.length; ++i) {
        const at = lineAt[i]!, line = options.lines[at >= 0 ? at : -at - 2]!;
        if (line.group === group) uplot.setSeries(i, { show: on });
      }
    },
    zoom(range) {
      known = range ?? full;
      uplot.setScale('x', { min: known[0], max: known[1] });
      box.dataset['zoom'] = range ? `${range[0]} ${range[1]}` : '';
    },
    fit(width) {
      const room = width ?? plot.clientWidth;
      if (room > 0) uplot.setSize({ width: room, height: kHeight });
    },
    destroy() {
      observer.disconnect();
      uplot.destroy();
    },
  };
  const observer = new ResizeObserver(() => chart.fit());
  observer.observe(plot);
  chart.zoom(options.zoom);
  return chart;
}
