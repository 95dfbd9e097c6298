// What report/page/page_data.cc writes (docs/page.md has every field).
import type { Metric } from './metrics';

// Null is what was not known, undefined an epoch that is not among those kept: a line goes on over it.
export type Numbers = (number | null | undefined)[];

export interface Style { color: string; dash: number[] }

export interface DataSet {
  name: string;
  title: string;
  classes: string[];
  missed: number;  // images that a training misses, listed here or not
  images: { index: number[]; truth: number[] };  // those missed by most trainings first
  pictures: string[];  // PNG in Base64, of the first images
  class_counts?: number[];  // test images of every class; where the data set was at hand
  shape?: [number, number, number];
}

export interface Result { n: number; mean: number; deviation?: number; low?: number; high?: number }

type Results = Record<string, Result | null>;

export interface ModelData {
  label: string;
  norm: string;
  results: Results;
  statistics?: { name: string; words: string; results: Results }[];  // the same weights with each kind
}

export interface ArmStatistics {
  epoch: number[];
  kinds: { name: string; words: string; style: number; test_accuracy: Numbers; test_loss: Numbers }[];
}

// A lone number has its mean alone.
export interface LearnedValue {
  layer: string;
  part: string;
  name: string;
  kind: 'learned' | 'statement';
  count: number;  // of elements
  [column: string]: Numbers | string | number;
}

export interface ArmLearned { epoch: number[]; values: LearnedValue[] }

export interface Layer { name: string; [quantity: string]: Numbers | string }

export interface Misses {
  image: number[];  // place among the data set's images, less that of the one before
  prediction: number[];
  confidence: number[];  // in thousandths, as is
  truth_probability: number[];
  unlisted: [truth: number, prediction: number, count: number][];
}

export interface Conditions {
  parameters: number;
  batch_size: number;
  steps: number;
  initial_weights: string;
  data_order: string;
  first_images: string;
}

export interface ArmData {
  model: number;
  folder: string;
  seed: string;
  state: 'finished' | 'diverged' | 'interrupted' | 'pending';
  message: string;
  best_epoch: number;
  values: Record<string, number | null>;
  settings: Record<string, string>;
  curves: { epoch: number[]; [column: string]: Numbers };
  layers?: { epoch: number[]; layers: Layer[] };
  learned?: ArmLearned;
  statistics?: ArmStatistics;
  conditions?: Conditions;
  misses?: Misses;
}

export interface StudyData {
  title: string;
  folder: string;
  recipe: string;
  recipe_text: string;
  dataset: number;
  best_on: 'validation' | 'test';
  started: string;
  finished: string;
  environment: Record<string, unknown> | null;
  limits: { parameters?: number; epochs?: number; accuracy?: number };
  missing: string[];
  conditions: string;  // what is proved to be the same
  warnings: string[];
  answer: string;  // which is better, by how much, how sure
  findings: { title: string; meaning: string; table: string[][]; sentences: string[] }[];
  models: ModelData[];
  arms: ArmData[];
}

export interface PageData {
  schema: number;
  quantities: { results: Metric[]; curves: Metric[]; layers: Metric[]; learned: Metric[]; statistics: Metric[] };
  styles: Style[];
  datasets: DataSet[];
  studies: StudyData[];
  example: unknown;  // explain/page's own
}
