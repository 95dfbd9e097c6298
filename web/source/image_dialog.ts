// What every training makes of one image.
import { dialog } from './dialog';
import { h, table, wide } from './dom';
import { picture } from './picture';
import { armName, type View } from './view';
import { percent } from './words';

export function showImage(view: View, image: number): void {
  const { classes, images } = view.dataset, missedBy = new Map(view.missesOf[image]!.map(miss => [miss.arm, miss]));
  const counted = view.arms.filter(arm => arm.misses);
  const rows = counted.map(arm => {
    const miss = missedBy.get(arm);
    return [armName(arm), { text: miss ? classes[miss.prediction]! : 'right', number: false },
      { text: miss ? percent(miss.confidence) : '', number: true }, { text: miss ? percent(miss.truthProbability) : '', number: true }];
  });
  dialog(`Test image ${images.index[image]}: ${classes[images.truth[image]!]}`,
      h('div', { className: 'one-image' }, picture(view, image, 192)),
      h('p', {}, `Missed by ${missedBy.size} of ${counted.length} trainings.`),
      wide('Predictions', table('What each training answers', ['training', 'prediction', 'its probability', 'of the truth'], rows)));
}
