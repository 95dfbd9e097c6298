// Every model's results over its finished seeds, with 95 % t intervals: a table, and a plot that
// shows the seeds themselves.
import type { Choices } from './choices';
import type { Result } from './data';
import { choice, h, section, table, wide } from './dom';
import { intervalPlot } from './interval_plot';
import { kMetrics, type Metric } from './metrics';
import type { Model, View } from './view';
import { fixed, plural } from './words';

const kMostNotes = 8;  // that are shown unasked

export function finished(model: Model): number {
  return model.arms.filter(arm => arm.state === 'finished').length;
}

export function resultText(result: Result | null | undefined, decimals: number): string {
  if (!result) return '-';
  if (result.low === undefined) return fixed(result.mean, decimals);
  const half = (result.high! - result.low) / 2;
  return `${fixed(result.mean, decimals)} \u00b1 ${fixed(half, decimals)}`;
}

function known(view: View): Metric[] {
  return kMetrics.filter(metric => view.models.some(model => model.results[metric.name]));
}

function resultsTable(view: View, metrics: Metric[]): HTMLElement {
  const head = ['model', 'seeds', ...metrics.map(metric => metric.title)];
  const rows = view.models.map(model => {
    const done = finished(model), all = model.arms.length;
    return [model.label, { text: done === all ? String(all) : `${done} of ${all}`, number: true },
      ...metrics.map(metric => {
        const result = model.results[metric.name];
        const title = result?.low === undefined ? '' : `95 % interval ${fixed(result.low, metric.decimals)} to ${fixed(result.high, metric.decimals)}; standard deviation ${fixed(result.deviation, metric.decimals)}; n = ${result.n}`;
        return { text: resultText(result, metric.decimals), number: true, title };
      })];
  });
  return wide('Results', table('Mean \u00b1 half the 95 % t interval over the finished seeds', head, rows));
}

// [limits] of the recipe, each with what was reached.
function limitLines(view: View): string[] {
  const lines: string[] = [];
  for (const study of view.studies) {
    const models = view.models.filter(model => model.arms[0]?.study === study);
    const { parameters, epochs, accuracy } = study.limits;
    const say = (limit: string, value: (model: Model) => number | undefined, met: (value: number) => boolean, decimals: number) => {
      const number = (reached: number) => reached.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
      const all = models.map(value), known = all.filter(reached => reached !== undefined);
      if (models.length > 1 && known.length === models.length && known.every(met)) {
        const least = number(Math.min(...known)), most = number(Math.max(...known));
        lines.push(`${limit}: met by all models (${least === most ? least : `${least} to ${most}`}).`);
        return;
      }
      const words = models.map((model, i) => {
        const reached = all[i];
        return reached === undefined ? `${model.label}: not known` : `${model.label}: ${met(reached) ? 'met' : 'not met'} (${number(reached)})`;
      });
      lines.push(`${limit}: ${words.join('; ')}.`);
    };
    if (parameters !== undefined) say(`At most ${parameters.toLocaleString('en')} parameters`, model => model.arms[0]?.conditions?.parameters, value => value <= parameters, 0);
    if (epochs !== undefined) say(`At most ${epochs} epochs`, model => Math.max(0, ...model.arms.map(arm => arm.curves.epoch[arm.curves.epoch.length - 1] ?? 0)), value => value <= epochs, 0);
    if (accuracy !== undefined) say(`Final test accuracy of at least ${accuracy} %, mean over the seeds`, model => model.results['final_test_accuracy']?.mean, value => value >= accuracy, 2);
  }
  return lines;
}

function notes(view: View): string[] {
  const on = [...new Set(view.studies.map(study => study.best_on))];
  const lines: string[] = on.map(each => each === 'validation'
    ? 'The best epoch is picked on the validation split, held out of the training images.'
    : 'The best epoch is picked on the test set itself, so its accuracy flatters: compare the final column.');
  for (const study of view.studies) lines.push(...study.warnings, ...study.missing);
  return lines;
}

export function resultsSection(view: View, choices: Choices): HTMLElement {
  const metrics = known(view), limits = limitLines(view);
  const plot = h('div', { className: 'intervals' });
  const draw = () => {
    const metric = metrics.find(each => each.name === choices.metric) ?? metrics[0];
    if (metric) plot.replaceChildren(intervalPlot(view, metric));
  };
  draw();
  return section('results', 'Results',
      limits.length > 0 ? h('ul', { className: 'limits' }, ...limits.map(line => h('li', {}, line))) : null,
      metrics.length > 0 ? resultsTable(view, metrics) : h('p', {}, 'No training is finished yet.'),
      metrics.length > 0 ? choice('interval-metric', 'Plot', metrics.map(({ name, title }) => ({ value: name, text: title })), choices.metric,
          value => { choices.metric = value; draw(); }) : null,
      plot,
      ...noteList(notes(view)));
}

function noteList(lines: string[]): HTMLElement[] {
  const list = (some: string[]) => h('ul', { className: 'hint notes' }, ...some.map(line => h('li', {}, line)));
  const rest = lines.slice(kMostNotes);
  return rest.length === 0 ? [list(lines)] : [list(lines.slice(0, kMostNotes)),
    h('details', { id: 'more-notes' }, h('summary', {}, plural(rest.length, 'more note')), list(rest))];
}
