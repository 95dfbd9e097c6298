// The page: what the reader changes, what is then shown, and who shares a statistic with whom.

// `root` holds example.html: the document, or a shadow root within another page. `held` is what the
// reader chose; `shown` what was last worked out of it: {method, state, made}.
const page = {root: null, data: null, methods: null, held: null, shown: null};
const byId = id => page.root.getElementById(id);
const method = () => page.methods[page.held.norm];

function buildControls() {
  const {data, held} = page;
  byId('method').append(...data.methods.map(each => element('option', {value: each.name, textContent: `${each.name}: ${each.title}`})));
  for (let groups = 1; groups <= held.shape[1]; ++groups) {
    if (held.shape[1] % groups === 0) byId('groups').append(element('option', {value: groups, textContent: groups}));
  }
  byId('method').value = held.norm;
  byId('groups').value = held.groups;
  byId('mode').value = held.training ? 'train' : 'eval';
  byId('eps').value = held.eps;
  byId('momentum').value = held.momentum;
  for (const name of ['x', 'normalized', 'y', 'dy', 'dx']) {
    const editable = name === 'x' || name === 'dy';
    buildTensor(byId(name), name, held.shape, editable);
    if (!editable) continue;
    byId(name).querySelectorAll('input').forEach((input, e) => {
      input.value = String(held[name][e]);
      Object.assign(input.dataset, {name, index: e});
    });
  }
}

// What is wrong with a number, or nothing.
function complaint(name, value) {
  if (Number.isNaN(value) || !Number.isFinite(value)) return 'expected a number';
  if ((name === 'eps' || name === 'running_var') && value < 0) return 'expected a number >= 0';
  if (name === 'momentum' && (value < 0 || value > 1)) return 'expected a number from 0 to 1';
  return '';
}

// Takes a field's number into the state; what is no number is marked and named.
function takeField(input) {
  const name = input.dataset.name || input.id, index = Number(input.dataset.index);
  const value = numberIn(input.value), wrong = complaint(name, value);
  input.setAttribute('aria-invalid', wrong !== '');
  if (wrong) return `${input.getAttribute('aria-label') || name}: ${wrong}, found "${input.value}".`;
  if (name === 'eps' || name === 'momentum') {
    page.held[name] = value;
  } else if (name === 'gamma' || name === 'beta') {
    setAffine(page.shown.method, page.held, name, index, value);
  } else {
    page.held[name][index] = value;
  }
  return '';
}

function showProblem(text) {
  byId('problem').hidden = text === '';
  byId('problem').textContent = text;
  byId('numbers').classList.toggle('stale', text !== '');
}

// Works everything out and shows it; where that cannot be, says why and leaves the last numbers.
function recompute() {
  const state = stateFor(method(), page.held);
  const invalid = page.root.querySelector('[aria-invalid="true"]');
  try {
    if (invalid) throw new Error(takeField(invalid));
    page.shown = {method: method(), state, made: workOut(method(), state)};
  } catch (error) {
    showProblem(error.message);
    return;
  }
  showProblem('');
  showHead(page.shown);
  showTensors(page.shown);
  showTables(page.shown);
  byId('values').value = valuesJson(method(), state);
  byId('command').textContent = commandFor(method(), state);
  point(pointedCell());
}

function showHead({method: row, state, made}) {
  byId('title').textContent = row.title;
  const pooled = row.has_statistics ? `Pools over ${row.pools_over}: ${made.count} values in ${made.var.length === 1 ? 'its one statistic' : `each of ${made.var.length} statistics`}. ` : '';
  byId('about').textContent = `${pooled}PyTorch: ${row.pytorch}.${row.source ? ` Source: ${row.source}.` : ''}`;
  byId('why').textContent = row.why;
  byId('formulas').textContent = row.formulas[state.training ? 'train' : 'eval'].join('\n');
  byId('groups').disabled = row.pools_channels !== 'group';
  byId('momentum').disabled = !(row.running_statistics && state.training);
  byId('eps').disabled = !row.has_statistics;
  byId('running-hint').textContent = state.training
    ? `after = (1 - ${state.momentum}) before + ${state.momentum} value; the variance that goes in is the unbiased one.`
    : 'In evaluation these normalize, and stay as they are.';
}

function showTensors({state, made}) {
  for (const name of ['x', 'dy']) fillTensor(byId(name), state[name], made.statistic_of);
  for (const name of ['normalized', 'y', 'dx']) fillTensor(byId(name), made[name], made.statistic_of);
}

function showTables({method: row, state, made}) {
  const numeric = numericGradient(row, state, made);
  byId('statistics-section').hidden = byId('normalized-section').hidden = !row.has_statistics;
  byId('affine-section').hidden = row.affine === 'none';
  byId('running-section').hidden = !row.running_statistics;
  fillTable(byId('statistics'), ...statisticsTable(row, state, made));
  keepingFocus(() => {
    fillTable(byId('affine'), ...affineTable(row, state, made, numeric));
    if (row.running_statistics) fillTable(byId('running'), ...runningTable(state, made));
  });
  const largest = Math.max(...['dx', 'dgamma', 'dbeta'].map(name => gradientDifference(made[name], numeric[name])));
  byId('numeric').textContent = `Largest difference from central differences of sum(dy y): ${largest.toExponential(1)}.`;
}

// Tables with fields are built anew at every change, also while one of their fields is typed in.
function keepingFocus(rebuild) {
  const focused = page.root.activeElement, {name, index} = focused?.dataset || {};
  const caret = focused?.selectionStart, typed = focused?.value;
  rebuild();
  if (name === undefined || focused.isConnected) return;
  const again = page.root.querySelector(`.wide input[data-name="${name}"][data-index="${index}"]`);
  if (!again) return;
  again.value = typed;
  again.focus();
  again.setSelectionRange(caret, caret);
}

function pointedCell() {
  const cell = page.root.querySelector('[data-cell]:hover') || page.root.activeElement?.closest('[data-cell]');
  return cell ? Number(cell.dataset.cell) : null;
}

// Marks the values that share the statistic of value e, in every tensor, and writes its sum out.
function point(e) {
  const {made, method: row, state} = page.shown;
  byId('numbers').classList.toggle('pointing', e !== null);
  for (const cell of page.root.querySelectorAll('[data-cell]')) {
    const other = Number(cell.dataset.cell);
    cell.classList.toggle('here', other === e);
    cell.classList.toggle('shares', e !== null &&
        (other === e || (made.statistic_of.length > 0 && made.statistic_of[other] === made.statistic_of[e])));
  }
  if (e === null) return;
  const lines = sentencesOf(row, state, made, e);
  byId('sum').replaceChildren(...lines.map(line => element('p', {textContent: line})));
}

// Arrows walk through a tensor: along rows, and by whole rows. In a field, left and right stay with
// the caret.
function walk(event) {
  const cell = event.target.closest('[data-cell]');
  if (!cell) return;
  const width = page.held.shape[3], typing = event.target.tagName === 'INPUT';
  const steps = {ArrowUp: -width, ArrowDown: width};
  if (!typing) Object.assign(steps, {ArrowLeft: -1, ArrowRight: 1});
  if (event.key === 'Escape') event.target.blur();
  if (!(event.key in steps)) return;
  const container = cell.closest('.tensor'), target = Number(cell.dataset.cell) + steps[event.key];
  const next = container.querySelector(`[data-cell="${target}"]`);
  event.preventDefault();
  if (!next) return;
  if (!typing) {
    cell.tabIndex = -1;
    next.tabIndex = 0;
  }
  (typing ? next.querySelector('input') : next).focus();
}

// What is no number gives way to the last one that was, before another method takes its field.
function revertInvalid() {
  for (const input of page.root.querySelectorAll('[aria-invalid="true"]')) {
    const {name, index} = input.dataset;
    const held = page.held[name === 'gamma' || name === 'beta' ? name + 'Elements' : name || input.id];
    const pixels = page.held.shape[2] * page.held.shape[3];
    const perChannel = (name === 'gamma' || name === 'beta') && page.shown.method.affine === 'channel';
    input.value = String(name ? held[perChannel ? index * pixels : index] : held);
    input.setAttribute('aria-invalid', 'false');
  }
}

function listen() {
  page.root.addEventListener('input', event => {
    if (event.target.tagName !== 'INPUT') return;
    takeField(event.target);
    recompute();
  });
  byId('controls').addEventListener('change', event => {
    if (event.target.tagName !== 'SELECT') return;
    revertInvalid();
    page.held.norm = byId('method').value;
    page.held.groups = Number(byId('groups').value);
    page.held.training = byId('mode').value === 'train';
    recompute();
  });
  for (const kind of ['pointerover', 'focusin', 'focusout']) {
    page.root.addEventListener(kind, () => { if (page.shown) point(pointedCell()); });
  }
  page.root.addEventListener('keydown', walk);
  byId('controls').addEventListener('submit', event => event.preventDefault());
}

// Within `root`, which holds example.html; `data` are those of ExamplePageData.
function startExample(root, data) {
  page.root = root;
  page.data = data;
  page.methods = rowsByName(data);
  page.held = initialState(data);
  buildControls();
  listen();
  showAgreement(data, page.held);
  recompute();
}

document.addEventListener('DOMContentLoaded', () => {
  const data = document.getElementById('example-data');
  if (data) startExample(document, JSON.parse(data.textContent));
});
