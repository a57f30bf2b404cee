// On a phone: W-38, and what is left of the width on narrow screens.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PHONE, skip } from './support/browser.mjs';
import { Person } from './support/person.mjs';
import { freshChat, post, startParley, until } from './support/server.mjs';

const LEAST_PX = 44;
let server;
before(async () => {
  if (!skip) server = await startParley();
});
after(() => server?.dispose());

const tooSmall = ({ page }, within) =>
  page.evaluate(
    ([least, selector]) =>
      [...document.querySelectorAll(`${selector} :is(a, button, input, textarea, [role=menuitem])`)]
        .filter((one) => one.checkVisibility({ visibilityProperty: true }))
        // A link in a text is as high as its line.
        .filter((one) => !one.closest('p-message-text, .heard, .skip'))
        .map((one) => ({ one, box: touched(one) }))
        .filter(({ box }) => Math.min(box.width, box.height) < least - 0.5)
        .map(({ one, box }) => `${one.outerHTML.slice(0, 90)}: ${box.width} x ${box.height}`),
    [LEAST_PX, within],
  );
const fits = ({ page }) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
    return scrollWidth <= clientWidth && scrollHeight <= clientHeight;
  });
/// What a finger meets: the element, or the label that it stands in.
const measureTouch = ({ context }) =>
  context.addInitScript(() => {
    window.touched = (one) => (one.closest('label') ?? one).getBoundingClientRect();
  });

async function onPhone(account) {
  const person = await Person.at(server, PHONE);
  await measureTouch(person);
  await person.page.goto('/signin');
  await person.signIn(account);
  return person;
}

test('W-38 one pane at a time: the list by the button and by Back', { skip }, async () => {
  const { one, chat } = await freshChat(server, 3);
  const phone = await onPhone(one);
  const { page } = phone;
  const list = page.getByRole('navigation', { name: 'Conversations' });
  await page.locator(`a[data-id="${chat}"]`).tap();
  await phone.sees('early 3');
  assert.ok(!(await list.isVisible()));
  await page.goBack();
  await list.waitFor();
  assert.ok(!(await phone.box.isVisible()));
  await page.goForward();
  await phone.sees('early 3');
  await page.getByRole('link', { name: 'Back to the list' }).tap();
  await list.waitFor();
  await page.locator(`a[data-id="${chat}"]`).tap();
  await page.getByRole('link', { name: 'Details' }).tap();
  await page.getByRole('complementary', { name: 'Details' }).waitFor();
  const { width } = await page.getByRole('complementary', { name: 'Details' }).boundingBox();
  assert.equal(width, PHONE.viewport.width);
  await page.goBack();
  await page.getByRole('complementary', { name: 'Details' }).waitFor({ state: 'detached' });
  await phone.sees('early 3');
  phone.behaved();
  await phone.leave();
});

test(
  'W-38 what a finger is to meet has 44 px, and nothing is wider than the screen',
  { skip },
  async () => {
    const { one, chat } = await freshChat(server, 3);
    const phone = await Person.at(server, PHONE);
    await measureTouch(phone);
    const { page } = phone;
    await page.goto('/signin');
    await page.getByRole('button', { name: 'Create account' }).waitFor();
    const found = { card: await tooSmall(phone, 'p-root') };
    await phone.signIn(one);
    await page.locator(`a[data-id="${chat}"]`).waitFor();
    found.list = await tooSmall(phone, 'p-root');
    await page.locator(`a[data-id="${chat}"]`).tap();
    await phone.sees('early 3');
    found.conversation = await tooSmall(phone, 'p-root');
    assert.ok(await fits(phone));
    await page.getByRole('link', { name: 'Details' }).tap();
    await page.getByRole('complementary', { name: 'Details' }).waitFor();
    found.details = await tooSmall(phone, 'p-details');
    await page.goBack();
    await page.goBack();
    await page.getByRole('link', { name: 'Settings' }).tap();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    found.settings = await tooSmall(phone, 'p-root');
    assert.ok(await fits(phone));
    assert.deepEqual(found, { card: [], list: [], conversation: [], details: [], settings: [] });
    phone.behaved();
    await phone.leave();
  },
);

test(
  'W-38 the page is a column of 100dvh that the keyboard makes shorter, and no script',
  { skip },
  async () => {
    const { one, chat } = await freshChat(server, 40);
    const phone = await onPhone(one);
    const { page } = phone;
    const meta = await page.locator('meta[name=viewport]').getAttribute('content');
    assert.match(meta, /interactive-widget=resizes-content/);
    await page.locator(`a[data-id="${chat}"]`).tap();
    await page.getByTestId('latest').tap();
    await phone.sees('early 40');
    const size = await phone.box.evaluate((box) => parseFloat(getComputedStyle(box).fontSize));
    assert.ok(size >= 16, `smaller letters than 16 px make a phone zoom: ${size}`);
    await phone.box.tap();
    await page.setViewportSize({ width: 390, height: 450 }); // as the keyboard does
    const bottom = async () => {
      const { y, height } = await page.locator('p-composer').boundingBox();
      return y + height;
    };
    await until(async () => (await bottom()) <= 450, 'the composer stands above the keyboard');
    await until(
      () =>
        page.getByRole('log').evaluate((e) => e.scrollHeight - e.clientHeight - e.scrollTop < 24),
      'the latest stay in view',
    );
    const styled = await page.evaluate(() =>
      ['html', 'body', 'p-root', 'p-shell'].map(
        (name) => document.querySelector(name).style.height,
      ),
    );
    assert.deepEqual(styled, ['', '', '', '']);
    phone.behaved();
    await phone.leave();
  },
);

test('W-38 a long press opens what one can do with a message', { skip }, async () => {
  const { one, other, chat } = await freshChat(server, 2);
  await post(server, other, chat, 'press me');
  const phone = await onPhone(one);
  const { page } = phone;
  await page.locator(`a[data-id="${chat}"]`).tap();
  await phone.sees('press me');
  const { x, y } = await phone.row('press me').locator('p-message-text').boundingBox();
  const cdp = await phone.context.newCDPSession(page);
  const touch = (type, touchPoints) => cdp.send('Input.dispatchTouchEvent', { type, touchPoints });
  await touch('touchStart', [{ x: x + 10, y: y + 8 }]);
  await page.getByRole('menuitem', { name: 'Reply' }).waitFor();
  await touch('touchEnd', []);
  const menu = page.getByRole('menu', { name: 'Message actions' });
  assert.ok(await menu.isVisible(), 'it stays when the finger goes');
  await page.getByRole('menuitem', { name: 'Reply' }).tap();
  await phone.box.fill('pressed');
  await page.getByRole('button', { name: 'Send', exact: true }).tap();
  await phone.row('pressed').locator('p-quote').getByText('press me').waitFor();

  const at = await phone.row('press me').first().locator('p-message-text').boundingBox();
  await touch('touchStart', [{ x: at.x + 10, y: at.y + 8 }]);
  await touch('touchMove', [{ x: at.x + 10, y: at.y + 60 }]); // it scrolls
  await touch('touchEnd', []);
  assert.ok(!(await menu.isVisible()));
  phone.behaved();
  await phone.leave();
});
