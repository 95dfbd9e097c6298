// What the reader can change, where it starts, and how it is read from the fields.

function rowsByName(data) {
  return Object.fromEntries(data.methods.map(method => [method.name, method]));
}

// gamma and beta are held per element of [C,H,W]; a method with a weight per channel uses that of
// the channel's first element.
function perElement(values, shape, otherwise) {
  const pixels = shape[2] * shape[3], size = shape[1] * pixels;
  if (!values) return new Array(size).fill(otherwise);
  const flat = values.flat(Infinity);
  return Array.from({length: size}, (_, p) => flat.length === size ? flat[p] : flat[Math.floor(p / pixels)]);
}

function initialState(data) {
  const engine = data.engine[data.norm], inputs = engine.inputs, channels = engine.shape[1];
  return {
    norm: data.norm,
    shape: engine.shape,
    groups: data.groups,
    training: engine.mode === 'train',
    eps: inputs.eps,
    momentum: inputs.momentum,
    x: inputs.x.flat(Infinity),
    dy: inputs.dy.flat(Infinity),
    gammaElements: perElement(inputs.gamma, engine.shape, 1),
    betaElements: perElement(inputs.beta, engine.shape, 0),
    running_mean: inputs.running_mean || new Array(channels).fill(0),
    running_var: inputs.running_var || new Array(channels).fill(1),
  };
}

// The state as the arithmetic of one method takes it.
function stateFor(method, held) {
  const pixels = held.shape[2] * held.shape[3];
  const fit = elements => method.affine === 'element' ? elements : elements.filter((_, p) => p % pixels === 0);
  return {
    ...held,
    gamma: method.affine === 'none' ? [] : fit(held.gammaElements),
    beta: method.has_bias ? fit(held.betaElements) : [],
  };
}

function setAffine(method, held, name, p, value) {
  const pixels = held.shape[2] * held.shape[3], elements = held[name + 'Elements'];
  if (method.affine === 'element') {
    elements[p] = value;
  } else {
    elements.fill(value, p * pixels, (p + 1) * pixels);
  }
}

// NaN where the text is no number.
function numberIn(text) {
  const trimmed = text.trim();
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : NaN;
}

function nested(values, extents) {
  if (extents.length <= 1) return values.slice();
  const each = values.length / extents[0];
  return Array.from({length: extents[0]}, (_, i) => nested(values.slice(i * each, (i + 1) * each), extents.slice(1)));
}

// What `normlab explain --values` reads.
function valuesJson(method, state) {
  const affine = method.affine === 'element' ? state.shape.slice(1) : [state.shape[1]];
  const values = {x: nested(state.x, state.shape)};
  if (method.affine !== 'none') values.gamma = nested(state.gamma, affine);
  if (method.has_bias) values.beta = nested(state.beta, affine);
  if (method.running_statistics) {
    values.running_mean = state.running_mean;
    values.running_var = state.running_var;
  }
  return JSON.stringify({...values, momentum: state.momentum, eps: state.eps, dy: nested(state.dy, state.shape)});
}

function commandFor(method, state) {
  const groups = method.pools_channels === 'group' ? ` --groups ${state.groups}` : '';
  return `normlab explain ${method.name}${groups} --mode ${state.training ? 'train' : 'eval'} --values values.json`;
}
