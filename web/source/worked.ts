// The worked example of `normlab explain`, with its own script and style, in a root of its own.
import { h, section } from './dom';

declare global {
  interface Window { startExample(root: ShadowRoot, data: unknown): void }
}

let made: HTMLElement | null = null;

// Made once: numbers that the reader typed stay through updates.
export function workedSection(data: unknown): HTMLElement {
  if (made) return made;
  const template = document.getElementById('worked-example') as HTMLTemplateElement;
  const host = h('div', { className: 'worked' }), root = host.attachShadow({ mode: 'open' });
  root.append(template.content.cloneNode(true));
  for (const [tag, level] of [['h1', 3], ['h2', 4]] as const) {
    for (const title of root.querySelectorAll(tag)) title.setAttribute('aria-level', String(level));
  }
  made = section('worked', 'The normalizations, worked out',
      h('p', { className: 'hint' }, 'A small tensor, normalized forward and backward. Choose a method, change any number: everything is worked out again.'), host);
  window.startExample(root, data);
  return made;
}
