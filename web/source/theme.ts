// Light or dark: the system's, until the reader says. Paper is light.

export type Theme = 'auto' | 'light' | 'dark';

const system = matchMedia('(prefers-color-scheme: dark)');
let chosen: Theme = 'auto';
let printing = false;
const listeners: (() => void)[] = [];

export function isDark(): boolean {
  return !printing && (chosen === 'dark' || (chosen === 'auto' && system.matches));
}

// Canvases are painted anew when this changes.
export function onThemeChange(listener: () => void): void {
  listeners.push(listener);
}

function apply(): void {
  const scheme = printing ? 'light' : chosen === 'auto' ? '' : chosen;
  document.documentElement.style.colorScheme = scheme;
  for (const listener of listeners) listener();
}

export function chosenTheme(): Theme {
  return chosen;
}

export function setTheme(theme: Theme): void {
  chosen = theme;
  apply();
}

export function setPrinting(on: boolean): void {
  printing = on;
  apply();
}

system.addEventListener('change', apply);

export function ink(color: string): string {
  return color === '#000000' && isDark() ? '#ffffff' : color;
}

export function chartColors(): { text: string; grid: string } {
  return isDark() ? { text: '#b6c0ca', grid: '#2a3038' } : { text: '#4b545e', grid: '#e3e7eb' };
}
