// A page on which nothing depends on when it is looked at: for pictures.
import { Person } from './person.mjs';

/// What the page takes for now.
const NOW = '2026-03-02T09:43:00Z';
/// What it takes for the moment of `seeded`.
const SEEDED = Date.parse('2026-03-02T08:41:50Z');

/// Somebody signed in, who sees times as if all had been said at one time.
/// @param options of the context, and the `language` that was chosen
/// @param seeded when the last of what is seen was posted, by Date.now(); within 50 s after the first of it
export async function onFixedDay(server, account, seeded, { language, ...options }) {
  const person = await Person.at(server, options);
  await person.page.clock.setFixedTime(NOW);
  await person.context.addInitScript((shift) => {
    document.hasFocus = () => false; // nothing is read by being looked at
    const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/;
    const moved = (text, by) => new Date(Date.parse(text) + by).toISOString();
    const parse = JSON.parse;
    JSON.parse = (text, revive) =>
      parse(text, (key, value) => {
        const isTime = typeof value === 'string' && /At$/.test(key) && TIME.test(value);
        const told = isTime ? moved(value, shift) : value;
        return revive ? revive(key, told) : told;
      });
    Response.prototype.json = async function () {
      return JSON.parse(await this.text());
    };
    // Places in the list are times of the server's.
    const fetched = window.fetch;
    window.fetch = (url, init) => {
      const place = new URL(url?.url ?? url, location.href);
      const before = place.searchParams.get('before');
      if (before && TIME.test(before))
        place.searchParams.set(
          'before',
          before.replace(TIME, (time) => moved(time, -shift)),
        );
      return fetched(before ? place : url, init);
    };
  }, SEEDED - seeded);
  await person.page.goto('/signin');
  await person.signIn(account);
  if (language === undefined) return person;
  await person.page.evaluate(
    (choices) => localStorage.setItem('parley-settings', JSON.stringify(choices)),
    { language },
  );
  await person.page.goto('/');
  return person;
}

/// Colours are made of ids, which differ each time: here of what one sees.
export const settleColours = ({ page }) =>
  page.evaluate(() => {
    const grounds = ['#0b5fcc', '#1a7f37', '#8a4b00', '#a8206d', '#6b3fc4', '#00707a'];
    for (const face of document.querySelectorAll('p-avatar')) {
      const sum = [...face.textContent.trim().slice(0, 2)].reduce(
        (all, letter) => all + letter.codePointAt(0),
        0,
      );
      face.style.setProperty('--ground', grounds[sum % grounds.length]);
    }
  });
