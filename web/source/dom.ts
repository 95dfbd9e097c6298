// Elements, made without markup: text is only ever text.

type Child = Node | string | null | undefined | false;
type Handler = (event: Event) => void;
type Property = string | number | boolean | null | undefined | Handler;

// Properties of the element, or attributes where the name has a hyphen or is `role`, `for`; `on…`
// names a listener.
export function h<K extends keyof HTMLElementTagNameMap>(
    tag: K, properties: Record<string, Property> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (typeof value === 'function') {
      made.addEventListener(name.slice(2), value);
    } else if (name.includes('-') || name === 'role' || name === 'for' || name === 'scope') {
      made.setAttribute(name, String(value));
    } else {
      (made as unknown as Record<string, unknown>)[name] = value;
    }
  }
  append(made, children);
  return made;
}

export function svg<K extends keyof SVGElementTagNameMap>(
    tag: K, attributes: Record<string, string | number>, ...children: Child[]): SVGElementTagNameMap[K] {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  append(made, children);
  return made;
}

function append(parent: Element, children: Child[]): void {
  for (const child of children) if (child) parent.append(child);
}

export interface Option { value: string; text: string }

// `id` is unique on the page: the focus is found again by it after an update.
export function choice(id: string, label: string, options: Option[], value: string,
                       changed: (value: string) => void): HTMLLabelElement {
  const select = h('select', { id }, ...options.map(each => h('option', { value: each.value }, each.text)));
  select.value = options.some(each => each.value === value) ? value : options[0]?.value ?? '';
  select.addEventListener('change', () => changed(select.value));
  return h('label', { className: 'choice' }, label, select);
}

export function tick(id: string, label: string, checked: boolean, changed: (on: boolean) => void): HTMLLabelElement {
  const box = h('input', { id, type: 'checkbox', checked });
  box.addEventListener('change', () => changed(box.checked));
  return h('label', { className: 'tick' }, box, label);
}

export function options(texts: string[], first?: Option): Option[] {
  const all = texts.map((text, i) => ({ value: String(i), text }));
  return first ? [first, ...all] : all;
}

export interface Cell { text: string; number?: boolean; title?: string }

export function table(caption: string, head: string[], rows: (Cell | string)[][]): HTMLTableElement {
  const cell = (content: Cell | string, column: number) => {
    const { text, number, title } = typeof content === 'string' ? { text: content, number: column > 0, title: '' } : content;
    return column === 0
      ? h('th', { scope: 'row', title: title || null }, text)
      : h('td', { className: number ? 'number' : '', title: title || null }, text);
  };
  // A heading stands as its column does.
  const numbers = (column: number) => {
    const content = rows[0]?.[column];
    return column > 0 && (content === undefined || typeof content === 'string' || content.number === true);
  };
  return h('table', {},
      h('caption', {}, caption),
      h('thead', {}, h('tr', {}, ...head.map((text, column) => h('th', { scope: 'col', className: numbers(column) ? 'number' : '' }, text)))),
      h('tbody', {}, ...rows.map(row => h('tr', {}, ...row.map(cell)))));
}

// A wide thing scrolls by itself, by keyboard too.
export function wide(label: string, child: HTMLElement): HTMLElement {
  return h('div', { className: 'wide', tabIndex: 0, role: 'region', 'aria-label': label }, child);
}

export function section(id: string, title: string, ...children: Child[]): HTMLElement {
  return h('section', { id, 'aria-labelledby': `${id}-title` }, h('h2', { id: `${id}-title` }, title), ...children);
}
