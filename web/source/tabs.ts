// One tab for every view, where there are several.
import { h } from './dom';

export function tabs(titles: string[], chosen: number, choose: (index: number) => void): HTMLElement | null {
  if (titles.length < 2) return null;
  const buttons = titles.map((title, i) => h('button', {
    id: `tab-${i}`, type: 'button', role: 'tab', 'aria-selected': String(i === chosen), 'aria-controls': 'view', tabIndex: i === chosen ? 0 : -1,
    onclick: () => choose(i),
  }, title));
  const list = h('div', { role: 'tablist', 'aria-label': 'Studies', className: 'tabs' }, ...buttons);
  list.addEventListener('keydown', event => {
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    const targets: Record<string, number> = { ArrowRight: (at + 1) % titles.length, ArrowLeft: (at + titles.length - 1) % titles.length, Home: 0, End: titles.length - 1 };
    if (at < 0 || !(event.key in targets)) return;
    event.preventDefault();
    choose(targets[event.key]!);
    document.getElementById(`tab-${targets[event.key]}`)?.focus();
  });
  return list;
}
