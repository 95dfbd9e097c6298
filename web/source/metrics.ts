// What is measured of a training: how it is called and written. The lists come with the page's data.
import type { PageData } from './data';

export interface Metric {
  name: string;  // in the data
  title: string;
  decimals: number;
  note: string;
}

export let kMetrics: Metric[] = [];           // of a whole training
export let kCurves: Metric[] = [];            // over the epochs; a chart for each that a study has
export let kLayerQuantities: Metric[] = [];   // of a layer, at the last batch of an epoch
export let kLearnedColumns: Metric[] = [];    // over the elements of a learned value, after an epoch
// Of the same weights with each kind of statistics: over the epochs, and of a whole training.
export let kStatisticsCurves: Metric[] = [];
export let kStatisticsResults: Metric[] = [];

export function useQuantities({ results, curves, layers, learned, statistics }: PageData['quantities']): void {
  kMetrics = results;
  kCurves = curves;
  kLayerQuantities = layers;
  kLearnedColumns = learned;
  kStatisticsCurves = curves.filter(({ name }) => name === 'test_accuracy' || name === 'test_loss');
  kStatisticsResults = statistics;
}
