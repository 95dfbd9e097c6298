// How it was run, and how to run it again.
import type { StudyData } from './data';
import { h, section, table, wide } from './dom';
import type { View } from './view';
import { shellWord } from './words';

function copyable(id: string, label: string, text: string): HTMLElement {
  const said = h('span', { role: 'status', className: 'hint' });
  const code = h('pre', { tabIndex: 0, 'aria-label': label }, text);
  const select = () => {
    getSelection()?.selectAllChildren(code);
    said.textContent = 'Selected: copy it with Ctrl+C.';
  };
  // Over plain HTTP from another machine a page is given no clipboard.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  const copy = h('button', { id, type: 'button', className: 'plain', onclick: () => {
    if (clipboard) clipboard.writeText(text).then(() => { said.textContent = 'Copied.'; }, select);
    else select();
  } }, 'Copy');
  return h('div', { className: 'copyable' }, code, copy, said);
}

// Nested fields as "outer inner".
function flattened(value: unknown, name: string, rows: string[][]): void {
  if (Array.isArray(value) ? value.some(each => typeof each === 'object') : typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value as object)) flattened(inner, name ? `${name} ${key}` : key, rows);
  } else {
    rows.push([name, Array.isArray(value) ? value.join(', ') : String(value)]);
  }
}

function details(id: string, title: string, ...children: HTMLElement[]): HTMLElement {
  return h('details', { id }, h('summary', {}, title), ...children);
}

function conditions(view: View, study: StudyData, id: string): HTMLElement | null {
  const arms = view.arms.filter(arm => arm.study === study && arm.conditions);
  if (arms.length === 0) return null;
  const short = (hash: string) => ({ text: hash.slice(0, 12) || '-', title: hash });
  const rows = arms.map(arm => {
    const own = arm.conditions!;
    return [arm.owner.label, { text: arm.seed, number: true }, { text: own.parameters.toLocaleString('en'), number: true }, { text: String(own.batch_size), number: true },
      { text: own.steps.toLocaleString('en'), number: true }, short(own.initial_weights), short(own.data_order), short(own.first_images)];
  });
  return details(`${id}-conditions`, 'The conditions of every training, with their hashes',
      wide('Conditions', table('Equal hashes are equal initial weights of the convolutions, order of the images, and first images as the network is given them',
          ['model', 'seed', 'parameters', 'batch size', 'steps', 'initial weights', 'data order', 'first images'], rows)));
}

function oneStudy(view: View, study: StudyData, id: string): HTMLElement[] {
  const command = study.environment?.['command'], rows: string[][] = [];
  flattened(study.environment ?? {}, '', rows);
  const made: (HTMLElement | null)[] = [
    view.studies.length > 1 ? h('h3', {}, study.title) : null,
    h('p', {}, `In the folder ${study.folder}; the same configuration gives the same numbers for any number of threads:`),
    copyable(`${id}-recipe-command`, 'Command that runs the recipe again', 'normlab run ./recipe.toml --out again'),
    Array.isArray(command) ? h('p', {}, 'The command was:') : null,
    Array.isArray(command) ? copyable(`${id}-command`, 'The command', command.map(word => shellWord(String(word))).join(' ')) : null,
    study.started ? h('p', { className: 'hint' }, `Started ${study.started}${study.finished ? `, finished ${study.finished}` : ''}.`) : null,
    study.recipe_text ? details(`${id}-recipe`, 'recipe.toml, every key as resolved', copyable(`${id}-copy-recipe`, 'recipe.toml', study.recipe_text)) : null,
    study.conditions ? h('p', {}, study.conditions) : null,
    conditions(view, study, id),
    rows.length > 0 ? details(`${id}-environment`, 'Environment', wide('Environment', table('environment.json', ['field', 'value'], rows.map(([name, value]) => [name!, { text: value! }])))) : null,
  ];
  return made.filter((each): each is HTMLElement => each !== null);
}

export function againSection(view: View): HTMLElement {
  return section('again', 'Run it again', ...view.studies.flatMap((study, s) => oneStudy(view, study, `again-${s}`)));
}
