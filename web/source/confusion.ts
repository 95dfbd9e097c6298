// What a model takes for what, over all its seeds or one; a cell opens its images.
import { chosenModel, modelChoice, seedChoice } from './arm_choice';
import type { Choices } from './choices';
import { dialog } from './dialog';
import { h, section } from './dom';
import { tiles } from './tiles';
import { showImage } from './image_dialog';
import type { Arm, Miss, Model, View } from './view';
import { plural } from './words';

const kMostClasses = 32;  // that a table on a screen can hold

export interface Confusion { counts: number[][]; arms: Arm[]; right: boolean }

export function armsOf(model: Model, seed: string): Arm[] {
  return model.arms.filter(arm => arm.misses && (seed === '' || arm.seed === seed));
}

// counts[truth][prediction], summed over the arms. Right answers need the data set's counts.
export function confusionOf(view: View, arms: Arm[]): Confusion {
  const classes = view.dataset.classes.length, totals = view.dataset.class_counts;
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const taken = new Set(arms);
  for (const miss of view.misses) {
    if (taken.has(miss.arm)) ++counts[view.dataset.images.truth[miss.image]!]![miss.prediction]!;
  }
  for (const arm of arms) {
    for (const [truth, prediction, count] of arm.misses!.unlisted) counts[truth]![prediction]! += count;
  }
  if (totals) {
    counts.forEach((row, truth) => { row[truth] = totals[truth]! * arms.length - row.reduce((a, b) => a + b, 0); });
  }
  return { counts, arms, right: totals !== undefined };
}

// All classes, or those that are missed most.
function shownClasses(view: View, counts: number[][]): number[] {
  const all = view.dataset.classes.map((_, c) => c);
  if (all.length <= kMostClasses) return all;
  const misses = (c: number) => counts[c]!.reduce((sum, count, other) => other === c ? sum : sum + count + counts[other]![c]!, 0);
  return all.sort((a, b) => misses(b) - misses(a)).slice(0, kMostClasses).sort((a, b) => a - b);
}

function openCell(view: View, confusion: Confusion, truth: number, prediction: number, where: string): void {
  const arms = new Set(confusion.arms), { classes, images } = view.dataset;
  const found = view.misses.filter(miss => arms.has(miss.arm) && miss.prediction === prediction && images.truth[miss.image] === truth);
  const byImage = new Map<number, Miss[]>();
  for (const miss of found) byImage.set(miss.image, [...byImage.get(miss.image) ?? [], miss]);
  const all = [...byImage].sort((a, b) => b[1].length - a[1].length || a[0] - b[0]);
  const count = confusion.counts[truth]![prediction]!, rest = count - found.length;
  const list = tiles(view, all.map(([image, misses]) => ({ image, misses })), image => showImage(view, image));
  dialog(`${classes[truth]} taken for ${classes[prediction]}`,
      h('p', { id: 'cell-count' }, `${where}: ${plural(count, 'miss', 'misses')} of ${plural(all.length, 'image')}${rest > 0 ? `; ${plural(rest, 'miss', 'misses')} of images that are not on this page` : ''}.`), list);
}

function matrix(view: View, confusion: Confusion, where: string): HTMLElement {
  const { counts } = confusion, { classes } = view.dataset, shown = shownClasses(view, counts);
  let largestMiss = 1;
  for (const t of shown) for (const p of shown) if (t !== p) largestMiss = Math.max(largestMiss, counts[t]![p]!);
  const cells: HTMLElement[] = [];
  const makeCell = (t: number, p: number) => {
    const count = counts[t]![p]!, right = t === p, total = counts[t]!.reduce((a, b) => a + b, 0);
    const cell = h('td', { role: 'gridcell', tabIndex: -1, className: right ? 'right' : count > 0 ? 'miss' : 'none', 'data-truth': t, 'data-prediction': p,
      'aria-label': `${classes[t]} ${right ? 'recognized' : `taken for ${classes[p]}`}: ${right && !confusion.right ? 'not known' : count}` },
      right && !confusion.right ? '' : count > 0 || right ? String(count) : '\u00b7');
    const share = right ? (total > 0 ? count / total : 0) : Math.sqrt(count / largestMiss);
    cell.style.setProperty('--share', `${Math.round(share * (right ? 30 : 62))}%`);
    cells.push(cell);
    return cell;
  };
  const grid = h('table', { className: 'confusion', role: 'grid', 'aria-label': `Confusion matrix, ${where}` },
      h('thead', {}, h('tr', { role: 'row' }, h('th', { className: 'corner', scope: 'col' }, 'truth \\ prediction'),
          ...shown.map(p => h('th', { scope: 'col', role: 'columnheader', className: 'turned' }, h('span', {}, classes[p]!))))),
      h('tbody', {}, ...shown.map(t => h('tr', { role: 'row' }, h('th', { scope: 'row', role: 'rowheader' }, classes[t]!), ...shown.map(p => makeCell(t, p))))));
  listen(grid, cells, shown.length, cell => {
    const truth = Number(cell.dataset['truth']), prediction = Number(cell.dataset['prediction']);
    if (truth !== prediction && counts[truth]![prediction]! > 0) openCell(view, confusion, truth, prediction, where);
  });
  return grid;
}

// One stop of Tab; arrows walk, Enter opens.
function listen(grid: HTMLElement, cells: HTMLElement[], columns: number, open: (cell: HTMLElement) => void): void {
  cells[0]!.tabIndex = 0;
  const go = (cell: HTMLElement) => {
    for (const each of cells) each.tabIndex = each === cell ? 0 : -1;
    cell.focus();
  };
  grid.addEventListener('keydown', event => {
    const at = cells.indexOf(event.target as HTMLElement);
    if (at < 0) return;
    const row = at - at % columns, targets: Record<string, number> = {
      ArrowRight: Math.min(at + 1, row + columns - 1), ArrowLeft: Math.max(at - 1, row),
      ArrowDown: at + columns < cells.length ? at + columns : at, ArrowUp: at >= columns ? at - columns : at,
      Home: row, End: row + columns - 1,
    };
    if (event.key === 'Enter' || event.key === ' ') open(cells[at]!);
    else if (event.key in targets) go(cells[targets[event.key]!]!);
    else return;
    event.preventDefault();
  });
  grid.addEventListener('click', event => {
    const cell = (event.target as Element).closest('td');
    if (!cell) return;
    go(cell);
    open(cell);
  });
}

export function confusionSection(view: View, choices: Choices): HTMLElement | null {
  const models = view.models.filter(model => armsOf(model, '').length > 0);
  if (models.length === 0) return null;
  const place = h('div', { className: 'wide matrix', role: 'region', 'aria-label': 'Confusion matrix' });
  const said = h('p', { className: 'hint', role: 'status', id: 'confusion-said' });
  const draw = () => {
    const model = chosenModel(models, choices.confusion.model);
    let arms = armsOf(model, choices.confusion.seed);
    if (arms.length === 0) arms = armsOf(model, '');
    const where = `${model.label}, ${arms.length === 1 ? `seed ${arms[0]!.seed}` : `${arms.length} seeds together`}`;
    const confusion = confusionOf(view, arms);
    place.replaceChildren(matrix(view, confusion, where));
    const misses = confusion.counts.reduce((sum, row, t) => sum + row.reduce((a, count, p) => t === p ? a : a + count, 0), 0);
    const shown = Math.min(view.dataset.classes.length, kMostClasses);
    said.textContent = `${where}: ${plural(misses, 'miss', 'misses')}.${shown < view.dataset.classes.length ? ` Shown are the ${shown} classes with the most.` : ''} A cell with misses opens their images; arrow keys walk, Enter opens.`;
  };
  draw();
  return section('confusion', 'Confusion matrix',
      h('div', { className: 'tools' },
          modelChoice('confusion', models, choices.confusion.model, label => { choices.confusion.model = label; draw(); }),
          seedChoice('confusion', view, choices.confusion.seed, seed => { choices.confusion.seed = seed; draw(); })),
      said, place);
}
