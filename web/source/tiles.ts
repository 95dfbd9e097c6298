// Misclassified images in a grid, each with what it was taken for.
import { h } from './dom';
import { picture } from './picture';
import type { Miss, View } from './view';
import { percent } from './words';

export interface Tile { image: number; misses: Miss[] }  // the misses that are asked for, at least one

const kSide = 84;

// "cat, dog": what it is taken for, the most frequent first.
function takenFor(view: View, misses: Miss[]): string {
  const counts = new Map<number, number>();
  for (const { prediction } of misses) counts.set(prediction, (counts.get(prediction) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([prediction]) => view.dataset.classes[prediction]).join(', ');
}

export function tiles(view: View, list: Tile[], open: (image: number) => void): HTMLElement {
  const counted = view.arms.filter(arm => arm.misses).length;
  return h('ul', { className: 'tiles' }, ...list.map(({ image, misses }) => {
    const low = Math.min(...misses.map(miss => miss.confidence)), high = Math.max(...misses.map(miss => miss.confidence));
    const sure = low === high ? percent(high) : `${(low / 10).toFixed(1)} to ${percent(high)}`;
    return h('li', {}, h('button', { type: 'button', className: 'tile', 'data-image': view.dataset.images.index[image]!, onclick: () => open(image) },
        picture(view, image, kSide),
        h('span', { className: 'truth' }, view.dataset.classes[view.dataset.images.truth[image]!]!),
        h('span', { className: 'taken' }, `\u2192 ${takenFor(view, misses)}`),
        h('span', { className: 'sure' }, sure),
        h('span', { className: 'by' }, `${view.missesOf[image]!.length} of ${counted} trainings`)));
  }));
}
