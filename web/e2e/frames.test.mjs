// How it feels: keys and frames in front of a long history. W-10, W-15 and section 7 of the design. Times are
// told always, and judged on a quiet machine: PARLEY_TEST_QUIET=1.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { skip } from './support/browser.mjs';
import { Person } from './support/person.mjs';
import { freshChat, post, roomOf, startParley, until } from './support/server.mjs';

const isQuiet = process.env.PARLEY_TEST_QUIET === '1';
const MESSAGES = 1_000;
const ROOMS = 1_000;
let server;
let reader;
before(async () => {
  if (skip) return;
  server = await startParley();
  const { one, other, chat } = await freshChat(server);
  for (let from = 0; from < MESSAGES; from += 50)
    await Promise.all(
      Array.from({ length: 50 }, (_, at) =>
        post(server, other, chat, `message ${from + at}\nwith https://example.com/${at} in it`),
      ),
    );
  for (let from = 0; from < ROOMS; from += 50)
    await Promise.all(
      Array.from({ length: 50 }, (_, at) => roomOf(server, one, [], `Room ${from + at}`)),
    );
  await post(server, one, chat, 'the last one');
  reader = await Person.signedIn(server, one);
  await reader.page.goto(`/c/${chat}`); // people stand below all the rooms
  await reader.sees('the last one');
});
after(() => server?.dispose());

const p95 = (all) => all.toSorted((a, b) => a - b)[Math.floor(0.95 * all.length)];
const rounded = (ms) => Math.round(10 * ms) / 10;

/// Scrolls by the wheel's steps, frame by frame. @returns the ms between frames, and the longest task
const scrolled = (locator, step, frames) =>
  locator.evaluate(
    async (element, [by, count]) => {
      const scroller = [element, ...element.querySelectorAll('*')].find(
        (one) =>
          one.scrollHeight > one.clientHeight + 50 &&
          /auto|scroll/.test(getComputedStyle(one).overflowY),
      );
      let longest = 0;
      const tasks = new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
      });
      tasks.observe({ type: 'longtask' });
      const frame = () => new Promise(requestAnimationFrame);
      const gaps = [];
      for (let at = 0, last = await frame(); at < count; at += 1) {
        scroller.scrollTop += by;
        const now = await frame();
        gaps.push(now - last);
        last = now;
      }
      tasks.disconnect();
      return { gaps, longest };
    },
    [step, frames],
  );

/// How often a page was laid out, and more: counts do not depend on what else the machine does.
async function work(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  const { metrics } = await cdp.send('Performance.getMetrics');
  await cdp.detach();
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

test(
  'W-10 typing with 250 rows on the screen: a key is painted within 32 ms',
  { skip },
  async (t) => {
    const { page } = reader;
    await until(async () => {
      await page.getByRole('log').evaluate((list) => (list.scrollTop = 0));
      return (await reader.rows.count()) === 250;
    }, 'there are 250 rows');
    await page.getByTestId('latest').click();
    await reader.box.focus();
    await page.evaluate(() => {
      window.keys = [];
      const painted = new MessageChannel(); // runs behind the frame
      const pending = [];
      painted.port1.onmessage = () => window.keys.push(performance.now() - pending.shift());
      document.addEventListener('keydown', ({ timeStamp }) => {
        pending.push(timeStamp);
        requestAnimationFrame(() => painted.port2.postMessage(undefined));
      });
    });
    const text = 'The quick brown fox jumps over the lazy dog, and again. ';
    const before = await work(page);
    for (const letter of text.repeat(3)) {
      await page.keyboard.press(letter);
      await page.evaluate(() => new Promise(requestAnimationFrame)); // nobody types faster
    }
    await until(
      async () => (await reader.box.inputValue()).length === 3 * text.length,
      'it is typed',
    );
    const done = await work(page);
    for (const what of ['LayoutCount', 'RecalcStyleCount']) {
      const each = (done[what] - before[what]) / (3 * text.length);
      assert.ok(each <= 2, `${what}: ${each} for a key`);
    }
    const all = await page.evaluate(() => window.keys);
    t.diagnostic(`95 % of ${all.length} keys within ${rounded(p95(all))} ms`);
    if (isQuiet) assert.ok(p95(all) <= 32, `${p95(all)} ms`);
    assert.ok((await reader.rows.count()) <= 250);
    await reader.box.fill('');
  },
);

test('W-15 scrolling through a thousand messages drops few frames', { skip }, async (t) => {
  const { gaps, longest } = await scrolled(reader.page.getByRole('log'), -60, 400);
  const late = gaps.filter((ms) => ms > 20).length / gaps.length;
  t.diagnostic(
    `frames: p95 ${rounded(p95(gaps))} ms, ${rounded(100 * late)} % over 20 ms, longest task ${Math.round(longest)} ms`,
  );
  if (isQuiet) {
    assert.ok(p95(gaps) <= 17, `p95 ${p95(gaps)} ms`);
    assert.ok(late <= 0.02, `${late}`);
    assert.ok(longest <= 100, `${longest} ms`);
  }
  assert.ok((await reader.rows.count()) <= 250);
});

test(
  'a thousand conversations in the sidebar: few rows stand in the page, and it scrolls',
  { skip },
  async (t) => {
    const list = reader.page.getByRole('navigation', { name: 'Conversations' });
    await until(
      async () => {
        const { gaps, longest } = await scrolled(list, 600, 50);
        t.diagnostic(
          `frames: p95 ${rounded(p95(gaps))} ms, longest task ${Math.round(longest)} ms`,
        );
        assert.ok((await list.locator('a[data-id]').count()) < 60);
        return list.getByText(/^Room 0$/).isVisible();
      },
      'the first room is reached',
      30_000,
    );
    reader.behaved();
    await reader.leave();
  },
);
