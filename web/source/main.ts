// The page: one view at a time, its sections in the order of reading.
import 'uplot/dist/uPlot.min.css';
import './style/page.css';
import './style/parts.css';
import './style/print.css';
import { againSection } from './again';
import type { Chart } from './chart';
import { firstChoices, type Choices } from './choices';
import { confusionSection } from './confusion';
import { curvesSection } from './curves';
import type { PageData } from './data';
import { choice, h } from './dom';
import { answers, findingsSection } from './findings';
import { gallerySection } from './gallery';
import { layersSection } from './layers';
import { learnedSection } from './learned';
import { follow } from './live';
import { useQuantities } from './metrics';
import { preparePrinting } from './printing';
import { resultsSection } from './results';
import { runsSection } from './run_table';
import { statisticsSection } from './statistics';
import { tabs } from './tabs';
import { chosenTheme, onThemeChange, setTheme, type Theme } from './theme';
import { viewsOf, viewTitles, type View } from './view';
import { workedSection } from './worked';

const place = document.getElementById('page')!;
const choicesOf = new Map<string, Choices>();  // by the view's title
const charts: Chart[][] = [];  // a list for each section that has any, which it keeps up to date
let data = JSON.parse(document.getElementById('data')!.textContent!) as PageData;
let shown = '';  // the view's title
let state = '';

function sectionsOf(view: View, choices: Choices): HTMLElement[] {
  for (const chart of charts.splice(0).flat()) chart.destroy();
  const curves = curvesSection(view, choices), layers = layersSection(view, choices, data.styles), learned = learnedSection(view, choices, data.styles), statistics = statisticsSection(view, choices, data.styles);
  charts.push(curves?.charts ?? [], statistics?.charts ?? [], layers?.charts ?? [], learned?.charts ?? []);
  const all = [resultsSection(view, choices), findingsSection(view), curves?.element, statistics?.element, runsSection(view, choices), confusionSection(view, choices),
    gallerySection(view, choices), layers?.element, learned?.element, workedSection(data.example), againSection(view)];
  return all.filter((each): each is HTMLElement => !!each);
}

function header(view: View): HTMLElement {
  const models = view.models.map(model => model.label).join(', ');
  const theme = choice('theme', 'Colours', [{ value: 'auto', text: 'as the system' }, { value: 'light', text: 'light' }, { value: 'dark', text: 'dark' }], chosenTheme(), value => setTheme(value as Theme));
  return h('header', { className: 'top' },
      h('div', { className: 'headline' }, h('h1', {}, `${view.title}${view.studies.length > 1 ? '' : ` on ${view.dataset.title}`}`), theme),
      ...answers(view),
      h('p', { className: 'hint' }, models),
      h('p', { id: 'live', role: 'status', className: 'hint', hidden: state === '' }, state));
}

function contents(sections: HTMLElement[]): HTMLElement {
  return h('nav', { 'aria-label': 'Sections' }, ...sections.map(each => h('a', { href: `#${each.id}` }, each.querySelector('h2')!.textContent)));
}

// What had the focus and what was open stays so, and the window where it was.
function keepingPlace(rebuild: () => void): void {
  const focused = document.activeElement, within = focused?.shadowRoot?.activeElement, left = scrollX, top = scrollY;
  const open = [...document.querySelectorAll('details[open][id]')].map(each => each.id);
  rebuild();
  for (const each of open) document.getElementById(each)?.setAttribute('open', '');
  const again = within instanceof HTMLElement ? within : focused?.id ? document.getElementById(focused.id) : null;
  again?.focus({ preventScroll: true });
  scrollTo(left, top);
}

function draw(): void {
  useQuantities(data.quantities);
  const titles = viewTitles(data), index = Math.max(0, titles.indexOf(shown));
  const view = viewsOf(data)[index]!();
  shown = view.title;
  document.title = `${view.title} - normlab`;
  const choices = choicesOf.get(shown) ?? firstChoices();
  choicesOf.set(shown, choices);
  keepingPlace(() => {
    const sections = sectionsOf(view, choices);
    const bar = tabs(titles, index, chosen => { shown = titles[chosen]!; draw(); });
    const main = h('main', { id: 'view', ...(bar ? { role: 'tabpanel', 'aria-labelledby': `tab-${index}` } : {}) }, ...sections);
    place.replaceChildren(header(view), ...(bar ? [bar] : []), contents(sections), main);
  });
}

draw();
onThemeChange(draw);
matchMedia('(max-width: 560px)').addEventListener('change', draw);
preparePrinting(charts);
follow(fresh => {
  data = fresh;
  draw();
}, text => {
  state = text;
  const line = document.getElementById('live')!;
  line.textContent = text;
  line.hidden = text === '';
});
