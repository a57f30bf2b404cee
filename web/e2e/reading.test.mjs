// What is read stays where it is, and text is text: W-15, W-16, W-23, W-37 and section 9.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { skip } from './support/browser.mjs';
import { Person } from './support/person.mjs';
import { chatOf, newAccount, post, startParley, until } from './support/server.mjs';

let server;
let ann;
let ben;
let chat;
let abused;
const ABUSE = [
  '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>',
  '<svg/onload=document.title="owned">&lt;b&gt;{{ constructor }}',
  '[x](javascript:document.title="owned") javascript:alert(1)',
  '\u202etxt.exe\u202c and \u2066isolated',
  `e${'\u0301'.repeat(2_000)}`,
  'zero\u200bwidth\u200d\ufeffjoined',
  'שלום עולם, hello',
  'a'.repeat(4_000),
];
before(async () => {
  if (skip) return;
  server = await startParley();
  ann = await newAccount(server, 'Ann');
  ben = await newAccount(server, 'Ben');
  const eve = await newAccount(server, '<b>Eve</b>');
  chat = await chatOf(server, ann, ben);
  abused = await chatOf(server, ann, eve);
  for (let at = 0; at < 400; at += 1)
    await post(server, ben, chat, at % 7 === 0 ? `message ${at}\n${'long '.repeat(at % 90)}` : `message ${at}`);
  for (const text of ABUSE) await post(server, eve, abused, text);
});
after(() => server?.dispose());

/// Runs in the page: how a row in view stands, frame by frame, while `scroll` brings older pages.
const movement = (page) =>
  page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame);
    let scroller = document.querySelector('[data-key]').parentElement;
    while (getComputedStyle(scroller).overflowY !== 'auto') scroller = scroller.parentElement;
    const rows = () => [...scroller.querySelectorAll('[data-key]')];
    const top = scroller.getBoundingClientRect().top;
    let moved = 0;
    let loads = 0;
    for (let step = 0; step < 60 && loads < 6; step += 1) {
      scroller.scrollTop -= 400;
      await frame();
      await frame();
      const row = rows().find((one) => one.getBoundingClientRect().bottom > top + 50);
      const [before, first] = [row.getBoundingClientRect().top, rows()[0].dataset.key];
      for (let wait = 0; wait < 20; wait += 1) {
        await frame();
        if (!row.isConnected) throw new Error('the row that is read left the page');
        moved = Math.max(moved, Math.abs(row.getBoundingClientRect().top - before));
      }
      if (rows()[0].dataset.key !== first) loads += 1;
    }
    return { moved, loads };
  });

test('W-15 older pages move what is read by 1 px at most', { skip }, async () => {
  const person = await Person.signedIn(server, ann, chat);
  await person.rows.last().waitFor();
  const { moved, loads } = await movement(person.page);
  assert.ok(loads >= 3, `${loads} pages came`);
  assert.ok(moved <= 1, `it moved by ${moved} px`);
  person.behaved();
  await person.leave();
});

test('W-16 at the bottom it stays there; scrolled up it stays put and counts', { skip }, async () => {
  const person = await Person.signedIn(server, ann, chat);
  await person.rows.last().waitFor();
  const below = () =>
    person.rows.last().evaluate((row) => {
      let scroller = row.parentElement;
      while (getComputedStyle(scroller).overflowY !== 'auto') scroller = scroller.parentElement;
      return scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
    });
  const isAtBottom = (what) => until(async () => (await below()) <= 1, `at the bottom ${what}`);
  await person.say('mine'); // opened at the first unread: an own message shows the latest
  await person.sees('mine');
  await isAtBottom('with an own message');
  await post(server, ben, chat, 'while at the bottom');
  await person.sees('while at the bottom');
  await isAtBottom('when a message comes');
  await person.box.fill('x\n'.repeat(8));
  await isAtBottom('when the box grows');
  await person.page.setViewportSize({ width: 1280, height: 500 });
  await isAtBottom('when the window shrinks');
  await person.box.fill('');
  await person.page.mouse.move(800, 250);
  await person.page.mouse.wheel(0, -600);
  await until(async () => (await below()) > 300, 'it is scrolled up');
  await post(server, ben, chat, 'while scrolled up');
  await person.page.getByRole('button', { name: '1 new message below' }).click();
  await person.sees('while scrolled up');
  await isAtBottom('after the jump');
  person.behaved();
  await person.leave();
});

test('W-23 what is meant to hurt is text, and breaks no layout', { skip }, async () => {
  const person = await Person.signedIn(server, ann, abused);
  await person.rows.last().waitFor();
  await until(async () => (await person.texts()).length === ABUSE.length, 'all are there');
  assert.deepEqual(await person.texts(), ABUSE);
  assert.equal(await person.page.locator('p-message-text :is(img, script, svg, b, a)').count(), 0);
  assert.doesNotMatch(await person.page.title(), /owned/);
  const sideways = await person.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.equal(sideways, 0);
  person.behaved();
  await person.leave();
});
