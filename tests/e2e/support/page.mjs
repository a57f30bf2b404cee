// Runs the script of /docs on a document of the few parts that it uses.
import { createContext, runInContext } from 'node:vm';
import { request } from './rest.mjs';

const tests = {
  '.': (name) => (element) => (element.attributes.class ?? '').split(' ').includes(name),
  '[': (text) => {
    const [, key, value] = /^([\w-]+)="(.*)"\]$/.exec(text);
    return (element) => element.attributes[key] === value;
  },
};

/// Of "tag", ".class", ".class:not([hidden])" and '[key="value"]'.
function matcher(selector) {
  const [plain, visible] = selector.split(':not([hidden])');
  const make = tests[plain[0]];
  const fits = make ? make(plain.slice(1)) : (element) => element.tagName === plain.toUpperCase();
  return (element) => fits(element) && (visible === undefined || !element.hidden);
}

class Element {
  constructor(tag, id) {
    Object.assign(this, { tagName: tag.toUpperCase(), attributes: {}, childNodes: [] });
    Object.assign(this, { dataset: {}, listeners: {}, hidden: false, open: false, value: '' });
    if (id) this.attributes.id = id;
  }
  get id() {
    return this.attributes.id ?? '';
  }
  get textContent() {
    return this.childNodes.map((one) => one.textContent ?? one).join('');
  }
  set textContent(text) {
    this.childNodes = [`${text}`];
  }
  setAttribute(key, value) {
    this.attributes[key] = `${value}`;
  }
  append(...nodes) {
    this.childNodes.push(...nodes);
  }
  addEventListener(type, listener) {
    this.listeners[type] = listener;
  }
  *descendants() {
    for (const one of this.childNodes.filter((node) => node instanceof Element)) {
      yield one;
      yield* one.descendants();
    }
  }
  querySelectorAll(selector) {
    return [...this.descendants()].filter(matcher(selector));
  }
  querySelector(selector) {
    return this.querySelectorAll(selector)[0] ?? null;
  }
  scrollIntoView() {
    this.isShown = true;
  }
}

/// The page as the script makes it. @returns its body; type(text) fills the filter
export async function openPage(server, hash = '') {
  const html = (await request(server, 'GET', '/docs')).body;
  const script = (await request(server, 'GET', '/docs/page.js')).body;
  const body = new Element('body');
  for (const [, id] of html.matchAll(/\bid="(\w+)"/g)) body.append(new Element('div', id));
  const getElementById = (id) => [...body.descendants()].find((one) => one.id === id) ?? null;
  const finished = [];
  const context = createContext({
    document: {
      getElementById,
      createElement: (tag) => new Element(tag),
      querySelector: (selector) => body.querySelector(selector),
      querySelectorAll: (selector) => body.querySelectorAll(selector),
      documentElement: new Element('html'),
    },
    location: { hash },
    localStorage: { getItem: () => null, setItem: () => {} },
    matchMedia: () => ({ matches: false }),
    addEventListener: () => {},
    CSS: { escape: (text) => text },
    fetch: (path) => fetch(server.url + path),
    finished,
  });
  runInContext(
    script.replace(/\bshow\(\)\.catch/, 'finished[0] = show();\nfinished[0].catch'),
    context,
  );
  await finished[0];
  const type = (text) => getElementById('filter').listeners.input({ target: { value: text } });
  return { body, getElementById, type };
}
