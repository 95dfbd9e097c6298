// What the reader has chosen. It outlives an update of the data: models are kept by their labels.

export interface GalleryChoice {
  model: string;  // '' for any
  seed: string;
  truth: string;
  prediction: string;
  low: number;  // confidence in percent
  high: number;
  missed: string;  // 'any' | 'all' | 'one' | 'only:<label>'
  order: string;  // 'trainings' | 'confidence' | 'index'
  shown: number;
}

export const kAnyMiss: GalleryChoice = {
  model: '', seed: '', truth: '', prediction: '', low: 0, high: 100, missed: 'any', order: 'trainings', shown: 60,
};

export interface Choices {
  hidden: Set<string>;  // labels of models
  zoom: [number, number] | null;  // epochs
  seedLines: boolean;
  logarithmic: boolean;
  metric: string;  // of the intervals
  sort: { column: string; descending: boolean };
  confusion: { model: string; seed: string };
  gallery: GalleryChoice;
  layers: { model: string; layer: string; seed: string; quantity: string; logarithmic: boolean; zoom: [number, number] | null; hidden: Set<string> };
  statistics: { model: string; seed: string; logarithmic: boolean; zoom: [number, number] | null; hidden: Set<string> };
  opened: Set<string>;  // ids of details
}

export function firstChoices(): Choices {
  return {
    hidden: new Set(), zoom: null, seedLines: false, logarithmic: false, metric: 'final_test_accuracy',
    sort: { column: '', descending: false },
    confusion: { model: '', seed: '' },
    gallery: { ...kAnyMiss },
    layers: { model: '', layer: '', seed: '', quantity: '', logarithmic: false, zoom: null, hidden: new Set() },
    statistics: { model: '', seed: '', logarithmic: false, zoom: null, hidden: new Set() },
    opened: new Set(),
  };
}
