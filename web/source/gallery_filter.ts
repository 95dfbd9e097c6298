// Which images the reader asks for.
import type { GalleryChoice } from './choices';
import type { Tile } from './tiles';
import type { Miss, View } from './view';

// By all trainings, by one model alone (in however many seeds), by this one alone, or by any.
function missedAs(choice: string, view: View, image: number, trainings: number): boolean {
  if (choice === 'any') return true;
  const misses = view.missesOf[image]!;
  if (choice === 'all') return misses.length === trainings;
  const model = misses[0]!.arm.owner;
  if (misses.some(miss => miss.arm.owner !== model)) return false;
  return choice === 'one' || choice === `only:${model.label}`;
}

function asked(miss: Miss, choice: GalleryChoice): boolean {
  const percent = miss.confidence / 10;
  return (choice.model === '' || miss.arm.owner.label === choice.model) && (choice.seed === '' || miss.arm.seed === choice.seed) &&
      (choice.prediction === '' || miss.prediction === Number(choice.prediction)) && percent >= choice.low && percent <= choice.high;
}

function confidence(tile: Tile): number {
  return Math.max(...tile.misses.map(miss => miss.confidence));
}

// Images are in the data by the number of trainings that miss them, the most first.
export function filtered(view: View, choice: GalleryChoice): Tile[] {
  const trainings = view.arms.filter(arm => arm.misses).length, found: Tile[] = [];
  const { index, truth } = view.dataset.images;
  for (let image = 0; image < index.length; ++image) {
    if (view.missesOf[image]!.length === 0) continue;  // missed in another study alone
    if (choice.truth !== '' && truth[image] !== Number(choice.truth)) continue;
    const misses = view.missesOf[image]!.filter(miss => asked(miss, choice));
    if (misses.length > 0 && missedAs(choice.missed, view, image, trainings)) found.push({ image, misses });
  }
  if (choice.order === 'trainings') found.sort((a, b) => view.missesOf[b.image]!.length - view.missesOf[a.image]!.length);
  if (choice.order === 'confidence') found.sort((a, b) => confidence(b) - confidence(a));
  if (choice.order === 'index') found.sort((a, b) => index[a.image]! - index[b.image]!);
  return found;
}
