// Something over the page, left with Escape or its button; the focus returns to where it was.
import { h } from './dom';

export function dialog(title: string, ...children: (Node | string)[]): HTMLDialogElement {
  const before = document.activeElement;
  const box = h('dialog', { 'aria-labelledby': 'dialog-title' });
  const close = h('button', { type: 'button', className: 'plain close', onclick: () => box.close() }, 'Close');
  box.append(h('header', {}, h('h2', { id: 'dialog-title' }, title), close), ...children);
  box.addEventListener('click', event => { if (event.target === box) box.close(); });
  box.addEventListener('close', () => {
    box.remove();
    if (before instanceof HTMLElement && before.isConnected) before.focus();
  });
  for (const open of document.querySelectorAll('dialog')) open.close();
  document.body.append(box);
  box.showModal();
  return box;
}
