// Charts that share a legend, a zoom and a pointer.
import type { Chart } from './chart';
import { h, svg } from './dom';
import { ink } from './theme';

interface Entry { label: string; color: string; dash: number[] }

interface GroupOptions {
  id: string;
  entries: Entry[];
  choice: { hidden: Set<string>; zoom: [number, number] | null };
  build(zoomed: (range: [number, number] | null) => void): Chart[];
  ticks(rebuild: () => void): (HTMLElement | null)[];
}

export function swatch({ color, dash }: { color: string; dash: number[] }): SVGElement {
  return svg('svg', { width: 26, height: 10, 'aria-hidden': 'true', class: 'swatch' },
      svg('line', { x1: 1, y1: 5, x2: 25, y2: 5, stroke: ink(color), 'stroke-width': 2.5, 'stroke-dasharray': dash.join(' ') }));
}

export function chartsGroup({ id, entries, choice, build, ticks }: GroupOptions): { elements: HTMLElement[]; charts: Chart[] } {
  const charts: Chart[] = [], grid = h('div', { className: 'charts' });
  const reset = h('button', { id: `${id}-reset`, type: 'button', className: 'plain', onclick: () => zoomed(null) }, 'Show all epochs');
  const showAll = h('button', { id: `${id}-show-all`, type: 'button', className: 'plain', onclick: () => setHidden(new Set()) }, 'Show all');
  const buttons = entries.map((entry, i) => h('button', {
    id: `${id}-legend-${i}`, type: 'button', className: 'entry', title: 'Click hides or shows; with Shift, only this one',
    onclick: event => toggle(entry.label, (event as MouseEvent).shiftKey),
  }, swatch(entry) as unknown as Node, entry.label));

  function zoomed(range: [number, number] | null): void {
    choice.zoom = range;
    reset.hidden = range === null;
    for (const chart of charts) chart.zoom(range);
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
  function mark(): void {
    entries.forEach(({ label }, i) => buttons[i]!.setAttribute('aria-pressed', String(!choice.hidden.has(label))));
    showAll.hidden = !entries.some(({ label }) => choice.hidden.has(label));
  }
  function rebuild(): void {
    for (const chart of charts.splice(0)) chart.destroy();
    charts.push(...build(zoomed));
    grid.replaceChildren(...charts.map(chart => chart.element));
  }

  rebuild();
  mark();
  reset.hidden = choice.zoom === null;
  const legend = h('div', { className: 'legend', role: 'group', 'aria-label': 'Shown lines' }, ...buttons, showAll);
  const tools = h('div', { className: 'tools' }, ...ticks(rebuild), reset,
                  h('span', { className: 'hint' }, 'Drag over a chart to zoom, double click shows all.'));
  return { elements: [legend, tools, grid], charts };
}
