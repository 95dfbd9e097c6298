// What normalization does to every layer, over the epochs: all layers of a model, or one layer of
// all models.
import { chosenModel, modelChoice, seedChoice } from './arm_choice';
import { Chart } from './chart';
import type { Line } from './chart_columns';
import { chartsGroup } from './charts_group';
import type { Choices } from './choices';
import { allEpochs, at, meanLine } from './curves';
import type { Layer, Numbers, Style } from './data';
import { choice, h, section, table, tick, wide } from './dom';
import { kLayerQuantities, type Metric } from './metrics';
import type { Arm, Model, View } from './view';
import { general } from './words';

const kAllLayers = '';

function layerNames(model: Model): string[] {
  return [...new Set(model.arms.flatMap(arm => arm.layers?.layers.map(layer => layer.name) ?? []))];
}

function layerOf(arm: Arm, name: string): Layer | undefined {
  return arm.layers?.layers.find(layer => layer.name === name);
}

// The mean over the model's arms that have it, or of the one seed.
function lineOf(model: Model, name: string, quantity: string, seed: string, epochs: number[], label: string, style: Style): Line | null {
  const columns: Numbers[] = [];
  for (const arm of model.arms) {
    const values = layerOf(arm, name)?.[quantity];
    if (Array.isArray(values) && (seed === '' || arm.seed === seed)) columns.push(at(epochs, arm.layers!.epoch, values));
  }
  return columns.length === 0 ? null : meanLine(label, style, columns);
}

function shownLines(view: View, models: Model[], choices: Choices, quantity: string, epochs: number[], styles: Style[]): Line[] {
  const held = choices.layers;
  const model = chosenModel(models, held.model);
  const lines = held.layer === kAllLayers
    ? layerNames(model).map((name, i) => lineOf(model, name, quantity, held.seed, epochs, name, styles[i % styles.length]!))
    : view.models.map(each => lineOf(each, held.layer, quantity, held.seed, epochs, each.label, each.style));
  return lines.filter((line): line is Line => line !== null);
}

function lastTable(lines: Line[], metric: Metric, epochs: number[]): HTMLElement {
  const rows = lines.map(line => [line.label, ...epochs.map((_, e) => ({ text: general(line.values[e]), number: true }))]);
  return wide(metric.title, table(metric.title, ['', ...epochs.map(epoch => `epoch ${epoch}`)], rows));
}

export function layersSection(view: View, choices: Choices, styles: Style[]): { element: HTMLElement; charts: Chart[] } | null {
  const models = view.models.filter(model => model.arms.some(arm => arm.layers));
  if (models.length === 0) return null;
  const held = choices.layers, epochs = allEpochs(view.arms.map(arm => arm.layers?.epoch ?? []));
  const quantities = kLayerQuantities.filter(({ name }) => view.arms.some(arm => arm.layers?.layers.some(layer => layer[name])));
  const names = [...new Set(models.flatMap(layerNames))], place = h('div', {}), charts: Chart[] = [];
  const draw = () => {
    const metric = quantities.find(({ name }) => name === held.quantity) ?? quantities[0]!;
    const lines = shownLines(view, models, choices, metric.name, epochs, styles);
    const group = chartsGroup({
      id: 'layers', entries: lines, epochs, choice: held, charts, ticks: rebuild => [tick('layers-log', 'Logarithmic', held.logarithmic, on => { held.logarithmic = on; rebuild(); })],
      build: zoomed => [new Chart({ id: 'chart-layers', title: metric.title, decimals: null, epochs, lines, logarithmic: held.logarithmic, hidden: held.hidden, zoom: held.zoom, sync: 'layers', zoomed })],
    });
    const details = h('details', { id: 'layers-table', open: place.querySelector('details')?.open ?? false }, h('summary', {}, 'The same as a table'), lastTable(lines, metric, epochs));
    place.replaceChildren(...group, details);
  };
  const redrawn = (set: (value: string) => void) => (value: string) => { set(value); held.hidden.clear(); draw(); };
  draw();
  return { charts, element: section('layers', 'Layers through the epochs',
      h('p', { className: 'hint' }, 'Taken at the last training batch of every epoch; a line is the mean over the seeds, its band their range. A layer without a normalization has the same values before and after.'),
      h('div', { className: 'tools' },
          choice('layers-quantity', 'Quantity', quantities.map(({ name, title }) => ({ value: name, text: title })), held.quantity, redrawn(value => { held.quantity = value; })),
          modelChoice('layers', models, held.model, redrawn(label => { held.model = label; })),
          choice('layers-layer', 'Layer', [{ value: kAllLayers, text: 'all layers of this model' }, ...names.map(name => ({ value: name, text: `${name}, of all models` }))], held.layer, redrawn(value => { held.layer = value; })),
          seedChoice('layers', view, held.seed, redrawn(seed => { held.seed = seed; }))),
      place) };
}
