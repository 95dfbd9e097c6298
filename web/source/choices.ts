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

// Of charts that share a legend.
export interface ChartsChoice {
  hidden: Set<string>;  // groups of lines
  zoom: [number, number] | null;  // epochs
  logarithmic: boolean;
}

export interface Choices {
  curves: ChartsChoice & { seedLines: boolean };
  metric: string;  // of the intervals
  sort: { column: string; descending: boolean };
  confusion: { model: string; seed: string };
  gallery: GalleryChoice;
  layers: ChartsChoice & { model: string; layer: string; seed: string; quantity: string };
  learned: ChartsChoice & { model: string; seed: string; value: string; column: string };
  statistics: ChartsChoice & { model: string; seed: string };
  opened: Set<string>;  // ids of details
}

export function firstChoices(): Choices {
  const charts = (): ChartsChoice => ({ hidden: new Set(), zoom: null, logarithmic: false });
  return {
    curves: { ...charts(), seedLines: false },
    metric: 'final_test_accuracy',
    sort: { column: '', descending: false },
    confusion: { model: '', seed: '' },
    gallery: { ...kAnyMiss },
    layers: { ...charts(), model: '', layer: '', seed: '', quantity: '' },
    learned: { ...charts(), model: '', seed: '', value: '', column: '' },
    statistics: { ...charts(), model: '', seed: '' },
    opened: new Set(),
  };
}
