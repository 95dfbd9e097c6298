// The same weights, normalized with each kind of batch normalization's statistics: how a model's
// test results depend on what it is evaluated with.
import { chosenModel, modelChoice, seedChoice } from './arm_choice';
import { Chart } from './chart';
import type { Line } from './chart_columns';
import { chartsGroup } from './charts_group';
import type { Choices } from './choices';
import { allEpochs, at, curveArms, curveTables, meanLine } from './curves';
import type { ArmStatistics, Style } from './data';
import { h, section, table, tick, wide } from './dom';
import { kStatisticsCurves, kStatisticsResults, type Metric } from './metrics';
import { resultText } from './results';
import type { Arm, Model, View } from './view';

type Compared = Arm & { statistics: ArmStatistics };

function comparedArms(model: Model, seed: string): Compared[] {
  return curveArms(model).filter((arm): arm is Compared => !!arm.statistics && (seed === '' || arm.seed === seed));
}

// A line for each kind that all of the arms were evaluated with.
function linesOf(arms: Compared[], metric: Metric, epochs: number[], styles: Style[]): Line[] {
  return (arms[0]?.statistics.kinds ?? []).flatMap(kind => {
    const columns = arms.flatMap(({ statistics }) => {
      const own = statistics.kinds.find(each => each.name === kind.name);
      return own ? [at(epochs, statistics.epoch, own[metric.name as 'test_accuracy' | 'test_loss'])] : [];
    });
    return columns.length < arms.length ? [] : [meanLine(kind.words, styles[kind.style]!, columns)];
  });
}

function statisticsTable(model: Model): HTMLElement | null {
  const kinds = model.statistics;
  if (!kinds) return null;
  const rows = kinds.map(({ words, results }) => [words,
    { text: String(results['final_test_accuracy']?.n ?? 0), number: true },
    ...kStatisticsResults.map(({ name, decimals }) => ({ text: resultText(results[name], decimals), number: true }))]);
  const title = 'Mean \u00b1 half the 95 % t interval over the finished seeds; differences are of the same weights, paired by seed';
  return wide('Results with each kind of statistics', table(title, ['statistics', 'seeds', ...kStatisticsResults.map(each => each.title)], rows));
}

export function statisticsSection(view: View, choices: Choices, styles: Style[]): { element: HTMLElement; charts: Chart[] } | null {
  const models = view.models.filter(model => comparedArms(model, '').length > 0);
  if (models.length === 0) return null;
  const held = choices.statistics, place = h('div', {}), charts: Chart[] = [];
  const epochs = allEpochs(models.flatMap(model => comparedArms(model, '').map(arm => arm.statistics.epoch)));
  const draw = () => {
    const model = chosenModel(models, held.model), arms = comparedArms(model, held.seed);
    const lines = (metric: Metric) => linesOf(arms, metric, epochs, styles);
    const group = chartsGroup({
      id: 'statistics', entries: lines(kStatisticsCurves[0]!), epochs, choice: held, charts,
      ticks: rebuild => [tick('statistics-log', 'Logarithmic loss', held.logarithmic, on => { held.logarithmic = on; rebuild(); })],
      build: zoomed => kStatisticsCurves.map(metric => new Chart({
        id: `chart-statistics-${metric.name}`, title: metric.title, decimals: metric.decimals, epochs, lines: lines(metric),
        logarithmic: held.logarithmic && metric.name === 'test_loss', hidden: held.hidden, zoom: held.zoom, sync: 'statistics', zoomed,
      })),
    });
    place.replaceChildren(...[statisticsTable(model)].filter(each => each !== null), ...group, curveTables('statistics', kStatisticsCurves, epochs, lines));
  };
  draw();
  return { charts, element: section('statistics', 'Statistics of batch normalization',
      h('p', { className: 'hint' }, 'After every epoch the same weights were evaluated on the test images with each kind of statistics. Running: the moving averages of the training. Re-estimated: of training images after the epoch. Each test batch\u2019s own: what the training uses. Where a unit is repeated, its applications share one set or have a set each. Jitter: the mean absolute change of the accuracy from the epoch before, over the last ten epochs.'),
      h('div', { className: 'tools' },
          modelChoice('statistics', models, held.model, label => { held.model = label; draw(); }),
          seedChoice('statistics', view, held.seed, seed => { held.seed = seed; draw(); })),
      place) };
}
