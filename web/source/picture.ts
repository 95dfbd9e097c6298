// A test image, as large as it is asked for, every pixel a square.
import { h } from './dom';
import type { View } from './view';

export function picture(view: View, image: number, side: number): HTMLElement {
  const data = view.dataset.pictures[image], index = view.dataset.images.index[image];
  const name = `test image ${index}, ${view.dataset.classes[view.dataset.images.truth[image]!]}`;
  if (data === undefined) return h('span', { className: 'no-picture', role: 'img', 'aria-label': `${name} (its picture is not on this page)` }, `image ${index}`);
  return h('img', { src: `data:image/png;base64,${data}`, alt: name, width: side, height: side, className: 'picture' });
}
