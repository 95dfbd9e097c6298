// Whose trainings a section shows: of which model, and all its seeds together or one.
import { choice, options } from './dom';
import type { Model, View } from './view';

// The first of them where no model is called so (any more).
export function chosenModel(models: Model[], label: string): Model {
  return models.find(model => model.label === label) ?? models[0]!;
}

export function modelChoice(section: string, models: Model[], label: string, changed: (label: string) => void): HTMLLabelElement {
  const labels = models.map(model => model.label), index = models.indexOf(chosenModel(models, label));
  return choice(`${section}-model`, 'Model', options(labels), String(index), value => changed(labels[Number(value)]!));
}

// '' is all together.
export function seedChoice(section: string, view: View, seed: string, changed: (seed: string) => void): HTMLLabelElement {
  const seeds = view.seeds.map(each => ({ value: each, text: each }));
  return choice(`${section}-seed`, 'Seed', [{ value: '', text: 'all together' }, ...seeds], seed, changed);
}
