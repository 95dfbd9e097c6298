// Tables of numbers, built once for a shape and filled at every change.

function element(tag, properties = {}, children = []) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function field(label) {
  const input = element('input', {type: 'text', inputMode: 'decimal', autocomplete: 'off', spellcheck: false});
  input.setAttribute('aria-label', label);
  return input;
}

// A grid for every channel of every image; `editable` tensors hold fields.
function buildTensor(container, name, shape, editable) {
  const [images, channels, height, width] = shape;
  let e = 0;
  for (let n = 0; n < images; ++n) {
    const row = element('div', {className: 'channels'});
    for (let c = 0; c < channels; ++c) {
      const table = element('table', {}, [element('caption', {textContent: `channel ${c}`})]);
      for (let h = 0; h < height; ++h) {
        const line = table.insertRow();
        for (let w = 0; w < width; ++w) line.append(buildCell(name, shape, e++, editable));
      }
      row.append(table);
    }
    container.append(element('div', {className: 'image'}, [element('span', {className: 'name', textContent: `image ${n}`}), row]));
  }
}

function buildCell(name, shape, e, editable) {
  const cell = element('td');
  cell.dataset.cell = e;
  const place = `${name}[${placeOf(shape, e)}]`;
  if (editable) {
    cell.append(field(place));
  } else {
    cell.append(element('span', {className: 'number'}));
    cell.tabIndex = e === 0 ? 0 : -1;  // one stop of Tab for a tensor, arrows within it
  }
  cell.append(element('span', {className: 'letter'}));
  return cell;
}

// Fields keep what the reader types; others show five digits and hold the number in full.
function fillTensor(container, values, statisticOf) {
  for (const cell of container.querySelectorAll('[data-cell]')) {
    const e = Number(cell.dataset.cell), input = cell.querySelector('input');
    if (!input) showNumber(cell.querySelector('.number'), values[e], 5);
    const s = statisticOf[e];
    cell.className = s === undefined ? '' : `s${s % 12}`;
    cell.querySelector('.letter').textContent = s === undefined ? '' : letterOf(s);
  }
}

function showNumber(place, value, digits = 6) {
  place.textContent = numberText(value, digits);
  place.dataset.value = String(value);
}

// Rows of cells: text, {value}, {field: [label, value, name, index]} or {letter}.
function fillTable(table, head, rows) {
  const body = element('tbody');
  for (const row of rows) body.append(element('tr', {}, row.map(tableCell)));
  const titles = head.map(title => element('th', {scope: 'col', textContent: title}));
  table.replaceChildren(element('thead', {}, [element('tr', {}, titles)]), body);
}

function tableCell(content) {
  if (typeof content === 'string') return element('td', {className: 'text', textContent: content});
  if ('letter' in content) {
    return element('th', {scope: 'row', className: `s${content.letter % 12}`, textContent: letterOf(content.letter)});
  }
  const cell = element('td');
  if ('field' in content) {
    const [label, value, name, index] = content.field, input = field(label);
    input.value = String(value);
    Object.assign(input.dataset, {name, index});
    cell.append(input);
  } else {
    showNumber(cell, content.value);
    if (content.name) cell.dataset.name = content.name;
  }
  return cell;
}

function statisticsTable(method, state, made) {
  const running = method.running_statistics && !state.training;
  const head = method.centered ? ['', 'values of', 'mean', 'var', 'unbiased var'] : ['', 'values of', 'mean(x^2)'];
  if (running) head.push('running mean', 'running var');
  const rows = made.var.map((_, s) => {
    const row = [{letter: s}, cellsText(method, state, s)];
    if (method.centered) row.push({value: made.mean_of_x[s], name: 'mean_of_x'});
    row.push({value: made.var_of_x[s], name: 'var_of_x'});
    if (method.centered) {
      row.push(made.count > 1 ? {value: made.var_of_x[s] * made.count / (made.count - 1), name: 'unbiased_var_of_x'} : '-');
    }
    if (running) row.push({value: made.mean[s], name: 'mean'}, {value: made.var[s], name: 'var'});
    return [...row, {value: made.deviation[s], name: 'deviation'}];
  });
  return [[...head, 'deviation'], rows];
}

function affineTable(method, state, made, numeric) {
  const head = ['', 'gamma', 'dgamma', 'by differences'];
  if (method.has_bias) head.push('beta', 'dbeta', 'by differences');
  const rows = state.gamma.map((gamma, p) => {
    const place = parameterPlace(method, state.shape, p);
    const row = [place, {field: [`gamma${place}`, gamma, 'gamma', p]}, {value: made.dgamma[p], name: 'dgamma'}, {value: numeric.dgamma[p]}];
    if (!method.has_bias) return row;
    return [...row, {field: [`beta${place}`, state.beta[p], 'beta', p]}, {value: made.dbeta[p], name: 'dbeta'}, {value: numeric.dbeta[p]}];
  });
  return [head, rows];
}

function runningTable(state, made) {
  const head = ['channel', 'running mean', 'after the update', 'running var', 'after the update'];
  const rows = state.running_mean.map((mean, c) => [
    String(c),
    {field: [`running_mean[${c}]`, mean, 'running_mean', c]}, {value: made.running_mean[c], name: 'running_mean'},
    {field: [`running_var[${c}]`, state.running_var[c], 'running_var', c]}, {value: made.running_var[c], name: 'running_var'},
  ]);
  return [head, rows];
}
