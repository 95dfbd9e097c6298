// The page: what the reader changes, what is then shown, and who shares a statistic with whom.

// `root` holds example.html: the document, or a shadow root within another page. `held` is what the
// reader chose; `shown` what was last worked out of it; `tensors` the grids on the page, by name;
// `pooling` the axes of the statistic that letters and colours tell.
const page = {root: null, data: null, held: null, shown: null, tensors: null, pooling: ''};
const byId = id => page.root.getElementById(id);
const kNumbers = ['eps', 'momentum', 'steps'];

function element(tag, properties = {}, children = []) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// What one method reads of what is held. Its own values begin as the program drew them.
function stateFor(method, held) {
  const E = makeExtents(held.shape, held.groups, held.ghost);
  const own = each => {
    const key = `${each.key}[${each.axes}]`, size = sizeOf(E, each.axes);
    if (held.own[key]?.length !== size) {
      held.own[key] = Array.from({length: size}, (_, i) => each.values[i % each.values.length]);
    }
    return held.own[key];
  };
  const running = {};
  for (const each of method.running) running[each.statement] = own(each);
  return {...held, E, learned: method.learned.map(own), running};
}

// Everything that is shown. Throws an Error with one sentence for what cannot be computed.
function workOut(method, state) {
  for (const {node: i, text} of method.steps) {
    const node = method.nodes[i], running = !state.training && method.running.some(each => each.node === i);
    if (node.f !== 'var' || running) continue;
    const {count} = pooledInto(state.E, method.nodes[node.arguments[0]].axes, node);
    if (Math.min(...count) === 1) throw new Error(`${method.name}: ${text} would be over one value, of which the variance is always 0.`);
  }
  const values = forward(method, state), shown = {method, state, values, ...updateRunning(method, state, values)};
  for (const step of method.steps) {
    const broken = values[step.node].findIndex(value => !Number.isFinite(value));
    if (broken >= 0) throw new Error(`${method.name}: ${arithmeticLines(shown, step, broken).at(-1)}: not finite; smaller values or a larger eps are.`);
  }
  return {...shown, gradients: backward(method, state, values)};
}

// ---- tensors

const methodOf = name => page.data.methods.find(each => each.name === name);

// Of a method all grids in the order of the page: {name, title, axes, of(shown): values}, and those
// that can be typed in with `own`, the array of the state.
function tensorsOf(method) {
  const all = 'BMGKHW', gradient = (name, axes, of) => ({name: 'd' + name, title: 'd' + name, axes, gradient: of,
    of: shown => of(shown)?.values ?? new Array(sizeOf(shown.state.E, axes)).fill(0)});
  return [
    {name: 'x', title: 'x: change any number', axes: all, of: shown => shown.state.x, own: state => state.x},
    ...method.learned.map((each, i) => ({name: each.name, title: `${each.name}, learned`, axes: each.axes,
      of: shown => shown.state.learned[i], own: state => state.learned[i]})),
    ...method.steps.map(step => ({name: step.name, title: step.text, axes: method.nodes[step.node].axes, step,
      of: shown => shown.values[step.node]})),
    ...method.running.flatMap(each => [
      {name: each.state, title: `${each.state} before the pass`, axes: each.axes, least: each.unbiased ? 0 : -Infinity,
        of: shown => shown.state.running[each.statement], own: state => state.running[each.statement]},
      {name: each.state + ' after', title: `${each.state} after the pass`, axes: each.axes, running: each,
        of: shown => shown.after[each.statement]}]),
    {name: 'dy', title: 'Backward: dy, the gradient that arrives', axes: all, of: shown => shown.state.dy, own: state => state.dy},
    ...method.steps.slice(0, -1).filter(step => method.nodes[step.node].arguments).reverse().map(step => gradient(
        step.name, method.nodes[step.node].axes, ({gradients}) => gradients.steps[method.steps.indexOf(step)])),
    ...method.learned.map((each, i) => gradient(each.name, each.axes, ({gradients}) => gradients.learned[i])),
    gradient('x', all, ({gradients}) => gradients.x),
  ];
}

// A grid for every channel of every image; those that can be typed in hold fields.
function buildTensor(tensor, state) {
  const {E} = state, {axes} = tensor, [images, channels, rows, columns] = tensorShape(E, axes);
  const has = letter => axes.includes(letter);
  const image = has('M') ? 'image' : has('B') ? 'ghost batch' : '', channel = has('K') ? 'channel' : has('G') ? 'group' : '';
  const grid = element('div', {className: 'tensor'});
  grid.dataset.tensor = tensor.name;
  for (let n = 0, e = 0; n < images; ++n) {
    const row = element('div', {className: 'channels'});
    for (let c = 0; c < channels; ++c) {
      const table = element('table', {}, channel ? [element('caption', {textContent: `${channel} ${c}`})] : []);
      for (let h = 0; h < rows; ++h) {
        const line = table.insertRow();
        for (let w = 0; w < columns; ++w) line.append(buildCell(tensor, E, e++, state));
      }
      row.append(table);
    }
    grid.append(element('div', {className: 'image'}, image ? [element('span', {className: 'name', textContent: `${image} ${n}`}), row] : [row]));
  }
  return grid;
}

function buildCell(tensor, E, e, state) {
  const cell = element('td');
  cell.dataset.cell = e;
  if (tensor.own) {
    const input = element('input', {type: 'text', inputMode: 'decimal', autocomplete: 'off', spellcheck: false, value: String(tensor.own(state)[e])});
    input.setAttribute('aria-label', tensor.name + placeText(E, tensor.axes, e));
    cell.append(input);
  } else {
    cell.append(element('span', {className: 'number'}));
    cell.tabIndex = e === 0 ? 0 : -1;  // one stop of Tab for a tensor, arrows within it
  }
  cell.append(element('span', {className: 'letter'}));
  return cell;
}

const holds = (axes, others) => [...others].every(each => axes.includes(each));

// Fields keep what the reader types; others show five digits and hold the number in full.
function fillTensor(tensor, {state: {E}}, values) {
  const letters = page.pooling && holds(tensor.axes, page.pooling) ? beside(E, tensor.axes, page.pooling) : [];
  tensor.cells.forEach((cell, e) => {
    const number = cell.querySelector('.number');
    if (number) Object.assign(number, {textContent: numberText(values[e], 5)}).dataset.value = String(values[e]);
    cell.className = e in letters ? `s${letters[e] % 12}` : '';
    cell.querySelector('.letter').textContent = e in letters ? letterOf(letters[e]) : '';
  });
}

function pooledWords({state: {E}, method}, step) {
  const node = method.nodes[step.node];
  if (node.kind !== 'reduction') return '';
  const {count} = pooledInto(E, method.nodes[node.arguments[0]].axes, node), least = Math.min(...count), most = Math.max(...count);
  return `pools ${node.pools}: ${least === most ? most : `${least} to ${most}`} value${most === 1 ? '' : 's'} in ${count.length === 1 ? 'the one statistic' : `each of ${count.length} statistics`}`;
}

// Built anew where the method or the shape of its tensors changes.
function buildPage() {
  const method = methodOf(page.held.norm), state = stateFor(method, page.held);
  const poolings = [...new Map(method.steps.filter(({node}) => method.nodes[node].kind === 'reduction')
      .reverse().map(step => [method.nodes[step.node].axes, step])).entries()].reverse().filter(([axes]) => axes);
  if (!poolings.some(([axes]) => axes === page.pooling)) page.pooling = poolings[0]?.[0] ?? '';
  byId('poolings').hidden = poolings.length < 2;
  byId('poolings').replaceChildren('Letters and colours: who shares ', ...poolings.map(([axes, step]) =>
    Object.assign(element('button', {type: 'button', textContent: step.name}), {value: axes})));
  page.tensors = tensorsOf(method);
  const beside = page.held.beside && methodOf(page.held.beside);
  if (beside) {
    page.tensors.splice(page.tensors.findIndex(each => each.name === 'y') + 1, 0,
        {name: 'y of ' + beside.name, title: `y of ${beside.name}`, axes: 'BMGKHW', of: shown => shown.other, other: true});
  }
  byId('tensors').replaceChildren(...page.tensors.map(tensor => {
    const grid = buildTensor(tensor, state), hint = element('p', {className: 'hint'});
    Object.assign(tensor, {cells: [...grid.querySelectorAll('[data-cell]')], hint});
    const title = element('h2', {textContent: tensor.title});
    if (page.root.host) title.ariaLevel = '4';  // below a title of the page around it
    return element('section', {}, [title, hint, grid]);
  }));
  for (const name of ['groups', 'ghost']) byId(name).disabled = !method.divides[name];
  byId('steps').disabled = !method.nodes.some(node => node.kind === 'ramp');
  byId('title').textContent = method.title;
  byId('about').textContent = method.about;
  byId('equation').textContent = method.equation;
}

// Works everything out and shows it; where that cannot be, says why and leaves the last numbers.
function recompute() {
  const method = methodOf(page.held.norm), state = stateFor(method, page.held);
  try {
    const invalid = page.root.querySelector('[aria-invalid="true"]');
    if (invalid) throw new Error(takeField(invalid));
    const shown = workOut(method, state);
    const beside = page.held.beside && methodOf(page.held.beside);
    if (beside) {
      const other = workOut(beside, stateFor(beside, page.held));
      shown.other = other.values[beside.steps.at(-1).node];
    }
    page.shown = shown;
  } catch (error) {
    return showProblem(error.message);
  }
  showProblem('');
  for (const tensor of page.tensors) {
    fillTensor(tensor, page.shown, tensor.of(page.shown));
    if (tensor.step) tensor.hint.textContent = pooledWords(page.shown, tensor.step);
    if (tensor.other) showParting(tensor, page.shown);
  }
  for (const button of byId('poolings').children) button.setAttribute('aria-pressed', button.value === page.pooling);
  byId('numeric').textContent = checkText(page.shown);
  byId('values').value = valuesJson(page.shown);
  byId('command').textContent = commandFor(page.shown);
  point(pointedCell());
}

function showParting(tensor, {method, values, other}) {
  const y = values[method.steps.at(-1).node];
  const parts = y.map((value, e) => Math.abs(value - other[e]) > 1e-12 * Math.max(1, Math.abs(value), Math.abs(other[e])));
  tensor.cells.forEach((cell, e) => cell.classList.toggle('parts', parts[e]));
  tensor.hint.textContent = `${page.held.beside} differs from ${method.name} in ${parts.filter(Boolean).length} of ${y.length} values, underlined.`;
}

function showProblem(text) {
  byId('problem').hidden = text === '';
  byId('problem').textContent = text;
  byId('numbers').classList.toggle('stale', text !== '');
}

// Backward beside differences of the forward pass; kinks, where the slopes of both sides part, have none.
function checkText({method, state, gradients}) {
  let largest = 0, kinks = 0, all = 0;
  const check = (tensor, gradient) => slopesBeside(method, state, tensor).forEach(([below, above], i) => {
    const taken = gradient?.values[i] ?? 0, scale = Math.max(1, ...(gradient?.values ?? []).map(Math.abs));
    const kink = Math.abs(above - below) > 1e-2 * scale && Math.abs(taken - (above + below) / 2) > 1e-4 * scale;
    kinks += kink;
    ++all;
    if (!kink) largest = Math.max(largest, Math.abs(taken - (above + below) / 2) / scale);
  });
  check(state.x, gradients.x);
  state.learned.forEach((tensor, i) => check(tensor, gradients.learned[i]));
  return `Largest difference between backward and central differences of sum(dy y): ${largest.toExponential(1)}, over ${all - kinks} gradients` +
      (kinks ? `; ${kinks} at a kink, where both sides have a slope of their own, are left out.` : '.');
}

// ---- the command line's numbers

function nested(values, extents) {
  if (extents.length === 0) return values[0];
  const each = values.length / extents[0];
  return Array.from({length: extents[0]}, (_, i) => nested(values.slice(i * each, (i + 1) * each), extents.slice(1)));
}

// What `normlab explain --values` reads.
function valuesJson({method, state}) {
  const {E} = state, array = (axes, values) => nested(values, tensorShape(E, axes).filter((_, a) => [/[BM]/, /[GK]/, /H/, /W/][a].test(axes)));
  const json = {x: array('BMGKHW', state.x)};
  method.learned.forEach((each, i) => { json[each.key] = array(each.axes, state.learned[i]); });
  for (const each of method.running) json[each.state] = array(each.axes, state.running[each.statement]);
  for (const name of kNumbers) json[name] = state[name];
  return JSON.stringify({...json, dy: array('BMGKHW', state.dy)});
}

function commandFor({method, state}) {
  const flags = ['groups', 'ghost'].filter(name => method.divides[name]).map(name => ` --${name} ${state[name]}`).join('');
  return `normlab explain ${method.command}${flags} --mode ${state.training ? 'train' : 'eval'} --values values.json`;
}

// ---- what the reader does

// Takes a field's number into what is held; what is no number is marked, and what is wrong returned.
function takeField(input) {
  const cell = input.closest('[data-cell]'), tensor = cell && tensorOf(cell), text = input.value.trim();
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  const least = tensor ? tensor.least ?? -Infinity : 0, most = input.id === 'momentum' ? 1 : Infinity;
  const fits = Number.isFinite(value) && value >= least && value <= most;
  input.setAttribute('aria-invalid', !fits);
  const wanted = most === 1 ? ' from 0 to 1' : least === 0 ? ' >= 0' : '';
  if (!fits) return `${input.getAttribute('aria-label') || input.id}: expected a number${wanted}, found "${input.value}".`;
  if (tensor) tensor.own(stateFor(methodOf(page.held.norm), page.held))[Number(cell.dataset.cell)] = value;
  else page.held[input.id] = value;
  return '';
}

const tensorOf = cell => page.tensors.find(each => each.cells.includes(cell));

function pointedCell() {
  return page.root.querySelector('[data-cell]:hover') || page.root.activeElement?.closest('[data-cell]');
}

// Marks the values that share the pointed one's statistic, or what lies beside it, in every tensor,
// and writes its arithmetic out.
function point(cell) {
  const tensor = cell && tensorOf(cell);
  byId('numbers').classList.toggle('pointing', Boolean(tensor));
  if (!tensor) {
    for (const each of page.root.querySelectorAll('.here, .shares')) each.classList.remove('here', 'shares');
    return;
  }
  const {method, state: {E}} = page.shown, index = Number(cell.dataset.cell), place = placeOf(E, tensor.axes, index);
  const reduces = tensor.step && method.nodes[tensor.step.node].kind === 'reduction';
  const shared = !reduces && page.pooling && holds(tensor.axes, page.pooling) ? page.pooling : tensor.axes;
  for (const other of page.tensors) {
    const common = [...shared].filter(axis => other.axes.includes(axis));
    other.cells.forEach((each, i) => {
      const at = placeOf(E, other.axes, i);
      each.classList.toggle('here', each === cell);
      each.classList.toggle('shares', common.every(axis => at[axis] === place[axis]));
    });
  }
  byId('sum').replaceChildren(...linesOf(tensor, index).map(line => element('p', {textContent: line})));
}

function linesOf(tensor, index) {
  const {shown} = page, {method, state} = shown, name = tensor.name + placeText(state.E, tensor.axes, index);
  if (tensor.step) return [...arithmeticLines(shown, tensor.step, index), ...readLines(shown, tensor, index)];
  if (tensor.gradient) {
    const gradient = tensor.gradient(shown);
    return [gradient ? gradientLine(gradient, name, index) : `${name} = 0: y does not depend on it`];
  }
  if (tensor.running && state.training) return [runningLine(shown, tensor.running, index)];
  const lines = [`${name} = ${numberText(tensor.of(shown)[index])}`];
  if (tensor.name !== 'x') return lines;
  const steps = method.steps.filter(({node}) => method.nodes[node].kind === 'reduction');
  return [...lines, ...besideLines(shown, steps, tensor.axes, index)];
}

const besideLines = (shown, steps, axes, index) => steps.flatMap(step =>
  arithmeticLines(shown, step, beside(shown.state.E, axes, shown.method.nodes[step.node].axes)[index]));

// Of the steps that a formula reads.
function readLines(shown, {step, axes}, index) {
  const node = shown.method.nodes[step.node];
  if (node.kind === 'reduction') return [];
  return besideLines(shown, shown.method.steps.filter(each => each !== step && node.formula.includes(each.node)), axes, index);
}

// Arrows walk through a tensor: along rows, and by whole rows. In a field, left and right stay with
// the caret.
function walk(event) {
  const cell = event.target.closest('[data-cell]'), tensor = cell && tensorOf(cell);
  if (event.key === 'Escape') event.target.blur();
  if (!tensor) return;
  const columns = tensorShape(page.shown.state.E, tensor.axes)[3];
  const steps = {ArrowUp: -columns, ArrowDown: columns, ...(tensor.own ? {} : {ArrowLeft: -1, ArrowRight: 1})};
  if (!(event.key in steps)) return;
  event.preventDefault();
  const next = tensor.cells[Number(cell.dataset.cell) + steps[event.key]];
  if (!next) return;
  if (!tensor.own) [cell.tabIndex, next.tabIndex] = [-1, 0];
  (next.querySelector('input') || next).focus();
}

function listen() {
  page.root.addEventListener('input', event => {
    if (event.target.tagName !== 'INPUT') return;
    takeField(event.target);
    recompute();
  });
  byId('controls').addEventListener('change', event => {
    if (event.target.tagName !== 'SELECT') return;
    for (const name of kNumbers) Object.assign(byId(name), {value: page.held[name]}).setAttribute('aria-invalid', 'false');
    Object.assign(page.held, {norm: byId('method').value, beside: byId('beside').value, groups: Number(byId('groups').value),
      ghost: Number(byId('ghost').value), training: byId('mode').value === 'train'});
    buildPage();
    recompute();
  });
  byId('poolings').addEventListener('click', event => {
    if (event.target.tagName !== 'BUTTON') return;
    page.pooling = event.target.value;
    recompute();
  });
  for (const kind of ['pointerover', 'focusin', 'focusout']) {
    page.root.addEventListener(kind, () => { if (page.shown) point(pointedCell()); });
  }
  page.root.addEventListener('keydown', walk);
  byId('controls').addEventListener('submit', event => event.preventDefault());
}

// This page's interpreter against what the program computed with every method when it wrote the page.
function showAgreement() {
  const lines = [];
  let largest = 0, methods = 0;
  for (const method of page.data.methods.filter(each => each.engine)) {
    const shown = workOut(method, stateFor(method, {...page.held, own: {}})), {gradients} = shown;
    const made = {y: shown.values[method.steps.at(-1).node], dx: gradients.x?.values ?? shown.state.x.map(() => 0),
      learned: gradients.learned.flatMap((each, i) => each?.values ?? shown.state.learned[i].map(() => 0)),
      running: method.running.flatMap(each => shown.after[each.statement])};
    const differences = Object.keys(made).flatMap(name => made[name].map((value, i) =>
      Math.abs(value - method.engine[name][i]) / Math.max(1, Math.abs(value))));
    const difference = differences.reduce((a, b) => b <= a ? a : b, 0);
    if (!(difference <= 1e-9)) lines.push(`${method.name}: differs by ${difference}`);
    [largest, methods] = [Math.max(largest, difference), methods + 1];
  }
  Object.assign(byId('agreement'), lines.length === 0
    ? {className: 'agrees', textContent: `\u2713 This page's arithmetic agrees with normlab's: y and all gradients of ${methods} methods on the first numbers, largest difference ${largest.toExponential(1)}.`}
    : {className: 'differs', textContent: `\u2717 This page's arithmetic differs from normlab's: ${lines.join('; ')}`});
  for (const line of lines) console.error(`normlab: ${line}`);
}

// Within `root`, which holds example.html; `data` are those of ExamplePageData.
function startExample(root, data) {
  Object.assign(page, {root, data, held: {...data.held, own: {}}});
  const options = (id, values) => byId(id).append(...values.map(([value, textContent]) => element('option', {value, textContent})));
  const numbers = (upTo, fits) => Array.from({length: upTo}, (_, i) => i + 1).filter(fits).map(i => [i, i]);
  const methods = data.methods.map(each => [each.name, `${each.name}: ${each.title}`]);
  options('method', methods);
  options('beside', [['', 'no other'], ...methods]);
  options('groups', numbers(data.held.shape[1], i => data.held.shape[1] % i === 0));
  options('ghost', numbers(data.held.shape[0], () => true));
  for (const id of ['groups', 'ghost', 'beside', ...kNumbers]) byId(id).value = data.held[id];
  byId('method').value = data.held.norm;
  byId('mode').value = data.held.training ? 'train' : 'eval';
  listen();
  buildPage();
  showAgreement();
  recompute();
}

document.addEventListener('DOMContentLoaded', () => {
  const data = document.getElementById('example-data');
  if (data) startExample(document, JSON.parse(data.textContent));
});
