// Loss and accuracy of all models over the epochs, means and ranges over seeds; one legend for all
// charts.
import type { Choices } from './choices';
import { Chart } from './chart';
import type { Line } from './chart_columns';
import { chartsGroup } from './charts_group';
import type { Numbers, Style } from './data';
import { h, section, table, tick, wide } from './dom';
import { kCurves, type Metric } from './metrics';
import type { Arm, Model, View } from './view';
import { fixed, plural } from './words';

// The arms that a model's curve is taken over: those that did not diverge, or where all did, those.
export function curveArms(model: Model): Arm[] {
  const arms = model.arms.filter(arm => arm.curves.epoch.length > 0);
  const sound = arms.filter(arm => arm.state !== 'diverged');
  return sound.length > 0 ? sound : arms;
}

export function allEpochs(lists: number[][]): number[] {
  return [...new Set(lists.flat())].sort((a, b) => a - b);
}

export function at(epochs: number[], own: number[], values: Numbers): Numbers {
  const byEpoch = new Map(own.map((epoch, i) => [epoch, values[i]]));
  return epochs.map(epoch => byEpoch.get(epoch));
}

// Over the epochs that every one of the columns has, so that no point mixes another set of seeds.
function meanAndRange(columns: Numbers[]): { mean: Numbers; low: Numbers; high: Numbers } {
  const mean: Numbers = [], low: Numbers = [], high: Numbers = [];
  for (let e = 0; e < (columns[0]?.length ?? 0); ++e) {
    const values = columns.map(column => column[e]);
    if (values.every(value => typeof value === 'number')) {
      mean.push(values.reduce((a, b) => a + b, 0) / values.length);
      low.push(Math.min(...values));
      high.push(Math.max(...values));
    } else {
      const none = values.includes(undefined) ? undefined : null;
      for (const each of [mean, low, high]) each.push(none);
    }
  }
  return { mean, low, high };
}

// The mean of several columns, with their range as its band.
export function meanLine(label: string, { color, dash }: Style, columns: Numbers[]): Line {
  const { mean, low, high } = meanAndRange(columns);
  return { label, group: label, color, dash, width: 2, values: mean, ...(columns.length > 1 ? { low, high } : {}) };
}

function linesOf(view: View, metric: Metric, epochs: number[], seedLines: boolean): Line[] {
  return view.models.flatMap(model => {
    const arms = curveArms(model).filter(arm => arm.curves[metric.name]);
    if (arms.length === 0) return [];
    const columns = arms.map(arm => at(epochs, arm.curves.epoch, arm.curves[metric.name]!));
    if (!seedLines) return [meanLine(model.label, model.style, columns)];
    const { color, dash } = model.style;
    return columns.map((values, i) => ({ label: `${model.label}, seed ${arms[i]!.seed}`, group: model.label, color, dash, width: 1, values }));
  });
}

// The charts' text alternative, each filled when it is opened.
function curveTable(lines: Line[], metric: Metric, epochs: number[]): HTMLElement {
  const rows = epochs.map((epoch, e) => [String(epoch), ...lines.map(line => ({
    text: fixed(line.values[e], metric.decimals) + (line.low ? ` (${fixed(line.low[e], metric.decimals)} to ${fixed(line.high![e], metric.decimals)})` : ''),
    number: true,
  }))]);
  return wide(metric.title, table(metric.title, ['epoch', ...lines.map(line => line.label)], rows));
}

export function curveTables(id: string, metrics: Metric[], epochs: number[], lines: (metric: Metric) => Line[]): HTMLElement {
  return h('div', { className: 'tables' }, ...metrics.map(metric => {
    const details = h('details', { id: `${id}-table-${metric.name}` }, h('summary', {}, `${metric.title}, as a table`));
    details.addEventListener('toggle', () => {
      if (details.open && details.children.length === 1) details.append(curveTable(lines(metric), metric, epochs));
    });
    return details;
  }));
}

export function curvesSection(view: View, choices: Choices): { element: HTMLElement; charts: Chart[] } | null {
  const epochs = allEpochs(view.arms.map(arm => arm.curves.epoch));
  if (epochs.length === 0) return null;
  const metrics = kCurves.filter(metric => view.arms.some(arm => arm.curves[metric.name]));
  const several = view.models.some(model => curveArms(model).length > 1);
  const held = choices.curves, charts: Chart[] = [];
  const group = chartsGroup({
    id: 'curves', entries: view.models.map(model => ({ label: model.label, color: model.style.color, dash: model.style.dash })),
    choice: held, charts, epochs,
    build: zoomed => metrics.map(metric => new Chart({
      id: `chart-${metric.name}`, title: metric.title, decimals: metric.decimals, epochs,
      lines: linesOf(view, metric, epochs, held.seedLines), logarithmic: held.logarithmic && /loss|penalty/.test(metric.name),
      hidden: held.hidden, zoom: held.zoom, sync: 'curves', zoomed,
    })),
    ticks: rebuild => [
      several ? tick('each-seed', 'Every seed by itself', held.seedLines, on => { held.seedLines = on; rebuild(); }) : null,
      tick('log-loss', 'Logarithmic loss', held.logarithmic, on => { held.logarithmic = on; rebuild(); }),
    ],
  });
  const tables = curveTables('curves', metrics, epochs, metric => linesOf(view, metric, epochs, false));
  const band = several ? ' A line is the mean over a model\u2019s seeds, its band reaches from the lowest to the highest.' : '';
  const intro = `${plural(epochs[epochs.length - 1]!, 'epoch')}.${band} Train numbers are running means over an epoch\u2019s batches, as augmented and with dropout; test numbers are taken after it.`;
  return { element: section('curves', 'Curves', h('p', { className: 'hint' }, intro), ...group, tables), charts };
}
