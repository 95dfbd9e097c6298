// Every normalization by one routine, driven by a row of the registry: its axes, what it learns,
// whether it subtracts a mean. Tensors are flat, row-major [N][C][H][W].

function statisticShape(method, shape, groups) {
  const [images, channels, height, width] = shape;
  const pooledChannels = {one: channels, group: groups, all: 1};
  return [
    method.pools_images ? 1 : images,
    pooledChannels[method.pools_channels],
    method.pools_pixels ? 1 : height,
    method.pools_pixels ? 1 : width,
  ];
}

// The place [n, c, h, w] of value e.
function placeOf(shape, e) {
  const [, channels, height, width] = shape;
  const pixels = height * width;
  return [
    Math.floor(e / (channels * pixels)),
    Math.floor(e / pixels) % channels,
    Math.floor(e / width) % height,
    e % width,
  ];
}

// Which statistic each value enters; empty where the method has none.
function poolValues(method, shape, groups) {
  if (!method.has_statistics) return [];
  const extents = statisticShape(method, shape, groups);
  const channelsEach = shape[1] / extents[1];
  const size = shape.reduce((a, b) => a * b);
  return Array.from({length: size}, (_, e) => {
    const [n, c, h, w] = placeOf(shape, e);
    const at = [n, Math.floor(c / channelsEach), h, w];
    return at.reduce((index, place, axis) => index * extents[axis] + (extents[axis] === 1 ? 0 : place), 0);
  });
}

// The element of gamma and beta that belongs to value e.
function affineIndex(method, shape, e) {
  const element = e % (shape[1] * shape[2] * shape[3]);
  return method.affine === 'element' ? element : Math.floor(element / (shape[2] * shape[3]));
}

// In two passes: the mean, then the mean square of what is left.
function moments(method, x, pooling, count) {
  const sets = pooling.length === 0 ? 0 : Math.max(...pooling) + 1;
  const mean = new Array(sets).fill(0), variance = new Array(sets).fill(0);
  if (method.centered) x.forEach((value, e) => { mean[pooling[e]] += value; });
  mean.forEach((sum, s) => { mean[s] = sum / count; });
  x.forEach((value, e) => { variance[pooling[e]] += (value - mean[pooling[e]]) ** 2; });
  return {mean, variance: variance.map(sum => sum / count)};
}

// `state` has shape, groups, training, eps, momentum, x, dy, gamma, beta, running_mean, running_var.
function forward(method, state) {
  const {shape, x} = state;
  if (!method.has_statistics) {
    return {statistic_of: [], count: 0, mean: [], var: [], deviation: [], mean_of_x: [], var_of_x: [],
      normalized: x.slice(), y: x.slice(), running_mean: [], running_var: []};
  }
  const statistic_of = poolValues(method, shape, state.groups);
  const count = x.length / (Math.max(...statistic_of) + 1);
  const ofX = moments(method, x, statistic_of, count);
  const usesRunning = method.running_statistics && !state.training;
  const mean = usesRunning ? state.running_mean : ofX.mean;
  const variance = usesRunning ? state.running_var : ofX.variance;
  const deviation = variance.map(value => Math.sqrt(value + state.eps));
  const normalized = x.map((value, e) => (value - mean[statistic_of[e]]) / deviation[statistic_of[e]]);
  const y = normalized.map((value, e) => {
    const p = affineIndex(method, shape, e);
    return state.gamma[p] * value + (method.has_bias ? state.beta[p] : 0);
  });
  return {statistic_of, count, mean, var: variance, deviation, mean_of_x: ofX.mean,
    var_of_x: ofX.variance, normalized, y, ...updateRunning(method, state, ofX, count)};
}

// The momentum weighs the new value; the variance that goes in is the unbiased one.
function updateRunning(method, state, ofX, count) {
  if (!method.running_statistics) return {running_mean: [], running_var: []};
  if (!state.training) return {running_mean: state.running_mean, running_var: state.running_var};
  const blend = (before, value) => (1 - state.momentum) * before + state.momentum * value;
  return {
    running_mean: state.running_mean.map((before, c) => blend(before, ofX.mean[c])),
    running_var: state.running_var.map(
        (before, c) => blend(before, ofX.variance[c] * count / (count - 1))),
  };
}

// dx = (g - mean_S(g) - xh mean_S(g xh)) / s with g = gamma dy; without mean_S(g) where no mean is
// subtracted, and g / s where the statistics are constants.
function backward(method, state, made) {
  const {shape, dy} = state;
  if (!method.has_statistics) return {dx: dy.slice(), dgamma: [], dbeta: []};
  const dgamma = new Array(state.gamma.length).fill(0), dbeta = dgamma.slice();
  const meanG = new Array(made.mean.length).fill(0), meanGNormalized = meanG.slice();
  const g = dy.map((value, e) => state.gamma[affineIndex(method, shape, e)] * value);
  g.forEach((value, e) => {
    const p = affineIndex(method, shape, e), s = made.statistic_of[e];
    dgamma[p] += dy[e] * made.normalized[e];
    dbeta[p] += dy[e];
    meanG[s] += value / made.count;
    meanGNormalized[s] += value * made.normalized[e] / made.count;
  });
  const constant = method.running_statistics && !state.training;
  const dx = g.map((value, e) => {
    const s = made.statistic_of[e];
    if (constant) return value / made.deviation[s];
    const shift = method.centered ? meanG[s] : 0;
    return (value - shift - made.normalized[e] * meanGNormalized[s]) / made.deviation[s];
  });
  return {dx, dgamma, dbeta: method.has_bias ? dbeta : [], meanG, meanGNormalized};
}

// dL/dv of L = sum(dy y) by central differences, for every element of state[name].
function differences(method, state, name, stepOf) {
  return state[name].map((kept, i) => {
    const moved = state[name].slice();
    const at = value => {
      moved[i] = value;
      return forward(method, {...state, [name]: moved}).y;
    };
    const above = kept + stepOf(i), below = kept - stepOf(i);
    const high = at(above), low = at(below);
    return state.dy.reduce((sum, dy, e) => sum + dy * (high[e] - low[e]), 0) / (above - below);
  });
}

function numericGradient(method, state, made) {
  const largest = made.deviation.map(() => 0);
  made.statistic_of.forEach((s, e) => { largest[s] = Math.max(largest[s], Math.abs(state.x[e])); });
  const ofX = e => {
    if (!method.has_statistics) return 1;
    const s = made.statistic_of[e], deviation = made.deviation[s];
    return 2 ** Math.round(Math.log2(deviation * Math.cbrt(1.1e-16 * Math.max(1, largest[s] / deviation))));
  };
  const ofParameter = name => p => 2 ** (Math.floor(Math.log2(Math.max(1, Math.abs(state[name][p])))) - 18);
  return {
    dx: differences(method, state, 'x', ofX),
    dgamma: differences(method, state, 'gamma', ofParameter('gamma')),
    dbeta: differences(method, state, 'beta', ofParameter('beta')),
  };
}

// max |a - b| / max(1, |a|, |b|); infinite where lengths differ or a number is none.
function largestDifference(a, b) {
  if (a.length !== b.length) return Infinity;
  return a.reduce((largest, value, i) => {
    const difference = Math.abs(value - b[i]) / Math.max(1, Math.abs(value), Math.abs(b[i]));
    return Math.max(largest, Number.isNaN(difference) ? Infinity : difference);
  }, 0);
}

// The largest difference of a gradient from its central differences, divided by max(1, its largest
// value).
function gradientDifference(gradient, differences) {
  const largest = Math.max(0, ...gradient.map((value, i) => Math.abs(value - differences[i])));
  return largest / Math.max(1, ...gradient.map(Math.abs));
}

// Everything the page shows. Throws an Error with one sentence for what cannot be computed.
function workOut(method, state) {
  const count = method.has_statistics
    ? state.x.length / statisticShape(method, state.shape, state.groups).reduce((a, b) => a * b) : 0;
  const usesRunning = method.running_statistics && !state.training;
  if (method.has_statistics && method.centered && !usesRunning && count === 1) {
    throw new Error(`${method.name}: each mean would be over one value (${method.pools_over}), and leave nothing of it but beta.`);
  }
  const made = forward(method, state);
  if (made.deviation.some(value => !(value > 0))) {
    throw new Error(`${method.name}: a variance is 0 and eps is 0, so there is nothing to divide by.`);
  }
  Object.assign(made, backward(method, state, made));
  const all = [made.normalized, made.y, made.running_mean, made.running_var, made.dx, made.dgamma, made.dbeta];
  if (!all.flat().every(Number.isFinite)) {
    throw new Error(`${method.name}: these values are too large to compute with.`);
  }
  return made;
}
