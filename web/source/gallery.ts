// The misclassified test images of all trainings, each once, behind filters.
import { kAnyMiss, type Choices, type GalleryChoice } from './choices';
import { choice, h, section, type Option } from './dom';
import { filtered } from './gallery_filter';
import { showImage } from './image_dialog';
import { tiles } from './tiles';
import type { View } from './view';
import { plural } from './words';

const kPage = 60;

function confidenceField(id: string, label: string, value: number, changed: (value: number) => void): HTMLLabelElement {
  const field = h('input', { id, type: 'number', min: '0', max: '100', step: 'any', value: String(value) });
  field.addEventListener('input', () => {
    const number = Number(field.value), good = field.value !== '' && number >= 0 && number <= 100;
    field.setAttribute('aria-invalid', String(!good));
    if (good) changed(number);
  });
  return h('label', { className: 'choice' }, label, field);
}

function controls(view: View, held: GalleryChoice, redraw: () => void): HTMLElement[] {
  const any: Option = { value: '', text: 'any' };
  const pick = (key: 'model' | 'seed' | 'truth' | 'prediction' | 'missed' | 'order', label: string, list: Option[]) =>
      choice(`gallery-${key}`, label, list, held[key], value => { held[key] = value; redraw(); });
  const models = view.models.map(({ label }) => ({ value: label, text: label }));
  const classes = view.dataset.classes.map((text, c) => ({ value: String(c), text }));
  return [
    pick('missed', 'Missed by', [{ value: 'any', text: 'any training' }, { value: 'all', text: 'all trainings' }, { value: 'one', text: 'one model alone' },
      ...models.map(({ value, text }) => ({ value: `only:${value}`, text: `only ${text}` }))]),
    pick('model', 'Model', [any, ...models]),
    pick('seed', 'Seed', [any, ...view.seeds.map(seed => ({ value: seed, text: seed }))]),
    pick('truth', 'Truth', [any, ...classes]),
    pick('prediction', 'Prediction', [any, ...classes]),
    confidenceField('gallery-low', 'Confidence from %', held.low, value => { held.low = value; redraw(); }),
    confidenceField('gallery-high', 'to %', held.high, value => { held.high = value; redraw(); }),
    pick('order', 'Order', [{ value: 'trainings', text: 'missed by most' }, { value: 'confidence', text: 'most confident' }, { value: 'index', text: 'number' }]),
  ];
}

export function gallerySection(view: View, choices: Choices): HTMLElement | null {
  if (view.misses.length === 0) return null;
  const held = choices.gallery, said = h('p', { role: 'status', id: 'gallery-count' }), place = h('div', {});
  const more = h('button', { id: 'gallery-more', type: 'button', className: 'plain', onclick: () => { held.shown += kPage; draw(); } });
  const bar = h('div', { className: 'tools' });
  const clear = h('button', { id: 'gallery-clear', type: 'button', className: 'plain', onclick: () => {
    Object.assign(held, kAnyMiss);
    fillBar();
    draw();
    clear.focus();
  } }, 'Clear the filters');
  const missed = view.missesOf.filter(misses => misses.length > 0).length;
  function draw(): void {
    const found = filtered(view, held), shown = found.slice(0, held.shown);
    const pictured = found.filter(({ image }) => image < view.dataset.pictures.length).length;
    said.textContent = `${plural(found.length, 'image')} of ${missed.toLocaleString('en')} that are missed${pictured < found.length ? `, ${pictured.toLocaleString('en')} of them pictured` : ''}.`;
    place.replaceChildren(tiles(view, shown, image => showImage(view, image)));
    more.hidden = shown.length === found.length;
    more.textContent = `Show ${Math.min(kPage, found.length - shown.length)} more`;
  }
  function fillBar(): void {
    bar.replaceChildren(...controls(view, held, () => { held.shown = kPage; draw(); }), clear);
  }
  fillBar();
  draw();
  const left = view.dataset.missed - view.dataset.images.index.length;
  const rest = left > 0 ? ` ${plural(left, 'more image')} that fewer trainings miss ${left === 1 ? 'is' : 'are'} not on this page; they count in the confusion matrix.` : '';
  const models = view.models.length > 1 ? ' \u201cAlone\u201d: no training of another model misses it.' : '';
  return section('gallery', 'Misclassified images',
      h('p', { className: 'hint' }, `After the last epoch of the finished trainings. An image opens what each training answers.${models}${rest}`), bar, said, place, more);
}
