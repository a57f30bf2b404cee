// What is read stays where it is, and is read only when somebody looks: W-15 to W-21.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { skip } from './support/browser.mjs';
import { Person } from './support/person.mjs';
import { chatOf, newAccount, post, startParley, until } from './support/server.mjs';

const LONG = 600;
let server;
let ann;
let ben;
let long;
before(async () => {
  if (skip) return;
  server = await startParley();
  [ann, ben] = [await newAccount(server, 'Ann'), await newAccount(server, 'Ben')];
  long = await chatOf(server, ann, ben);
  for (let at = 1; at <= LONG; at += 1)
    await post(
      server,
      at % 3 ? ben : ann,
      long,
      at % 7 ? `line ${at}` : `line ${at}\nand\nmore of it`,
    );
  await markRead(ann, long);
});
after(() => server?.dispose());

const markRead = (account, conversationId) =>
  fetch(`${server.url}/messaging/conversations/${conversationId}/messages/read`, {
    method: 'POST',
    headers: { authorization: `Bearer ${account.token}`, 'content-type': 'application/json' },
    body: '{}',
  });

/// A chat of two people who are there for one test only.
async function freshChat(count = 0) {
  const [one, other] = [await newAccount(server, 'Mia'), await newAccount(server, 'Noa')];
  const chat = await chatOf(server, one, other);
  for (let at = 1; at <= count; at += 1) await post(server, other, chat, `early ${at}`);
  return { one, other, chat };
}

const scroller = ({ page }) => page.locator('[role=log]');
const isAtBottom = (person) =>
  scroller(person).evaluate((e) => e.scrollHeight - e.clientHeight - e.scrollTop < 24);
/// [first, last] number of the messages that are in view as a whole.
const inView = (person) =>
  scroller(person).evaluate((list) => {
    const { top, bottom } = list.getBoundingClientRect();
    const seen = [...list.querySelectorAll('[data-key]')].filter((row) => {
      const box = row.getBoundingClientRect();
      return box.top >= top - 1 && box.bottom <= bottom + 1;
    });
    return [seen[0], seen.at(-1)].map((row) => row?.textContent.trim());
  });

test(
  'W-15 scrolling up through every page moves no message that is read by more than 1 px',
  { skip },
  async () => {
    const reader = await Person.signedIn(server, ann, long);
    await reader.rows.last().waitFor();
    const worst = await scroller(reader).evaluate(async (list) => {
      const frame = () => new Promise(requestAnimationFrame);
      let most = 0;
      for (let step = 0; step < 400 && list.scrollTop > 0; step += 1) {
        const edge = list.getBoundingClientRect().top + list.clientHeight / 3;
        const rows = [...list.querySelectorAll('[data-key]')];
        const row = rows.find((one) => one.getBoundingClientRect().bottom > edge);
        const [before, from] = [row.getBoundingClientRect().top, list.scrollTop];
        list.scrollTop -= 120;
        const by = from - list.scrollTop;
        await frame();
        await frame();
        most = Math.max(most, Math.abs(row.getBoundingClientRect().top - before - by));
      }
      return most;
    });
    assert.ok(worst <= 1, `a row moved by ${worst} px`);
    await reader.sees('The beginning of this conversation');
    assert.ok((await reader.rows.count()) <= 250);
    reader.behaved();
    await reader.leave();
  },
);

test(
  'W-16 at the bottom it stays there; scrolled up it stays put and counts what came',
  { skip },
  async () => {
    const reader = await Person.signedIn(server, ann, long);
    await reader.rows.last().waitFor();
    await post(server, ben, long, 'arrives at the bottom');
    await reader.sees('arrives at the bottom');
    assert.ok(await isAtBottom(reader));
    await reader.page.setViewportSize({ width: 1280, height: 500 });
    await until(() => isAtBottom(reader), 'it stays at the bottom of a smaller window');
    await reader.box.fill('a\nb\nc\nd');
    await until(() => isAtBottom(reader), 'it stays at the bottom while the composer grows');
    await reader.box.fill('');

    await scroller(reader).evaluate((list) => (list.scrollTop -= 900));
    await reader.page.getByTestId('latest').waitFor();
    const before = await inView(reader);
    await post(server, ben, long, 'unseen one');
    await post(server, ben, long, 'unseen two');
    await reader.page.getByText('2 new messages below').waitFor();
    assert.deepEqual(await inView(reader), before);
    await reader.page.getByTestId('latest').click();
    await until(() => isAtBottom(reader), 'the latest are shown');
    await reader.say('mine');
    await reader.sees('mine');
    await scroller(reader).evaluate((list) => (list.scrollTop -= 900));
    await reader.say('and mine again'); // W-17: own sending shows the latest
    await reader.sees('and mine again');
    await until(() => isAtBottom(reader), 'own sending shows the latest');
    await reader.leave();
  },
);

test('W-17 coming back shows the place left, or the first unread', { skip }, async () => {
  const { one, other, chat } = await freshChat(80);
  const aside = await chatOf(server, one, ann);
  await markRead(one, chat);
  const reader = await Person.signedIn(server, one, chat);
  await reader.rows.last().waitFor();
  await scroller(reader).evaluate((list) => (list.scrollTop -= 700));
  await reader.page.getByTestId('latest').waitFor();
  const left = await inView(reader);
  await reader.open(aside);
  await reader.page.getByText('Say hello').waitFor();
  await reader.open(chat);
  await reader.rows.last().waitFor();
  assert.deepEqual(await inView(reader), left);

  await reader.open(aside);
  for (let at = 1; at <= 30; at += 1) await post(server, other, chat, `late ${at}`);
  await reader.page.getByText('30 unread messages').waitFor({ state: 'attached' });
  await reader.open(chat);
  await reader.page.getByTestId('new-line').waitFor();
  const [first] = await inView(reader);
  assert.match(first, /early|New/);
  await reader.row('late 1').first().waitFor();
  assert.equal(await reader.page.getByTestId('new-line').count(), 1);
  await reader.leave();
});

test(
  'W-18 the line New is fixed when one comes, and comes for what one does not see',
  { skip },
  async () => {
    const { one, other, chat } = await freshChat(3);
    const reader = await Person.signedIn(server, one, chat);
    const line = reader.page.getByTestId('new-line');
    await line.waitFor();
    assert.match(await reader.rows.filter({ has: line }).textContent(), /early 1/);
    await post(server, other, chat, 'while it is watched');
    await reader.sees('while it is watched');
    assert.match(await reader.rows.filter({ has: line }).textContent(), /early 1/);
    await quiet(reader);

    const aside = await chatOf(server, one, ann);
    await reader.open(aside);
    await reader.open(chat);
    await reader.sees('while it is watched');
    assert.equal(await line.count(), 0);
    await blur(reader);
    await post(server, other, chat, 'while nobody looks');
    await line.waitFor();
    assert.match(await reader.rows.filter({ has: line }).textContent(), /while nobody looks/);
    await reader.leave();
  },
);

test('W-19 nothing is read that nobody looked at', { skip }, async () => {
  const { one, other, chat } = await freshChat(2);
  const reader = await Person.signedIn(server, one);
  const marks = [];
  reader.page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => /MarkRead/.test(payload) && marks.push(payload)),
  );
  await reader.page.reload();
  await reader.page.locator(`a[data-id="${chat}"]`).waitFor();
  await blur(reader);
  await reader.open(chat);
  await reader.sees('early 2');
  await post(server, other, chat, 'unseen');
  await reader.sees('unseen');
  await quiet(reader);
  assert.deepEqual(marks, []);
  await focus(reader);
  await until(() => marks.length > 0, 'it is marked when somebody looks');
  await reader.leave();
});

test(
  'W-20 reading on one device clears it on the other, and the title says how many are left',
  { skip },
  async () => {
    const { one, chat } = await freshChat(2);
    const [desk, phone] = [await Person.signedIn(server, one), await Person.signedIn(server, one)];
    await desk.page.waitForFunction(() => document.title === '(1) Parley');
    await phone.open(chat);
    await desk.page.waitForFunction(() => document.title === 'Parley'); // W-32
    await desk.page.getByText('unread message').waitFor({ state: 'detached' });
    await Promise.all([desk.leave(), phone.leave()]);
  },
);

test(
  'W-21 a link leads to its message whatever its age, with one request; Back returns',
  { skip },
  async () => {
    const reader = await Person.signedIn(server, ann);
    let asked = 0;
    reader.page.on('request', (request) => (asked += /around=/.test(request.url()) ? 1 : 0));
    await reader.page.goto(`/c/${long}/m/100`);
    await reader.sees('line 99');
    assert.equal(asked, 1);
    await reader.page.goto(`/c/${long}/m/99999`);
    await reader.page.getByText('That message is not there any more.').waitFor();
    await reader.leave();
  },
);

test('W-21 a quote leads to what it answers, and back', { skip }, async () => {
  const first = await post(server, ben, long, 'the question');
  for (let at = 0; at < 60; at += 1) await post(server, ben, long, `between ${at}`);
  await post(server, ben, long, 'the answer', { replyTo: first.messageId });
  await markRead(ann, long);
  const reader = await Person.signedIn(server, ann, long);
  await reader.sees('the answer');
  await reader.row('the answer').locator('p-quote button').click();
  await reader.page.getByText('the question', { exact: true }).nth(1).waitFor();
  await reader.page.getByRole('button', { name: 'Back to where you were' }).click();
  await reader.sees('the answer');
  await until(() => isAtBottom(reader), 'it is where it was');
  await reader.leave();
});

test('W-25 deleted and edited messages say so, for both', { skip }, async () => {
  const { one, other, chat } = await freshChat();
  const [mia, noa] = [
    await Person.signedIn(server, one, chat),
    await Person.signedIn(server, other, chat),
  ];
  await mia.say('frist');
  await noa.sees('frist');
  await mia.box.press('ArrowUp');
  await mia.box.fill('first');
  await mia.box.press('Enter');
  await noa.sees('first');
  await noa.page.getByText('(edited)').waitFor();
  await mia.row('first').click({ button: 'right' });
  await mia.page.getByRole('menuitem', { name: 'Delete' }).click();
  await mia.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await noa.page.getByTestId('deleted').waitFor();
  assert.equal(await noa.page.getByText('first').count(), 0);
  for (const person of [mia, noa]) person.behaved();
  await Promise.all([mia.leave(), noa.leave()]);
});

test(
  'W-26 200 messages a second for 5 s: nothing lost, 250 rows, no task over 200 ms',
  { skip },
  async () => {
    const { one, other, chat } = await freshChat();
    const reader = await Person.signedIn(server, one, chat);
    await reader.page.evaluate(() => {
      window.longest = 0;
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries())
          window.longest = Math.max(window.longest, duration);
      }).observe({ type: 'longtask' });
    });
    const count = 1_000;
    const begun = performance.now();
    for (let at = 0; at < count; at += 20) {
      await Promise.all(
        Array.from({ length: 20 }, (_, more) => post(server, other, chat, `burst ${at + more}`)),
      );
      await until(() => performance.now() - begun >= 5 * at, 'its time has come');
    }
    await reader.sees(`burst ${count - 1}`);
    await until(() => isAtBottom(reader), 'it is at the bottom');
    assert.ok((await reader.rows.count()) <= 250);
    const longest = await reader.page.evaluate(() => window.longest);
    // Times are for quiet machines.
    assert.ok(process.env.PARLEY_TEST_QUIET !== '1' || longest <= 200, `a task took ${longest} ms`);
    reader.behaved();
    await reader.leave();
  },
);

/// The window loses the focus, as it does when another one is used.
const blur = ({ page }) =>
  page.evaluate(() => {
    Object.defineProperty(document, 'hasFocus', { value: () => false, configurable: true });
    window.dispatchEvent(new Event('blur'));
  });
const focus = ({ page }) =>
  page.evaluate(() => {
    Object.defineProperty(document, 'hasFocus', { value: () => true, configurable: true });
    window.dispatchEvent(new Event('focus'));
  });
/// Longer than a row must be in view to count as seen.
const quiet = ({ page }) =>
  page.evaluate(
    () =>
      new Promise((done) => {
        const begun = performance.now();
        const look = () => (performance.now() - begun > 900 ? done() : requestAnimationFrame(look));
        look();
      }),
  );
