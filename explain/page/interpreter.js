// An equation's nodes over tensors with named axes, forward and backward. A tensor is a flat array,
// row-major, with the axes of its node: a string of the letters B M (images), G K (channels), H, W.
// `E` are the extents of x: {images, ghost, channels, groups, rows, columns, maps}.

function makeExtents(shape, groups, ghost) {
  const [images, channels, rows, columns] = shape;
  return {images, ghost: ghost || images, channels, groups, rows, columns, maps: new Map()};
}

// Those of a tensor along images, channels, rows and columns, 1 along what it has not.
function tensorShape(E, axes) {
  const has = letter => axes.includes(letter);
  return [has('M') ? E.images : has('B') ? Math.ceil(E.images / E.ghost) : 1,
    (has('G') ? E.groups : 1) * (has('K') ? E.channels / E.groups : 1),
    has('H') ? E.rows : 1, has('W') ? E.columns : 1];
}

const sizeOf = (E, axes) => tensorShape(E, axes).reduce((a, b) => a * b);

// Where value i of a tensor lies along each axis: {B, M, G, K, H, W}.
function placeOf(E, axes, i) {
  const [, channels, rows, columns] = tensorShape(E, axes), members = E.channels / E.groups;
  const image = Math.floor(i / (channels * rows * columns)), channel = Math.floor(i / (rows * columns)) % channels;
  return {
    M: image, B: axes.includes('M') ? Math.floor(image / E.ghost) : image,
    G: axes.includes('K') ? Math.floor(channel / members) : channel,
    K: axes.includes('G') ? channel % members : channel,
    H: Math.floor(i / columns) % rows, W: i % columns,
  };
}

function indexAt(E, axes, place) {
  const has = letter => axes.includes(letter), [, channels, rows, columns] = tensorShape(E, axes);
  const image = has('M') ? place.M : has('B') ? place.B : 0;
  const channel = (has('G') ? place.G * (has('K') ? E.channels / E.groups : 1) : 0) + (has('K') ? place.K : 0);
  return ((image * channels + channel) * rows + (has('H') ? place.H : 0)) * columns + (has('W') ? place.W : 0);
}

// Of each value with axes `from` the index of the value with axes `to` beside it.
function beside(E, from, to) {
  const key = from + '>' + to;
  if (!E.maps.has(key)) {
    E.maps.set(key, Array.from({length: sizeOf(E, from)}, (_, i) => indexAt(E, to, placeOf(E, from, i))));
  }
  return E.maps.get(key);
}

// By a series near 0, by a continued fraction for erfc far from it.
function erf(a) {
  const size = Math.abs(a);
  if (size < 2.5) {
    let term = a, sum = a;
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); ++n) sum += (term *= -a * a / n) / (2 * n + 1);
    return 2 / Math.sqrt(Math.PI) * sum;
  }
  let fraction = size;
  for (let n = 60; n > 0; --n) fraction = size + n / 2 / fraction;
  return Math.sign(a) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / fraction);
}

const sigmoid = a => a >= 0 ? 1 / (1 + Math.exp(-a)) : Math.exp(a) / (1 + Math.exp(a));
const share = order => order > 0 ? 1 : order === 0 ? 0.5 : 0;

// The value, and its slopes by each argument (the value comes first there).
const kFunctions = {
  'negate': [a => -a, () => [-1]],
  '+': [(a, b) => a + b, () => [1, 1]],
  '-': [(a, b) => a - b, () => [1, -1]],
  '*': [(a, b) => a * b, (y, a, b) => [b, a]],
  '/': [(a, b) => a / b, (y, a, b) => [1 / b, -y / b]],
  '^': [(a, b) => a ** b, (y, a, b) => [b * a ** (b - 1), y * Math.log(a)]],
  'sqrt': [Math.sqrt, y => [0.5 / y]],
  'exp': [Math.exp, y => [y]],
  'log': [Math.log, (y, a) => [1 / a]],
  'abs': [Math.abs, (y, a) => [Math.sign(a)]],
  'tanh': [Math.tanh, y => [1 - y * y]],
  'sigmoid': [sigmoid, y => [y * (1 - y)]],
  'softplus': [a => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))), (y, a) => [sigmoid(a)]],
  'erf': [erf, (y, a) => [2 / Math.sqrt(Math.PI) * Math.exp(-a * a)]],
  'relu': [a => a <= 0 ? 0 : a, (y, a) => [a > 0 ? 1 : 0]],
  'max': [Math.max, (y, a, b) => [share(a - b), share(b - a)]],
  'min': [Math.min, (y, a, b) => [share(b - a), share(a - b)]],
  'clip': [(a, low, high) => a < low ? low : a > high ? high : a,
    (y, a, low, high) => a < low ? [0, 1, 0] : a > high ? [0, 0, 1] : [1, 0, 0]],
  'stop': [a => a, () => [0]],
};

function rampAt([a, b, from, to], step) {
  if (step <= from) return step < from || to > from ? a : b;
  return step >= to ? b : a + (b - a) * (step - from) / (to - from);
}

// What a reduction pools: `count` values into each result.
function pooledInto(E, from, node) {
  const result = beside(E, from, node.axes), count = new Array(sizeOf(E, node.axes)).fill(0);
  for (const r of result) ++count[r];
  return {result, count};
}

function means(values, {result, count}) {
  const sums = count.map(() => 0);
  values.forEach((value, i) => { sums[result[i]] += value; });
  return sums.map((sum, r) => sum / count[r]);
}

function reduced(E, from, node, values) {
  const into = pooledInto(E, from, node), {result, count} = into, mean = means(values, into);
  if (node.f === 'avg') return mean;
  if (node.f === 'sum') return mean.map((value, r) => value * count[r]);
  if (node.f === 'var') return means(values.map((value, i) => (value - mean[result[i]]) ** 2), into);
  if (node.f === 'norm') return means(values.map(value => value * value), into).map((value, r) => Math.sqrt(value * count[r]));
  const most = mean.map(() => node.f === 'max' ? -Infinity : Infinity);
  values.forEach((value, i) => { most[result[i]] = Math[node.f](most[result[i]], value); });
  return most;
}

// dL of what a reduction pools, of dL of its result.
function reducedSlopes(E, from, node, values, reducedValues, gradient) {
  const into = pooledInto(E, from, node), {result, count} = into, mean = means(values, into);
  const ties = count.map(() => 0);
  values.forEach((value, i) => { ties[result[i]] += value === reducedValues[result[i]]; });
  const slope = {
    avg: (value, r) => 1 / count[r],
    sum: () => 1,
    var: (value, r) => 2 * (value - mean[r]) / count[r],
    norm: (value, r) => reducedValues[r] > 0 ? value / reducedValues[r] : 0,
    max: (value, r) => value === reducedValues[r] ? 1 / ties[r] : 0,
    min: (value, r) => value === reducedValues[r] ? 1 / ties[r] : 0,
  }[node.f];
  return values.map((value, i) => gradient[result[i]] * slope(value, result[i]));
}

// The values of all nodes. `state` has E, training, eps, momentum, steps, x, learned (arrays in the
// method's order), running (arrays by the statement's number).
function forward(method, state) {
  const {E} = state, values = [];
  const keys = {eps: state.eps, momentum: state.momentum, groups: E.groups, ghost: E.ghost};
  const kept = new Map(state.training ? [] : method.running.map(each => [each.node, each]));
  const make = {
    number: node => [node.number],
    key: node => [keys[node.key]],
    ramp: node => [rampAt(node.ramp, state.steps)],
    input: () => state.x,
    learned: node => state.learned[node.index],
    running: node => state.running[node.index],
    reduction: node => reduced(E, method.nodes[node.arguments[0]].axes, node, values[node.arguments[0]]),
    function: node => {
      const maps = node.arguments.map(a => beside(E, node.axes, method.nodes[a].axes));
      return Array.from({length: sizeOf(E, node.axes)},
          (_, i) => kFunctions[node.f][0](...node.arguments.map((a, k) => values[a][maps[k][i]])));
    },
  };
  method.nodes.forEach((node, i) => {
    const running = kept.get(i);
    values.push(running ? beside(E, node.axes, running.axes).map(at => state.running[running.statement][at])
                        : make[node.kind](node));
  });
  return values;
}

// From the gradient of one step back to what it reads: other steps, learned values, x. A map from
// their nodes to gradients.
function backwardThrough(method, E, values, step, gradient) {
  const gradients = new Map([[step.node, gradient]]), read = new Map();
  const add = (i, at, more) => {
    if (!gradients.has(i)) gradients.set(i, new Array(sizeOf(E, method.nodes[i].axes)).fill(0));
    gradients.get(i)[at] += more;
  };
  for (let i = step.node; i >= 0; --i) {
    const own = gradients.get(i), node = method.nodes[i];
    if (!own) continue;
    if (!node.arguments || (i !== step.node && method.steps.some(each => each.node === i))) {
      read.set(i, own);
    } else if (node.kind === 'reduction') {
      const of = node.arguments[0];
      reducedSlopes(E, method.nodes[of].axes, node, values[of], values[i], own).forEach((more, at) => add(of, at, more));
    } else {
      const maps = node.arguments.map(a => beside(E, node.axes, method.nodes[a].axes));
      own.forEach((more, at) => {
        const slopes = kFunctions[node.f][1](values[i][at], ...node.arguments.map((a, k) => values[a][maps[k][at]]));
        // A constant exponent has no gradient, and a negative base no logarithm.
        node.arguments.forEach((a, k) => { if (method.nodes[a].kind !== 'number') add(a, maps[k][at], more * slopes[k]); });
      });
    }
  }
  return read;
}

// Of x, each learned value and each step: {values, parts: [[step's name, values]]}, the parts by the
// steps that read it. Nothing where y does not depend on it.
function backward(method, state, values) {
  const made = {x: null, learned: method.learned.map(() => null), steps: method.steps.map(() => null)};
  const add = (before, name, more) => before
    ? {values: before.values.map((value, i) => value + more[i]), parts: [...before.parts, [name, more]]}
    : {values: more, parts: [[name, more]]};
  made.steps[method.steps.length - 1] = {values: state.dy, parts: []};
  for (let s = method.steps.length - 1; s >= 0; --s) {
    const step = method.steps[s];
    if (!made.steps[s] || (!state.training && method.running.some(each => each.node === step.node))) continue;
    for (const [i, gradient] of backwardThrough(method, state.E, values, step, made.steps[s].values)) {
      const node = method.nodes[i], other = method.steps.findIndex(each => each.node === i);
      if (node.kind === 'input') made.x = add(made.x, step.name, gradient);
      else if (node.kind === 'learned') made.learned[node.index] = add(made.learned[node.index], step.name, gradient);
      else if (node.arguments && other !== s) made.steps[other] = add(made.steps[other], step.name, gradient);
    }
  }
  return made;
}

// The running values after the pass, and what moved them.
function updateRunning(method, state, values) {
  const {E} = state, after = {}, observed = {};
  for (const {statement, node: i, axes, unbiased} of method.running) {
    const before = state.running[statement], node = method.nodes[i];
    after[statement] = before;
    if (!state.training) continue;
    const {count} = pooledInto(E, method.nodes[node.arguments[0]].axes, node);
    const entering = values[i].map((value, r) => value * (unbiased && count[r] > 1 ? count[r] / (count[r] - 1) : 1));
    const to = beside(E, node.axes, axes), share = before.length / entering.length;
    observed[statement] = before.map(() => 0);
    entering.forEach((value, r) => { observed[statement][to[r]] += share * value; });
    after[statement] = before.map((value, p) => (1 - state.momentum) * value + state.momentum * observed[statement][p]);
  }
  return {after, observed};
}

// The slopes of L = sum(dy y) from below and from above at every element of a tensor of the state.
function slopesBeside(method, state, tensor) {
  const output = method.steps.at(-1).node;
  const loss = (i, value) => {
    const kept = tensor[i];
    tensor[i] = value;
    const y = forward(method, state)[output];
    tensor[i] = kept;
    return y;
  };
  const between = (high, low) => state.dy.reduce((sum, dy, e) => sum + dy * (high[e] - low[e]), 0);
  const here = forward(method, state)[output];
  return tensor.map((value, i) => {
    const step = 2 ** (Math.floor(Math.log2(Math.max(1, Math.abs(value)))) - 18);
    return [between(here, loss(i, value - step)) / step, between(loss(i, value + step), here) / step];
  });
}
