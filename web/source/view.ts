// What is shown at a time: one study, or all studies of one data set together.
import type { ArmData, DataSet, ModelData, PageData, StudyData, Style } from './data';

export interface Model extends ModelData { style: Style; arms: Arm[] }
export interface Arm extends ArmData { owner: Model; study: StudyData }

// One training's miss of one image.
export interface Miss { arm: Arm; image: number; prediction: number; confidence: number; truthProbability: number }

export interface View {
  key: string;
  title: string;
  studies: StudyData[];
  dataset: DataSet;
  models: Model[];
  arms: Arm[];
  seeds: string[];
  misses: Miss[];
  missesOf: Miss[][];  // by image
}

function missesOf(arm: Arm): Miss[] {
  if (!arm.misses) return [];
  const { image, prediction, confidence, truth_probability } = arm.misses;
  let place = 0;
  return image.map((step, i) => {
    place += step;
    return { arm, image: place, prediction: prediction[i]!, confidence: confidence[i]!, truthProbability: truth_probability[i]! };
  });
}

function modelsOf(studies: StudyData[], styles: Style[]): Model[] {
  const models: Model[] = [];
  for (const study of studies) {
    for (const [m, data] of study.models.entries()) {
      const label = studies.length > 1 ? `${study.title}: ${data.label}` : data.label;
      const model: Model = { ...data, label, style: styles[models.length]!, arms: [] };
      model.arms = study.arms.filter(arm => arm.model === m).map(arm => ({ ...arm, owner: model, study }));
      models.push(model);
    }
  }
  return models;
}

function makeView(title: string, studies: StudyData[], data: PageData): View {
  const dataset = data.datasets[studies[0]!.dataset]!;
  const models = modelsOf(studies, data.styles);
  const arms = models.flatMap(model => model.arms);
  const seeds = [...new Set(arms.map(arm => arm.seed))].sort((a, b) => Number(a) - Number(b));
  const misses = arms.flatMap(missesOf);
  const byImage: Miss[][] = dataset.images.index.map(() => []);
  for (const miss of misses) byImage[miss.image]!.push(miss);
  return { key: title, title, studies, dataset, models, arms, seeds, misses, missesOf: byImage };
}

// A view for every study, and one for those that share a data set.
export function viewsOf(data: PageData): (() => View)[] {
  const makers = data.studies.map(study => () => makeView(study.title, [study], data));
  for (const [d, dataset] of data.datasets.entries()) {
    const sharing = data.studies.filter(study => study.dataset === d);
    if (sharing.length > 1) makers.push(() => makeView(`${dataset.title}, all together`, sharing, data));
  }
  return makers;
}

export function viewTitles(data: PageData): string[] {
  const titles = data.studies.map(study => study.title);
  for (const [d, dataset] of data.datasets.entries()) {
    if (data.studies.filter(study => study.dataset === d).length > 1) titles.push(`${dataset.title}, all together`);
  }
  return titles;
}

export function armName(arm: Arm): string {
  return `${arm.owner.label}, seed ${arm.seed}`;
}
