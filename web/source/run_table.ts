// Every training in a row, sorted by any column; of the settings only those that differ.
import type { Choices } from './choices';
import { h, section, wide } from './dom';
import { kMetrics } from './metrics';
import type { Arm, View } from './view';
import { duration, fixed, plural } from './words';

interface Column {
  key: string;
  title: string;
  number: boolean;
  value(arm: Arm): number | string | null;
  text(arm: Arm): string;
}

// What says how a training was carried out, not what was trained.
const kCarriedOut = new Set(['seed', 'threads', 'jobs', 'simd', 'data_dir', 'out']);

export function differingKeys(view: View): string[] {
  const keys = [...new Set(view.arms.flatMap(arm => Object.keys(arm.settings)))];
  return keys.filter(key => !kCarriedOut.has(key) && new Set(view.arms.map(arm => arm.settings[key] ?? '')).size > 1);
}

function numeric(text: string): number | string {
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function columnsOf(view: View): Column[] {
  const plain = (key: string, title: string, text: (arm: Arm) => string): Column => ({ key, title, number: false, value: text, text });
  const columns: Column[] = [plain('model', 'model', arm => arm.owner.label),
    { key: 'seed', title: 'seed', number: true, value: arm => Number(arm.seed), text: arm => arm.seed }];
  for (const key of differingKeys(view)) {
    columns.push({ key: `setting ${key}`, title: key, number: view.arms.every(arm => typeof numeric(arm.settings[key] ?? '') === 'number'),
                   value: arm => numeric(arm.settings[key] ?? ''), text: arm => arm.settings[key] ?? '-' });
  }
  if (view.arms.some(arm => arm.state !== 'finished')) columns.push(plain('state', 'state', arm => arm.state));
  for (const metric of kMetrics) {
    if (metric.name === 'seconds') continue;  // the last column, as hours and minutes
    if (!view.arms.some(arm => arm.values[metric.name] !== null && arm.values[metric.name] !== undefined)) continue;
    columns.push({ key: metric.name, title: metric.title, number: true, value: arm => arm.values[metric.name] ?? null,
                   text: arm => fixed(arm.values[metric.name], metric.decimals) });
  }
  columns.push({ key: 'best_epoch', title: 'best epoch', number: true, value: arm => arm.best_epoch || null, text: arm => arm.best_epoch ? String(arm.best_epoch) : '-' },
               { key: 'seconds', title: 'time', number: true, value: arm => arm.values['seconds'] ?? null, text: arm => duration(arm.values['seconds']) });
  return columns;
}

// What is not known comes last, either way.
function compared(a: number | string | null, b: number | string | null): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}

export function sorted(arms: Arm[], column: Column | undefined, descending: boolean): Arm[] {
  if (!column) return arms;
  return [...arms].sort((a, b) => {
    const x = column.value(a), y = column.value(b);
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return descending ? compared(y, x) : compared(x, y);
  });
}

export function runsSection(view: View, choices: Choices): HTMLElement {
  const columns = columnsOf(view), body = h('tbody', {}), said = h('p', { className: 'spoken', 'aria-live': 'polite' });
  const heads = columns.map((column, c) => h('th', { scope: 'col', className: column.number ? 'number' : '' },
      h('button', { id: `sort-${c}`, type: 'button', className: 'sort', onclick: () => sortBy(column) }, column.title)));
  const fill = () => {
    const { column: key, descending } = choices.sort, by = columns.find(column => column.key === key);
    columns.forEach((column, c) => {
      if (column === by) heads[c]!.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      else heads[c]!.removeAttribute('aria-sort');
    });
    body.replaceChildren(...sorted(view.arms, by, descending).map(arm => h('tr', { 'data-arm': arm.folder },
        ...columns.map((column, c) => c === 0 ? h('th', { scope: 'row' }, column.text(arm)) : h('td', { className: column.number ? 'number' : '' }, column.text(arm))))));
  };
  function sortBy(column: Column): void {
    const again = choices.sort.column === column.key;
    choices.sort = { column: column.key, descending: again ? !choices.sort.descending : column.number };
    fill();
    said.textContent = `Sorted by ${column.title}, ${choices.sort.descending ? 'descending' : 'ascending'}.`;
  }
  fill();
  const differ = differingKeys(view);
  const settings = differ.length > 0 ? ` Settings that differ: ${differ.join(', ')}.` : '';
  return section('runs', 'Runs',
      h('p', { className: 'hint' }, `${plural(view.arms.length, 'training')}. A column\u2019s head sorts by it, again turns the order round.${settings}`),
      wide('Runs', h('table', { className: 'runs' }, h('caption', {}, 'Every training'), h('thead', {}, h('tr', {}, ...heads)), body)), said);
}
