// Pictures have their place before they are there: W-24.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PNG } from 'pngjs';
import { skip } from './support/browser.mjs';
import { Person } from './support/person.mjs';
import { freshChat, post, startParley, until, uploaded } from './support/server.mjs';

let server;
before(async () => {
  if (!skip) server = await startParley();
});
after(() => server?.dispose());

function picture(width, height, shade) {
  const png = new PNG({ width, height });
  for (let at = 0; at < png.data.length; at += 4)
    png.data.set([shade, (at / 40) % 256, 255 - shade, 255], at);
  return PNG.sync.write(png);
}

/// A message with one picture. @param size what is told of it; none: nothing
async function postPicture(account, chat, name, [width, height], told = true, at = server) {
  const size = told ? { width, height } : {};
  const bytes = picture(width, height, (7 * name.length + width) % 256);
  const file = { fileName: name, contentType: 'image/png', bytes, ...size };
  return post(at, account, chat, '', { attachmentIds: [await uploaded(at, account, chat, file)] });
}

const pictures = ({ page }) => page.locator('p-attachment img');
/// Width and height of the box of each picture, rounded.
const boxes = (person) =>
  pictures(person).evaluateAll((all) =>
    all.map((img) => {
      const { width, height } = img.closest('a').getBoundingClientRect();
      return [Math.round(width), Math.round(height)];
    }),
  );
const areThere = (person) =>
  until(
    () =>
      pictures(person).evaluateAll(
        (all) => all.length > 0 && all.every((img) => img.complete && img.naturalWidth > 0),
      ),
    'every picture is there',
  );

test(
  'W-24 a picture has its box before its first byte: 400x320 at most, 320x240 when nothing is known',
  { skip },
  async () => {
    const { one, other, chat } = await freshChat(server);
    await postPicture(other, chat, 'wide.png', [1600, 400]);
    await postPicture(other, chat, 'tall.png', [300, 1200]);
    await postPicture(other, chat, 'small.png', [64, 48]);
    await postPicture(other, chat, 'unknown.png', [500, 100], false);
    const reader = await Person.signedIn(server, one);
    const { promise: released, resolve: release } = Promise.withResolvers();
    let held = 0;
    await reader.context.route(/\/messaging\/attachments\//, async (route) => {
      held += 1;
      await released;
      await route.continue();
    });
    await reader.open(chat);
    await until(async () => (await pictures(reader).count()) === 4, 'there are four');
    const wanted = [
      [400, 100],
      [80, 320],
      [64, 48],
      [320, 240],
    ];
    assert.deepEqual(await boxes(reader), wanted);
    await until(() => held > 0, 'they are asked for');
    release();
    await areThere(reader);
    assert.deepEqual(await boxes(reader), wanted);
    assert.equal(await pictures(reader).first().getAttribute('alt'), 'wide.png');
    reader.behaved();
    await reader.leave();
  },
);

test('W-24 nothing moves on a page of 30 pictures: its layout shift is 0', { skip }, async () => {
  const { one, other, chat } = await freshChat(server);
  for (let at = 0; at < 30; at += 1) {
    const size = [100 + 17 * at, 60 + 11 * at];
    await postPicture(other, chat, `picture ${at}.png`, size, at % 4 !== 3);
  }
  const reader = await Person.signedIn(server, one, chat);
  await reader.page.evaluate(() => {
    window.shifts = [];
    const told = ({ node, previousRect: from, currentRect: to }) =>
      `${node?.outerHTML?.slice(0, 120)}: ${JSON.stringify(from)} ${JSON.stringify(to)}`;
    new PerformanceObserver((list) => {
      for (const { value, sources, hadRecentInput } of list.getEntries())
        if (!hadRecentInput) window.shifts.push({ value, moved: sources.map(told) });
    }).observe({ type: 'layout-shift', buffered: true });
  });
  // Through all of them, and back.
  await reader.page.getByRole('log').evaluate(async (list) => {
    const frame = () => new Promise(requestAnimationFrame);
    for (const step of [-90, 90, -90])
      for (let at = 0; at < 120; at += 1) {
        list.scrollTop += step;
        await frame();
      }
  });
  await areThere(reader);
  assert.deepEqual(await reader.page.evaluate(() => window.shifts), []);
  reader.behaved();
  await reader.leave();
});

test(
  'W-24 a picture whose URL has run out is fetched anew, once, and never looks broken',
  { skip },
  async () => {
    const hasty = await startParley({ 'attachments.url_lifetime_s': 2 });
    const { one, other, chat } = await freshChat(hasty);
    await postPicture(other, chat, 'late.png', [200, 100], true, hasty);
    const reader = await Person.signedIn(hasty, one);
    const asked = [];
    const answers = [];
    const files = /\/messaging\/attachments\//;
    const { promise: late, resolve: release } = Promise.withResolvers();
    await reader.context.route(files, async (route) => {
      asked.push(route.request().url());
      if (asked.length === 1) await late; // as of a tab that slept
      await route.continue();
    });
    reader.page.on('response', (response) => {
      if (files.test(response.url())) answers.push(response.status());
    });
    await reader.open(chat);
    await pictures(reader).waitFor();
    await until(() => asked.length === 1, 'it is asked for');
    await until(
      async () => (await fetch(new URL(asked[0], hasty.url))).status >= 400,
      'its URL has run out',
    );
    await reader.page.evaluate(() => {
      window.brokenFor = 0;
      const look = () => {
        const file = document.querySelector('p-attachment .file');
        if (file) window.brokenFor += 1;
        requestAnimationFrame(look);
      };
      look();
    });
    release();
    await areThere(reader);
    assert.equal(asked.length, 2, 'once more');
    assert.notEqual(asked[0], asked[1]);
    assert.ok(answers[0] >= 400);
    assert.equal(answers[1], 200);
    assert.equal(await reader.page.evaluate(() => window.brokenFor), 0);
    assert.deepEqual(await boxes(reader), [[200, 100]]);
    await reader.leave();
    await hasty.dispose();
  },
);

test(
  'W-24 a picture that is none, and other files, have name, size and a way to save them',
  { skip },
  async () => {
    const { one, other, chat } = await freshChat(server);
    const attachmentIds = [
      { fileName: 'no picture.png', contentType: 'image/png', bytes: Buffer.from('not a picture') },
      { fileName: 'drawing.svg', contentType: 'image/svg+xml', bytes: Buffer.from('<svg/>') },
      { fileName: 'notes.pdf', contentType: 'application/pdf', bytes: Buffer.alloc(12_345, 'x') },
    ];
    for (const [at, file] of attachmentIds.entries())
      attachmentIds[at] = await uploaded(server, other, chat, file);
    await post(server, other, chat, 'three files', { attachmentIds });
    const reader = await Person.signedIn(server, one, chat);
    const row = reader.row('three files');
    for (const [name, size] of [
      ['no picture.png', '13 byte'],
      ['drawing.svg', '6 byte'],
      ['notes.pdf', '12.3 kB'],
    ]) {
      const file = row.locator('p-attachment').filter({ hasText: name });
      await file.getByText(size).waitFor();
      await file.getByRole('link', { name: `Download ${name}` }).waitFor();
    }
    assert.equal(await pictures(reader).count(), 0);
    const link = row.getByRole('link', { name: 'Download drawing.svg' });
    assert.equal(await link.getAttribute('download'), 'drawing.svg');
    reader.behaved();
    await reader.leave();
  },
);
