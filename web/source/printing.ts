// On paper: light, and charts as wide as a column.
import type { Chart } from './chart';
import { setPrinting } from './theme';

const kPaperWidth = 330;  // pixels of a chart, two beside each other on A4

export function preparePrinting(charts: Chart[][]): void {
  addEventListener('beforeprint', () => {
    setPrinting(true);
    for (const chart of charts.flat()) chart.fit(kPaperWidth);
  });
  addEventListener('afterprint', () => setPrinting(false));
}
