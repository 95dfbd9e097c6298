// The page's own arithmetic against what the engine computed with every method when it wrote the
// page.

const kAgreement = 1e-9;

// The largest difference of one method's arrays from the engine's.
function differenceFromEngine(method, held, engine) {
  const made = workOut(method, stateFor(method, {...held, groups: engine.groups || held.groups}));
  const arrays = ['y', 'normalized', 'var', 'deviation', 'running_mean', 'running_var', 'dx', 'dgamma', 'dbeta'];
  if (method.centered) arrays.push('mean');
  return Math.max(...arrays.map(
      name => largestDifference(made[name], engine[name] === null && name !== 'normalized' ? [] : engine[name].flat(Infinity))));
}

// One line per method that does not agree.
function disagreements(data, held) {
  const lines = [];
  let largest = 0;
  for (const method of data.methods) {
    const engine = data.engine[method.name];
    if (engine === null) continue;
    let difference = Infinity;
    try {
      difference = differenceFromEngine(method, held, engine);
    } catch (error) {
      lines.push(`${method.name}: ${error.message}`);
      continue;
    }
    largest = Math.max(largest, difference);
    if (!(difference <= kAgreement)) lines.push(`${method.name}: differs by ${difference}`);
  }
  return {lines, largest};
}

function showAgreement(data, held) {
  const {lines, largest} = disagreements(data, held);
  const mark = byId('agreement');
  const methods = data.methods.filter(method => data.engine[method.name] !== null).length;
  mark.className = lines.length === 0 ? 'agrees' : 'differs';
  mark.textContent = lines.length === 0
    ? `\u2713 This page's arithmetic agrees with normlab's engine: all arrays of ${methods} methods on the first numbers, largest difference ${largest.toExponential(1)}.`
    : `\u2717 This page's arithmetic differs from normlab's engine: ${lines.join('; ')}`;
  for (const line of lines) console.error(`normlab: ${line}`);
}
