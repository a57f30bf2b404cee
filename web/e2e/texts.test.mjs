// Whatever is written, it is shown as text, and long words of the pages break nothing: W-23, W-36, W-37,
// W-39 and section 9 of the design.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { skip } from './support/browser.mjs';
import { Person } from './support/person.mjs';
import { chatOf, newAccount, post, startParley, until } from './support/server.mjs';

let server;
let ann;
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
  const eve = await newAccount(server, '<b>Eve</b>');
  abused = await chatOf(server, ann, eve);
  for (const text of ABUSE) await post(server, eve, abused, text);
});
after(() => server?.dispose());

test('W-23 what is meant to hurt is text, and breaks no layout', { skip }, async () => {
  const person = await Person.signedIn(server, ann, abused);
  await person.rows.last().waitFor();
  await until(async () => (await person.texts()).length === ABUSE.length, 'all are there');
  assert.deepEqual(await person.texts(), ABUSE);
  assert.equal(await person.page.locator('p-message-text :is(img, script, svg, b, a)').count(), 0);
  assert.doesNotMatch(await person.page.title(), /owned/);
  assert.equal(await sideways(person), 0);
  person.behaved();
  await person.leave();
});

test(
  'section 9: markup, scripts and styles from elsewhere are stopped by the policy, and heard',
  { skip },
  async () => {
    const person = await Person.at(server);
    await person.page.goto('/signin');
    const stopped = await person.page.evaluate(() => {
      const style = document.createElement('style');
      style.textContent = 'body { display: none }';
      document.head.append(style);
      try {
        document.body.innerHTML = '<b>owned</b>';
      } catch (error) {
        return error.name;
      }
      return 'nothing';
    });
    assert.equal(stopped, 'TypeError');
    assert.equal(
      await person.page.locator('body').evaluate((e) => getComputedStyle(e).display),
      'block',
    );
    await until(() => person.context.wrongs.length >= 2, 'both are heard');
    const heard = person.context.wrongs.join('\n');
    for (const directive of ['require-trusted-types-for', 'style-src'])
      assert.match(heard, new RegExp(directive));
    await person.leave();
  },
);

/// How many px a page can be moved sideways.
const sideways = ({ page }) =>
  page.evaluate(() => {
    const all = [
      document.documentElement,
      ...document.querySelectorAll('main, [role=log], p-sidebar'),
    ];
    return Math.max(...all.map((one) => one.scrollWidth - one.clientWidth));
  });

for (const language of ['en', 'ko', 'pseudo'])
  for (const [what, viewport] of [
    ['320 px wide', { width: 320, height: 640 }],
    ['at 200 % of 1,280 px', { width: 640, height: 400 }],
  ])
    test(`W-36, W-39 nothing lies beside the page: ${language}, ${what}`, { skip }, async () => {
      const person = await Person.at(server, { viewport });
      const { page } = person;
      const fits = async (where) => assert.equal(await sideways(person), 0, where);
      await page.addInitScript(
        (chosen) => localStorage.setItem('parley-settings', JSON.stringify({ language: chosen })),
        language,
      );
      await page.goto('/signin');
      const name = page.locator('input[name=username]');
      await name.waitFor();
      await fits('the card');
      await page.locator('form button.link').last().click();
      await page.locator('input[name=name]').waitFor({ state: 'detached' });
      await name.fill(ann.userName);
      await page.locator('input[name=password]').fill(ann.password);
      await page.locator('form button.primary').click();
      await page.locator(`a[data-id="${abused}"]`).waitFor();
      await fits('the list');
      await page.locator('a[href="/settings"]').click();
      await page.locator('p-settings').waitFor();
      await fits('the settings');
      await page.goBack();
      await person.open(abused);
      await person.rows.last().waitFor();
      await fits('a conversation');
      await person.box.fill('x'.repeat(5_100));
      await fits('a text that is too long');
      person.behaved();
      await person.leave();
    });
