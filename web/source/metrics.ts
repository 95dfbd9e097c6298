// What is measured of a training: how it is called and written.

export interface Metric {
  name: string;  // in the data
  title: string;
  decimals: number;
  note: string;
}

// Of a whole training.
export const kMetrics: Metric[] = [
  { name: 'final_test_accuracy', title: 'test accuracy, final (%)', decimals: 2, note: 'after the last epoch' },
  { name: 'final_test_loss', title: 'test loss, final', decimals: 4, note: 'after the last epoch, without penalties' },
  { name: 'best_epoch_test_accuracy', title: 'test accuracy, best epoch (%)', decimals: 2, note: '' },
  { name: 'maximum_test_accuracy', title: 'test accuracy, maximum (%)', decimals: 2, note: 'the highest of all epochs, which flatters' },
  { name: 'final_train_accuracy', title: 'train accuracy, final (%)', decimals: 2, note: 'running mean over the last epoch, as augmented and with dropout' },
  { name: 'clean_train_accuracy', title: 'clean train accuracy (%)', decimals: 2, note: 'evaluation mode, without augmentation, after the last epoch' },
  { name: 'gap', title: 'train-test gap (points)', decimals: 2, note: 'clean train accuracy less final test accuracy' },
  { name: 'batch_statistics_test_accuracy', title: 'test accuracy with batch statistics (%)', decimals: 2, note: 'normalized with each test batch\u2019s own statistics' },
  { name: 'seconds_per_epoch', title: 'seconds per epoch', decimals: 2, note: 'the training part' },
];

// Over the epochs; a chart for each that a study has.
export const kCurves: Metric[] = [
  { name: 'test_accuracy', title: 'Test accuracy (%)', decimals: 2, note: '' },
  { name: 'test_loss', title: 'Test loss', decimals: 4, note: '' },
  { name: 'train_accuracy', title: 'Train accuracy (%)', decimals: 2, note: '' },
  { name: 'train_loss', title: 'Train loss', decimals: 4, note: '' },
  { name: 'validation_accuracy', title: 'Validation accuracy (%)', decimals: 2, note: '' },
  { name: 'validation_loss', title: 'Validation loss', decimals: 4, note: '' },
  { name: 'penalty', title: 'Penalty of L1 and L2', decimals: 4, note: '' },
];

// Of the same weights with each kind of statistics: over the epochs, and of a whole training.
export const kStatisticsCurves: Metric[] = kCurves.filter(({ name }) => name === 'test_accuracy' || name === 'test_loss');

export const kStatisticsResults: Metric[] = [
  { name: 'final_test_accuracy', title: 'test accuracy, final (%)', decimals: 2, note: '' },
  { name: 'last_epochs_test_accuracy', title: 'mean of the last five epochs (%)', decimals: 2, note: '' },
  { name: 'jitter', title: 'jitter (points)', decimals: 2, note: '' },
  { name: 'final_test_loss', title: 'test loss, final', decimals: 4, note: '' },
  { name: 'final_difference', title: 'final less running shared (points)', decimals: 2, note: '' },
  { name: 'last_epochs_difference', title: 'last five less running shared (points)', decimals: 2, note: '' },
];

// Of a layer, at the last batch of an epoch.
export const kLayerQuantities: Metric[] = [
  { name: 'deviation_before', title: 'standard deviation before normalization', decimals: 4, note: '' },
  { name: 'deviation_after', title: 'standard deviation after normalization', decimals: 4, note: '' },
  { name: 'mean_before', title: 'mean before normalization', decimals: 4, note: '' },
  { name: 'mean_after', title: 'mean after normalization', decimals: 4, note: '' },
  { name: 'gradient_norm', title: 'norm of the weights\u2019 gradient', decimals: 4, note: '' },
  { name: 'weight_norm', title: 'norm of the weights', decimals: 4, note: '' },
  { name: 'running_mean_distance', title: 'distance of the running mean from the batch\u2019s', decimals: 4, note: '' },
  { name: 'running_variance_distance', title: 'distance of the running variance from the batch\u2019s', decimals: 4, note: '' },
];
