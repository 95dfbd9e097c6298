// The sum behind one value, written out.

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

function rangeText(one, first, count, all) {
  if (count === all && all > 1) return `all ${one}s`;
  return count === 1 ? `${one} ${first}` : `${one}s ${first} to ${first + count - 1}`;
}

// "image 0, channels 0 to 1, all pixels"
function cellsText(method, state, statistic) {
  const [images, channels, height, width] = statisticShape(method, state.shape, state.groups);
  const [n, c, h, w] = placeOf([images, channels, height, width], statistic);
  const each = state.shape[1] / channels;
  const pixels = method.pools_pixels
    ? (state.shape[2] * state.shape[3] === 1 ? 'its pixel' : 'all pixels') : `pixel (${h}, ${w})`;
  return [rangeText('image', n, state.shape[0] / images, state.shape[0]),
    rangeText('channel', c * each, each, state.shape[1]), pixels].join(', ');
}

function parameterPlace(method, shape, p) {
  return method.affine === 'element' ? `[${placeOf([1, ...shape.slice(1)], p).slice(1)}]` : `[${p}]`;
}

function statisticSentences(method, state, made, s) {
  const values = state.x.filter((_, e) => made.statistic_of[e] === s);
  const mean = made.mean_of_x[s], squares = values.map(value => (value - mean) ** 2);
  const total = list => numberText(list.reduce((a, b) => a + b, 0));
  const lines = [`${letterOf(s)}: ${cellsText(method, state, s)}, ${values.length} values`];
  if (method.centered) {
    lines.push(`mean = (${sumText(values)}) / ${values.length} = ${total(values)} / ${values.length} = ${numberText(mean)}`);
  }
  const name = method.centered ? 'var' : 'mean(x^2)';
  lines.push(`${name} = (${sumText(squares)}) / ${values.length} = ${numberText(made.var_of_x[s])}`);
  if (method.running_statistics && !state.training) {
    lines.push(`running mean ${numberText(made.mean[s])} and var ${numberText(made.var[s])} normalize`);
  }
  lines.push(`deviation = sqrt(${numberText(made.var[s])} + ${numberText(state.eps)}) = ${numberText(made.deviation[s])}`);
  return lines;
}

function outputSentence(method, state, made, e) {
  const place = `[${placeOf(state.shape, e)}]`, result = numberText(made.y[e]);
  if (!method.has_statistics) return `y${place} = x${place} = ${result}`;
  const s = made.statistic_of[e], p = affineIndex(method, state.shape, e);
  const parameter = parameterPlace(method, state.shape, p);
  const symbols = method.centered ? `(x - mean(${letterOf(s)}))` : 'x';
  const numbers = method.centered ? `(${numberText(state.x[e])} - ${operand(made.mean[s])})` : operand(state.x[e]);
  const bias = method.has_bias ? [` + beta${parameter}`, ` + ${operand(state.beta[p])}`] : ['', ''];
  return `y${place} = gamma${parameter} * ${symbols} / deviation(${letterOf(s)})${bias[0]} = ` +
      `${numberText(state.gamma[p])} * ${numbers} / ${numberText(made.deviation[s])}${bias[1]} = ${result}`;
}

function inputGradientSentence(method, state, made, e) {
  const place = `[${placeOf(state.shape, e)}]`, result = numberText(made.dx[e]);
  if (!method.has_statistics) return `dx${place} = dy${place} = ${result}`;
  const s = made.statistic_of[e], gamma = state.gamma[affineIndex(method, state.shape, e)];
  const g = `${numberText(gamma)} * ${operand(state.dy[e])}`, deviation = numberText(made.deviation[s]);
  if (method.running_statistics && !state.training) return `dx${place} = g / deviation = ${g} / ${deviation} = ${result}`;
  const shift = method.centered ? [' - mean_S(g)', ` - ${operand(made.meanG[s])}`] : ['', ''];
  return `dx${place} = (g${shift[0]} - xh mean_S(g xh)) / deviation = (${g}${shift[1]} - ` +
      `${operand(made.normalized[e])} * ${operand(made.meanGNormalized[s])}) / ${deviation} = ${result}`;
}

function sentencesOf(method, state, made, e) {
  const lines = method.has_statistics ? statisticSentences(method, state, made, made.statistic_of[e]) : [];
  return [outputSentence(method, state, made, e), ...lines, inputGradientSentence(method, state, made, e)];
}
