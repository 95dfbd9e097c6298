// A page that `normlab serve` gives is told when the data change, and fetches them.
import type { PageData } from './data';

export function follow(show: (data: PageData) => void, say: (state: string) => void): void {
  const events = document.documentElement.dataset['live'];
  if (!events) return;
  let shown = document.getElementById('data')!.textContent ?? '';
  let fetching = false, again = false;
  async function update(): Promise<void> {
    if (fetching) {
      again = true;
      return;
    }
    fetching = true;
    do {
      again = false;
      const answer = await fetch('data.json', { cache: 'no-store' });
      if (!answer.ok) throw new Error(`data.json: ${answer.status}`);
      const text = await answer.text();
      if (text !== shown) show(JSON.parse(text) as PageData);
      shown = text;
    } while (again);
    fetching = false;
  }
  const tried = () => update().then(() => say('live'), () => { fetching = false; say('waiting for the server'); });
  const source = new EventSource(events);
  source.addEventListener('open', tried);  // also after the server was gone for a while
  source.addEventListener('message', event => { if (event.data === 'data') void tried(); });
  source.addEventListener('error', () => say('waiting for the server'));
}
