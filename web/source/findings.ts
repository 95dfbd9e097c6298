// The sentences that the records bear out.
import { h, section } from './dom';
import type { View } from './view';

export function findingsSection(view: View): HTMLElement | null {
  const parts = view.studies.flatMap(study => study.findings.map(({ title, sentences }) => [
    h('h3', {}, view.studies.length > 1 ? `${study.title}: ${title}` : title),
    h('ul', {}, ...sentences.map(sentence => h('li', {}, sentence))),
  ])).flat();
  return parts.length === 0 ? null : section('findings', 'Findings', ...parts);
}
