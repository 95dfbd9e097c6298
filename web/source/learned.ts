// What each layer learned beside its filters, over the epochs: a model's values one at a time, a
// line a layer.
import { chosenModel, modelChoice, seedChoice } from './arm_choice';
import { Chart } from './chart';
import type { Line } from './chart_columns';
import { chartsGroup } from './charts_group';
import type { Choices } from './choices';
import { allEpochs, at, curveArms, meanLine } from './curves';
import type { ArmLearned, LearnedValue, Style } from './data';
import { choice, h, section, table, wide } from './dom';
import { kLearnedColumns, type Metric } from './metrics';
import type { Arm, Model, View } from './view';
import { general, plural } from './words';

type Learned = Arm & { learned: ArmLearned };

function learnedArms(model: Model, seed: string): Learned[] {
  return curveArms(model).filter((arm): arm is Learned => !!arm.learned && (seed === '' || arm.seed === seed));
}

function titleOf({ part, name }: LearnedValue): string {
  return part === 'norm' ? name : `${part}.${name}`;
}

// What an equation makes of learned values, then these, and what nearly every method has last.
function rank(value: LearnedValue): number {
  if (value.kind === 'statement') return 0;
  return value.part === 'norm' && ['weight', 'bias'].includes(value.name) ? 2 : 1;
}

function keyOf(value: LearnedValue): string {
  return `${value.kind} ${titleOf(value)}`;
}

// One of each value, whatever the layer.
function valuesOf(arms: Learned[]): LearnedValue[] {
  const byKey = new Map(arms.flatMap(arm => arm.learned.values).map(value => [keyOf(value), value]));
  return [...byKey.values()].sort((a, b) => rank(a) - rank(b));
}

// A line a layer: the mean over the arms that have it.
function linesOf(arms: Learned[], key: string, column: string, epochs: number[], styles: Style[]): Line[] {
  const own = arms.map(({ learned }) => learned.values.filter(value => keyOf(value) === key));
  const layers = [...new Set(own.flat().map(value => value.layer))];
  return layers.flatMap((layer, i) => {
    const columns = own.flatMap((values, a) => {
      const numbers = values.find(value => value.layer === layer)?.[column];
      return Array.isArray(numbers) ? [at(epochs, arms[a]!.learned.epoch, numbers)] : [];
    });
    return columns.length === 0 ? [] : [meanLine(layer, styles[i % styles.length]!, columns)];
  });
}

// All values of the model at the last epoch, a row a layer.
function lastTable(arms: Learned[], values: LearnedValue[], epochs: number[], styles: Style[]): HTMLElement {
  const shown = values.filter((value, _, all) => rank(value) < 2 || all.every(each => rank(each) === 2));
  const of = (value: LearnedValue, column: string) => new Map(linesOf(arms, keyOf(value), column, epochs, styles).map(line => [line.label, line.values[epochs.length - 1]]));
  const columns = shown.map(value => ({ mean: of(value, 'mean'), low: of(value, 'lowest'), high: of(value, 'highest') }));
  const layers = [...new Set(columns.flatMap(({ mean }) => [...mean.keys()]))];
  const rows = layers.map(layer => [layer, ...columns.map(({ mean, low, high }) => ({
    text: mean.has(layer) ? general(mean.get(layer)) + (low.has(layer) ? ` (${general(low.get(layer))} to ${general(high.get(layer))})` : '') : '',
    number: true,
  }))]);
  const title = `After epoch ${epochs[epochs.length - 1]}; in brackets the lowest and the highest element`;
  return wide('What each layer learned', table(title, ['layer', ...shown.map(titleOf)], rows));
}

export function learnedSection(view: View, choices: Choices, styles: Style[]): { element: HTMLElement; charts: Chart[] } | null {
  const models = view.models.filter(model => learnedArms(model, '').length > 0);
  if (models.length === 0) return null;
  const held = choices.learned, place = h('div', {}), charts: Chart[] = [];
  const redrawn = (set: (value: string) => void) => (value: string) => { set(value); held.hidden.clear(); draw(); };
  const draw = () => {
    const model = chosenModel(models, held.model), arms = learnedArms(model, held.seed);
    const values = valuesOf(arms), epochs = allEpochs(arms.map(arm => arm.learned.epoch));
    const value = values.find(each => keyOf(each) === held.value) ?? values[0];
    const pick = choice('learned-value', 'Value', values.map(each => ({ value: keyOf(each), text: titleOf(each) + (each.kind === 'statement' ? ' (of the equation)' : '') })), held.value, redrawn(key => { held.value = key; }));
    const columns: Metric[] = kLearnedColumns.filter(({ name }) => value && Array.isArray(value[name]));
    const column = columns.find(({ name }) => name === held.column) ?? columns[0];
    if (!value || !column) return place.replaceChildren(h('p', { className: 'hint' }, 'This training left none.'));
    const lines = linesOf(arms, keyOf(value), column.name, epochs, styles);
    const over = columns.length > 1 ? `, ${column.title} of ${plural(value.count, 'element')}` : '';
    const title = titleOf(value) + (columns.length > 1 && lines.length > 1 ? `, ${column.title} over its elements` : over);
    const group = chartsGroup({
      id: 'learned', entries: lines, epochs, choice: held, charts, ticks: () => [],
      build: zoomed => [new Chart({ id: 'chart-learned', title, decimals: null, epochs, lines, logarithmic: false, hidden: held.hidden, zoom: held.zoom, sync: 'learned', zoomed })],
    });
    const rows = lines.map(line => [line.label, ...epochs.map((_, e) => ({ text: general(line.values[e]), number: true }))]);
    const details = h('details', { id: 'learned-table', open: place.querySelector('details')?.open ?? false },
        h('summary', {}, 'The same as a table'), wide(title, table(title, ['layer', ...epochs.map(epoch => `epoch ${epoch}`)], rows)));
    const of = columns.length > 1 ? choice('learned-column', 'Of its elements', columns.map(each => ({ value: each.name, text: each.title })), held.column, redrawn(name => { held.column = name; })) : null;
    place.replaceChildren(lastTable(arms, values, epochs, styles), h('div', { className: 'tools' }, pick, of), ...group, details);
  };
  draw();
  return { charts, element: section('learned', 'What each layer learned',
      h('p', { className: 'hint' }, 'The values that a normalization learns beside the filters, after every epoch, and what its equation makes of these alone. A line is the mean over the seeds, its band their range. A value that the applications of a repeated layer share is one.'),
      h('div', { className: 'tools' },
          modelChoice('learned', models, held.model, redrawn(label => { held.model = label; })),
          seedChoice('learned', view, held.seed, redrawn(seed => { held.seed = seed; }))),
      place) };
}
