// Whatever is written, it is shown as text: W-23, W-37 and section 9 of the design.
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
  const sideways = await person.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.equal(sideways, 0);
  person.behaved();
  await person.leave();
});
