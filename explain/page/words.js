// The arithmetic behind one value, written out.

const kMostTerms = 16;

function numberText(value, digits = 6) {
  return String(Number(value.toPrecision(digits)) + 0);
}

function operand(value) {
  const text = numberText(value);
  return text.startsWith('-') ? `(${text})` : text;
}

function sumText(values) {
  const terms = values.slice(0, kMostTerms).map((value, i) => {
    if (i === 0) return numberText(value);
    return value < 0 ? ` - ${numberText(-value)}` : ` + ${numberText(value)}`;
  });
  return terms.join('') + (values.length > kMostTerms ? ` + ... (${values.length} terms)` : '');
}

function letterOf(statistic) {
  let letters = '';
  for (let left = statistic + 1; left > 0; left = Math.floor((left - 1) / 26)) {
    letters = String.fromCharCode(65 + (left - 1) % 26) + letters;
  }
  return letters;
}

// "[1,0,0,1]": along the axes that the tensor has.
function placeText(E, axes, i) {
  const [, channels, rows, columns] = tensorShape(E, axes), has = /./.test(axes);
  const at = [[/[BM]/, Math.floor(i / (channels * rows * columns))], [/[GK]/, Math.floor(i / (rows * columns)) % channels],
    [/H/, Math.floor(i / columns) % rows], [/W/, i % columns]];
  return has ? `[${at.filter(([axis]) => axis.test(axes)).map(([, index]) => index)}]` : '';
}

function symbolOf(method, i) {
  const node = method.nodes[i];
  return node.kind === 'learned' ? method.learned[node.index].name : node.kind === 'input' ? 'x' : node.name;
}

// The formula of a node at one place, with names and with numbers.
function writtenAt({method, state, values}, i, index) {
  let symbols = '', numbers = '';
  const pieces = method.nodes[i].formula, {E} = state;
  pieces.forEach((piece, k) => {
    if (typeof piece === 'string') {
      symbols += piece;
      numbers += piece;
      return;
    }
    const axes = method.nodes[piece].axes, at = beside(E, method.nodes[i].axes, axes)[index];
    const joins = /[-+*/^] *$/.test(k === 0 ? '' : pieces[k - 1]) || /^\^/.test(pieces[k + 1]);
    symbols += symbolOf(method, piece) + placeText(E, axes, at);
    numbers += (joins ? operand : numberText)(values[piece][at]);
  });
  return {symbols, numbers};
}

function sumLines(shown, step, index, name) {
  const {method, state: {E}, values} = shown, node = method.nodes[step.node], of = node.arguments[0];
  const into = pooledInto(E, method.nodes[of].axes, node), result = numberText(values[step.node][index]);
  const entering = values[of].map((_, i) => i).filter(i => into.result[i] === index);
  const terms = entering.map(i => values[of][i]), count = terms.length, lines = [];
  const total = list => list.reduce((a, b) => a + b, 0);
  const mean = list => `(${sumText(list)}) / ${count} = ${numberText(total(list))} / ${count}`;
  if (method.nodes[of].formula.length > 1) {
    const {symbols, numbers} = writtenAt(shown, of, entering[0]);
    lines.push(`${symbols} = ${numbers} = ${numberText(terms[0])}, and so on`);
  }
  if (node.f === 'avg') lines.push(`${name} = ${mean(terms)} = ${result}`);
  if (node.f === 'sum') lines.push(`${name} = ${sumText(terms)} = ${result}`);
  if (node.f === 'var') {
    const center = total(terms) / count;
    lines.push(`squared distances from the mean, ${mean(terms)} = ${numberText(center)}:`);
    lines.push(`${name} = ${mean(terms.map(value => (value - center) ** 2))} = ${result}`);
  }
  if (node.f === 'norm') {
    const squares = terms.map(value => value * value);
    lines.push(`${name} = sqrt(${sumText(squares)}) = sqrt(${numberText(total(squares))}) = ${result}`);
  }
  if (node.f === 'max' || node.f === 'min') {
    const list = terms.slice(0, kMostTerms).map(value => numberText(value)).join(', ');
    lines.push(`${name} = ${node.f}(${list}${count > kMostTerms ? `, ... (${count} values)` : ''}) = ${result}`);
  }
  return lines;
}

// How value `index` of a step comes about.
function arithmeticLines(shown, step, index) {
  const {method, state, values} = shown, {E} = state, node = method.nodes[step.node];
  const name = step.name + placeText(E, node.axes, index), result = numberText(values[step.node][index]);
  const running = !state.training && method.running.find(each => each.node === step.node);
  if (running) {
    return [`${name} = ${running.state}${placeText(E, running.axes, beside(E, node.axes, running.axes)[index])} = ${result}`];
  }
  if (node.kind === 'reduction') return sumLines(shown, step, index, name);
  const {symbols, numbers} = writtenAt(shown, step.node, index);
  return [`${name} = ${symbols}${numbers === result ? '' : ` = ${numbers}`} = ${result}`];
}

function gradientLine(gradient, name, index) {
  const sum = gradient.parts.map(([step, values], k) => {
    const sign = k === 0 ? '' : values[index] < 0 ? ' - ' : ' + ';
    return `${sign}${numberText(k === 0 ? values[index] : Math.abs(values[index]))} (through ${step})`;
  }).join('');
  return `${name} = ${sum}${gradient.parts.length > 1 ? ` = ${numberText(gradient.values[index])}` : ''}`;
}

function runningLine({state, observed, after}, running, index) {
  const m = numberText(state.momentum), {statement, axes} = running;
  return `${running.state}${placeText(state.E, axes, index)} = (1 - ${m}) * ${operand(state.running[statement][index])}` +
      ` + ${m} * ${operand(observed[statement][index])} = ${numberText(after[statement][index])}`;
}
