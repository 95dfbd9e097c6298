// What the records bear out: what it means, the figures behind it, and folded how it was found.
import { h, section, table, wide } from './dom';
import type { StudyData } from './data';
import type { View } from './view';

type Finding = StudyData['findings'][number];

const kNumber = /^\[?[-+]?\d/;

function figures(finding: Finding): HTMLElement | null {
  const [head, ...rows] = finding.table;
  if (!head) return null;
  return wide(finding.title, table('In figures', head, rows.map(row => row.map(text => ({ text, number: kNumber.test(text) || text === '-' })))));
}

function details(finding: Finding, id: string): HTMLElement {
  const list = h('ul', {}, ...finding.sentences.map(sentence => h('li', {}, sentence)));
  return finding.meaning === '' ? list : h('details', { id }, h('summary', {}, 'The figures, and how they were found'), list);
}

export function findingsSection(view: View): HTMLElement | null {
  const parts = view.studies.flatMap((study, i) => study.findings.flatMap((finding, k) => [
    h('h3', {}, view.studies.length > 1 ? `${study.title}: ${finding.title}` : finding.title),
    finding.meaning === '' ? null : h('p', { className: 'meaning' }, finding.meaning),
    figures(finding),
    details(finding, `finding-${i}-${k}`),
  ]));
  return parts.length === 0 ? null : section('findings', 'Findings', ...parts);
}

// Which is better, by how much, how sure: for the head of the page.
export function answers(view: View): HTMLElement[] {
  return view.studies.filter(study => study.answer !== '')
      .map(study => h('p', { className: 'meaning answer' }, view.studies.length > 1 ? `${study.title}: ${study.answer}` : study.answer));
}
