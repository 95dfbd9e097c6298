// Lines and their bands as the columns that uPlot draws.
import type uPlot from 'uplot';
import type { Numbers } from './data';
import { ink } from './theme';

export interface Line {
  label: string;
  group: string;  // hidden and shown together
  color: string;
  dash: number[];
  width: number;
  values: Numbers;
  low?: Numbers;  // of the band, with `high`
  high?: Numbers;
}

export interface Columns {
  data: uPlot.AlignedData;
  series: uPlot.Series[];
  bands: uPlot.Band[];
  lineOf: (Line | null)[];  // by column; the first are the epochs
  isEdge: boolean[];        // of a band
}

// A logarithm needs what is above 0.
function positive(values: Numbers): Numbers {
  return values.map(value => typeof value === 'number' && value <= 0 ? null : value);
}

export function columnsOf(epochs: number[], lines: Line[], hidden: Set<string>, logarithmic: boolean): Columns {
  const data: Numbers[] = [epochs], series: uPlot.Series[] = [{}], bands: uPlot.Band[] = [];
  const lineOf: (Line | null)[] = [null], isEdge = [false];
  const add = (line: Line, values: Numbers, edge: boolean, look: uPlot.Series) => {
    data.push(logarithmic ? positive(values) : values);
    series.push({ label: line.label, show: !hidden.has(line.group), points: { show: !edge && epochs.length === 1 }, spanGaps: false, ...look });
    lineOf.push(line);
    isEdge.push(edge);
  };
  for (const line of lines) {  // every band below every line
    if (!line.low || !line.high) continue;
    bands.push({ series: [series.length, series.length + 1], fill: `${ink(line.color)}2b` });
    add(line, line.high, true, { width: 0 });
    add(line, line.low, true, { width: 0 });
  }
  for (const line of lines) add(line, line.values, false, { stroke: ink(line.color), width: line.width, dash: line.dash });
  return { data: data as uPlot.AlignedData, series, bands, lineOf, isEdge };
}
