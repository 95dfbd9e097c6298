// A page that `normlab serve` gives is told when the data change, and fetches them.
import type { PageData } from './data';

const retryMilliseconds = 2000;

export function follow(show: (data: PageData) => void, say: (state: string) => void): void {
  const events = document.documentElement.dataset['live'];
  if (!events) return;
  let shown = document.getElementById('data')!.textContent ?? '';
  let fetching = false, again = false;
  let stream: EventSource | null = null;

  // The state that the page says; of folders that cannot be read, why not.
  async function fetchData(): Promise<string> {
    const answer = await fetch('data.json', { cache: 'no-cache' });
    if (answer.status === 404) return (await answer.json() as { message: string }).message;
    if (!answer.ok) throw new Error(`data.json: ${answer.status}`);
    const text = await answer.text();
    if (text !== shown) show(JSON.parse(text) as PageData);
    shown = text;
    const missing = decodeURIComponent(answer.headers.get('Normlab-Message') ?? '');
    return missing ? `live; ${missing}` : 'live';
  }

  async function update(): Promise<void> {
    again = true;
    if (fetching) return;
    fetching = true;
    while (again) {
      again = false;
      say(await fetchData().catch(() => 'waiting for the server'));
    }
    fetching = false;
  }

  // After a stream that was answered with an error. A server that was started anew with --host has
  // another token, and this page's address leads nowhere any more.
  async function comeBack(): Promise<void> {
    const answer = await fetch('data.json', { method: 'HEAD' }).catch(() => null);
    if (answer?.status === 403) say('the server has a new address: open the one that it printed');
    else setTimeout(listen, retryMilliseconds);
  }

  // A hidden page holds no stream: a browser has six connections to a server, and a seventh page
  // would not even load. Browsers give up on a stream that was answered with an error, and some on
  // a server that was gone for a moment; then another is opened.
  function listen(): void {
    if (stream || document.hidden) return;
    const source = new EventSource(events!);
    stream = source;
    source.addEventListener('open', () => void update());  // also after the server was gone for a while
    source.addEventListener('message', event => { if (event.data === 'data') void update(); });
    source.addEventListener('error', () => {
      say('waiting for the server');
      if (source.readyState !== EventSource.CLOSED) return;
      stream = null;
      void comeBack();
    });
  }
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) stream?.close();
    if (document.hidden) stream = null;
    listen();
  });
  listen();
}
