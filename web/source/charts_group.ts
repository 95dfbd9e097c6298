// Charts that share a legend, a zoom and a pointer.
import type { Chart } from './chart';
import type { ChartsChoice } from './choices';
import { h, svg } from './dom';
import { ink } from './theme';

interface Entry { label: string; color: string; dash: number[] }

interface GroupOptions {
  id: string;
  entries: Entry[];
  epochs: number[];
  choice: ChartsChoice;
  charts: Chart[];  // those that are there now; a group that is made anew in its place has the same list
  build(zoomed: (range: [number, number] | null) => void): Chart[];
  ticks(rebuild: () => void): (HTMLElement | null)[];
}

function swatch({ color, dash }: Entry): SVGElement {
  return svg('svg', { width: 26, height: 10, 'aria-hidden': 'true', class: 'swatch' },
      svg('line', { x1: 1, y1: 5, x2: 25, y2: 5, stroke: ink(color), 'stroke-width': 2.5, 'stroke-dasharray': dash.join(' ') }));
}

export function chartsGroup(options: GroupOptions): HTMLElement[] {
  const { id, epochs, choice, charts } = options, grid = h('div', { className: 'charts' });
  const button = (name: string, text: string, act: () => void) => h('button', { id: `${id}-${name}`, type: 'button', className: 'plain', onclick: act }, text);
  const last = epochs[epochs.length - 1] ?? 1, half: [number, number] = [Math.ceil(last / 2), last];
  const reset = button('reset', 'Show all epochs', () => zoomed(null));
  const later = button('later', 'Show the later half', () => zoomed(half));
  const legend = makeLegend(options);

  function zoomed(range: [number, number] | null): void {
    choice.zoom = range;
    reset.hidden = range === null;
    later.hidden = range !== null || half[1] - half[0] < 1;
    for (const chart of charts) chart.zoom(range);
  }
  function rebuild(): void {
    for (const chart of charts.splice(0)) chart.destroy();
    charts.push(...options.build(zoomed));
    grid.replaceChildren(...charts.map(chart => chart.element));
  }

  rebuild();
  zoomed(choice.zoom);
  const tools = h('div', { className: 'tools' }, ...options.ticks(rebuild), later, reset,
                  h('span', { className: 'hint' }, 'Drag over a chart to zoom, double click shows all.'));
  return [legend, tools, grid];
}

// A button for every line: a click hides it or shows it again, with Shift shows it alone.
function makeLegend({ id, entries, choice, charts }: GroupOptions): HTMLElement {
  const showAll = h('button', { id: `${id}-show-all`, type: 'button', className: 'plain', onclick: () => setHidden(new Set()) }, 'Show all');
  const buttons = entries.map((entry, i) => h('button', {
    id: `${id}-legend-${i}`, type: 'button', className: 'entry', title: 'Click hides or shows; with Shift, only this one',
    onclick: event => toggle(entry.label, (event as MouseEvent).shiftKey),
  }, swatch(entry), entry.label));

  function mark(): void {
    entries.forEach(({ label }, i) => buttons[i]!.setAttribute('aria-pressed', String(!choice.hidden.has(label))));
    showAll.hidden = !entries.some(({ label }) => choice.hidden.has(label));
  }
  function setHidden(hidden: Set<string>): void {
    for (const { label } of entries) {
      if (hidden.has(label) === choice.hidden.has(label)) continue;
      if (hidden.has(label)) choice.hidden.add(label); else choice.hidden.delete(label);
      for (const chart of charts) chart.show(label, !hidden.has(label));
    }
    mark();
  }
  function toggle(label: string, alone: boolean): void {
    const hidden = new Set(choice.hidden);
    if (alone) {
      for (const entry of entries) hidden.add(entry.label);
      hidden.delete(label);
    } else if (!hidden.delete(label)) {
      hidden.add(label);
    }
    setHidden(hidden);
  }
  mark();
  return h('div', { className: 'legend', role: 'group', 'aria-label': 'Shown lines' }, ...buttons, showAll);
}
