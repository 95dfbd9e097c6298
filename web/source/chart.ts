// A line chart over epochs: zoomed by dragging, read at the pointer or by keys, synchronous with the
// others of its group.
import uPlot from 'uplot';
import { columnsOf, type Columns, type Line } from './chart_columns';
import { h } from './dom';
import { chartColors, ink } from './theme';
import { fixed, general } from './words';

export interface ChartOptions {
  id: string;
  title: string;
  decimals: number | null;  // null: four significant digits
  epochs: number[];
  lines: Line[];
  logarithmic: boolean;
  hidden: Set<string>;  // groups; kept up to date by whoever calls show()
  zoom: [number, number] | null;
  sync: string;
  zoomed(range: [number, number] | null): void;  // by the reader
}

const kHeight = 250, kMostReadLines = 12;
const kKeysText = 'Arrow keys read the values, plus and minus zoom, 0 shows all epochs.';

function axes(): uPlot.Axis[] {
  const { text, grid } = chartColors();
  const look = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' };
  return [{ ...look, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000], size: 28, gap: 4 }, { ...look, size: 52, gap: 4 }];
}

export class Chart {
  readonly element: HTMLElement;
  private readonly readout = h('div', { className: 'readout', hidden: true });
  private readonly spoken = h('p', { className: 'spoken', 'aria-live': 'polite' });
  private readonly place = h('div', { className: 'plot' });
  private readonly full: [number, number];
  private readonly columns: Columns;
  private readonly plot: uPlot;
  private readonly observer = new ResizeObserver(() => this.fit());
  private known: [number, number];  // what the chart shows, or is about to

  constructor(private readonly options: ChartOptions) {
    const { id, title, epochs, zoom } = options;
    const first = epochs[0] ?? 1, last = epochs[epochs.length - 1] ?? 1;
    this.full = first === last ? [first - 0.5, last + 0.5] : [first, last];
    this.known = zoom ?? this.full;
    this.columns = columnsOf(epochs, options.lines, options.hidden, options.logarithmic);
    this.plot = this.makePlot();
    this.element = h('div', { id, className: 'chart', tabIndex: 0, role: 'group', 'aria-roledescription': 'chart', 'aria-label': `${title}. ${kKeysText}` },
        h('h3', {}, title), this.place, this.readout, this.spoken);
    this.element.addEventListener('keydown', event => this.press(event));
    for (const left of ['blur', 'pointerleave']) this.element.addEventListener(left, () => { this.readout.hidden = true; });
    this.observer.observe(this.place);
    this.zoom(zoom);
  }

  show(group: string, on: boolean): void {
    this.columns.lineOf.forEach((line, column) => {
      if (line?.group === group) this.plot.setSeries(column, { show: on });
    });
  }

  zoom(range: [number, number] | null): void {
    this.known = range ?? this.full;
    this.plot.setScale('x', { min: this.known[0], max: this.known[1] });
    this.element.dataset['zoom'] = range ? `${range[0]} ${range[1]}` : '';
  }

  fit(width = this.place.clientWidth): void {
    if (width > 0) this.plot.setSize({ width, height: kHeight });
  }

  destroy(): void {
    this.observer.disconnect();
    this.plot.destroy();
  }

  private makePlot(): uPlot {
    const { data, series, bands, isEdge } = this.columns, { logarithmic, sync } = this.options;
    return new uPlot({
      width: 400, height: kHeight, series, bands, axes: axes(),
      legend: { show: false },
      scales: { x: { time: false, range: (_, low, high) => low === high ? this.full : [low, high] }, y: logarithmic ? { distr: 3 } : {} },
      cursor: {
        y: false, drag: { x: true, y: false }, points: { size: (_, column) => isEdge[column] ? 0 : 6 },
        sync: { key: sync, filters: { pub: type => type === 'mousemove' || type === 'mouseleave' } },
      },
      hooks: { setScale: [(plot, key) => this.scaled(plot, key)], setCursor: [() => this.read()] },
    }, data, this.place);
  }

  // By the reader, or as zoom() asked.
  private scaled(plot: uPlot, key: string): void {
    const { min, max } = plot.scales['x']!;
    if (key !== 'x' || (min === this.known[0] && max === this.known[1])) return;
    this.options.zoomed(min! <= this.full[0] && max! >= this.full[1] ? null : [min!, max!]);
  }

  private number(value: number | null | undefined): string {
    return this.options.decimals === null ? general(value) : fixed(value, this.options.decimals);
  }

  // Of the lines that are shown, the highest first.
  private valuesAt(index: number): { line: Line; text: string }[] {
    const value = (line: Line) => line.values[index] ?? null;
    const shown = this.options.lines.filter(line => !this.options.hidden.has(line.group) && value(line) !== null);
    return shown.sort((a, b) => value(b)! - value(a)!).map(line => {
      const band = line.low && line.high ? ` (${this.number(line.low[index])} to ${this.number(line.high[index])})` : '';
      return { line, text: this.number(value(line)) + band };
    });
  }

  private read(): void {
    const index = this.plot?.cursor.idx;
    const pointed = this.element?.matches(':hover, :focus');
    this.readout.hidden = index === null || index === undefined || !pointed;
    if (this.readout.hidden) return;
    const values = this.valuesAt(index!);
    const rows = values.slice(0, kMostReadLines).map(({ line, text }) => {
      const mark = h('span', { className: 'mark' });
      mark.style.background = ink(line.color);
      return h('div', {}, mark, `${line.label} `, h('b', {}, text));
    });
    if (values.length > kMostReadLines) rows.push(h('div', {}, `and ${values.length - kMostReadLines} more`));
    this.readout.replaceChildren(h('div', {}, `epoch ${this.options.epochs[index!]}`), ...rows);
    const left = this.plot.cursor.left! + this.plot.over.offsetLeft, width = this.place.clientWidth;
    this.readout.style.left = left < width / 2 ? `${left + 14}px` : '';
    this.readout.style.right = left < width / 2 ? '' : `${width - left + 14}px`;
  }

  private step(by: number): void {
    const { epochs } = this.options;
    const at = this.plot.cursor.idx ?? (by > 0 ? -1 : epochs.length);
    const next = Math.min(Math.max(at + by, 0), epochs.length - 1);
    this.plot.setCursor({ left: this.plot.valToPos(epochs[next]!, 'x'), top: 10 });
    this.read();
    this.spoken.textContent = `epoch ${epochs[next]}: ${this.valuesAt(next).map(({ line, text }) => `${line.label} ${text}`).join('; ')}`;
  }

  // About the epoch that is read, or the middle.
  private zoomBy(factor: number): void {
    const [low, high] = this.known, [first, last] = this.full;
    const middle = this.options.epochs[this.plot.cursor.idx ?? -1] ?? (low + high) / 2, half = (high - low) * factor / 2;
    const range: [number, number] = [Math.max(first, middle - half), Math.min(last, middle + half)];
    if (factor < 1 && range[1] - range[0] < 1) return;
    this.options.zoomed(range[0] <= first && range[1] >= last ? null : range);
  }

  private press(event: KeyboardEvent): void {
    const acts: Record<string, () => void> = {
      ArrowRight: () => this.step(1), ArrowLeft: () => this.step(-1), Home: () => this.step(-1e9), End: () => this.step(1e9),
      '+': () => this.zoomBy(0.5), '-': () => this.zoomBy(2), '0': () => this.options.zoomed(null),
      Escape: () => { this.readout.hidden = true; },
    };
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}
