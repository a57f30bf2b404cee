// Whole screens as they looked when somebody looked at them last: W-36, W-37, W-39, and "what it must feel
// like". PARLEY_PICTURES=keep web/e2e/run web/e2e/screens.test.mjs takes them anew.
import { after, before, test } from 'node:test';
import { PNG } from 'pngjs';
import { PHONE, skip } from './support/browser.mjs';
import { onFixedDay, settleColours } from './support/fixed.mjs';
import { looksAsKept } from './support/pictures.mjs';
import {
  call,
  chatOf,
  newAccount,
  post,
  roomOf,
  startParley,
  until,
  uploaded,
} from './support/server.mjs';

const DARK = { colorScheme: 'dark' };
const CONTRAST = { contrast: 'more' };
const KOREAN = { language: 'ko' };
const TABLET = { viewport: { width: 820, height: 1180 } };
const LONG = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
const MANY = 1_980;
let server;
const people = {};
const rooms = {};
const seeded = {};

before(async () => {
  if (skip) return;
  server = await startParley();
  const names = [
    'Ann Archer',
    'Ben Baker',
    '김민아',
    'Zoë Ågren',
    'דנה לוי',
    `Maximiliane ${LONG}`,
  ];
  const keys = ['ann', 'ben', 'mina', 'zoe', 'dana', 'max'];
  for (const [at, name] of names.entries()) people[keys[at]] = await newAccount(server, name);
  people.new = await newAccount(server, 'Newcomer');
  people.busy = await newAccount(server, 'Busy Bee');
  await seedRooms();
  seeded.rooms = Date.now();
  await seedMany();
  seeded.many = Date.now();
});
after(() => server?.dispose());

const say = (room, who, content, more) => post(server, people[who], rooms[room], content, more);

async function seedRooms() {
  const { ann, ben, mina, zoe, dana, max } = people;
  rooms.long = await roomOf(
    server,
    ann,
    [max],
    `The ${LONG} and all who sail in her, in long words`,
  );
  await say('long', 'max', `${LONG} ${LONG} ${'x'.repeat(200)}`);
  await say('long', 'ann', `https://example.com/${'a-long-path/'.repeat(12)}?q=${'y'.repeat(90)}`);
  rooms.hebrew = await roomOf(server, dana, [ann], 'צוות ההשקה');
  await say(
    'hebrew',
    'dana',
    'בוקר טוב! מישהו יכול לבדוק את https://example.com/issues/4711 לפני הצהריים?',
  );
  await say('hebrew', 'ann', 'Sure, before noon (123).');
  const { messageId } = await say('hebrew', 'dana', 'תודה רבה 🎉');
  await say('hebrew', 'ann', 'אין בעד מה', { replyTo: messageId });
  rooms.images = await roomOf(server, zoe, [ann], 'Pictures');
  for (const [at, size] of [
    [640, 400],
    [300, 900],
    [120, 90],
    [1_000, 250],
    [400, 400],
  ].entries())
    await say('images', at % 2 ? 'ann' : 'zoe', at ? '' : 'Here they are:', {
      attachmentIds: [
        await uploaded(server, at % 2 ? ann : zoe, rooms.images, picture(...size, at)),
      ],
    });
  rooms.korean = await chatOf(server, mina, ann);
  await say('korean', 'mina', '안녕하세요! 오전 10시에 같이 볼까요?');
  await say('korean', 'ann', '네, 좋아요. 자료는 https://example.com/문서 에 있어요.');
  await say('korean', 'mina', '감사합니다 👍');
  rooms.empty = await chatOf(server, ann, zoe);
  rooms.direct = await chatOf(server, ben, ann);
  await say('direct', 'ben', 'Did you see the numbers?');
  const question = await say('direct', 'ann', 'Not yet. Are they good?');
  await say('direct', 'ben', 'Better than last year, by far.', { replyTo: question.messageId });
  await say('direct', 'ben', 'I put them into `numbers/2026.csv`.');
  rooms.crew = await roomOf(server, ann, [ben, mina], 'Spring launch');
  await say('crew', 'ben', 'Morning! Could somebody look at https://example.com/issues/4711?');
  await call(server, ann, 'POST', `/messaging/conversations/${rooms.crew}/participants`, {
    userIds: [zoe.userId],
  });
  const asked = await say('crew', 'mina', '오전 10시에 같이 볼까요?');
  await say('crew', 'ann', 'Ten is good. The build is green again 🎉', {
    replyTo: asked.messageId,
  });
  const wrong = await say('crew', 'ann', 'Slides by elven.');
  await call(server, ann, 'PATCH', `/messaging/messages/${wrong.messageId}`, {
    content: 'Slides by eleven.',
  });
  const gone = await say('crew', 'zoe', 'wrong room');
  await call(server, zoe, 'DELETE', `/messaging/messages/${gone.messageId}`);
  const file = {
    fileName: 'launch plan.pdf',
    contentType: 'application/pdf',
    bytes: Buffer.alloc(48_200, 'x'),
  };
  await say('crew', 'zoe', 'The plan, ready for a look.', {
    attachmentIds: [await uploaded(server, zoe, rooms.crew, file)],
  });
  for (const id of Object.values(rooms).filter((room) => room !== rooms.crew))
    await call(server, ann, 'POST', `/messaging/conversations/${id}/messages/read`, {});
}

async function seedMany() {
  const { busy, ben } = people;
  for (let at = 0; at < MANY; at += 20)
    await Promise.all(
      Array.from({ length: 20 }, (_, more) => roomOf(server, busy, [], `Project ${at + more}`)),
    );
  for (let at = 0; at < 20; at += 1) {
    const room = await roomOf(server, busy, [ben], `Team ${at}`);
    await post(server, ben, room, `news of team ${at}`);
  }
}

function picture(width, height, at) {
  const png = new PNG({ width, height });
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      png.data.set([(x * 255) / width, 80 + 30 * at, (y * 255) / height, 255], 4 * (y * width + x));
  const bytes = PNG.sync.write(png);
  return { fileName: `picture ${at}.png`, contentType: 'image/png', bytes, width, height };
}

/// A screen of `who`, as `reach` brings it about.
function screen(name, reach, { who = 'ann', ...options } = {}) {
  test(name, { skip }, async () => {
    const of = who === 'busy' ? seeded.many : seeded.rooms;
    const person = await onFixedDay(server, people[who], of, options);
    await reach(person);
    await person.page.evaluate(() => document.fonts.ready);
    await settleColours(person);
    await looksAsKept(person.page, `screen-${name.replaceAll(' ', '-')}`);
    person.behaved();
    await person.leave();
  });
}
const isReading = (room, text) => async (person) => {
  await person.open(rooms[room]);
  await person.page.getByRole('log').getByText(text).first().waitFor();
};
const hasPictures = async (person) => {
  await isReading('images', 'Here they are:')(person);
  await person.page.waitForFunction(() =>
    [...document.querySelectorAll('p-attachment img')]
      .slice(-2)
      .every((img) => img.naturalWidth > 0),
  );
};
const hasList = ({ page }) => page.locator(`a[data-id="${rooms.crew}"]`).waitFor();
const hasDetails = async (person) => {
  await isReading('crew', 'The plan, ready for a look.')(person);
  await person.page.locator('a[href*="details"]').click();
  await person.page.locator('p-member-list').getByText('Zoë Ågren').waitFor();
};
const isHere = isReading('crew', 'The plan, ready for a look.');

screen('nobody yet', ({ page }) => page.getByText('Nobody here yet').waitFor(), { who: 'new' });
screen('nothing chosen', hasList);
screen('room', isHere);
screen('room dark', isHere, DARK);
screen('room contrast', isHere, CONTRAST);
screen('room korean', isHere, KOREAN);
screen('direct', isReading('direct', 'numbers/2026.csv'));
screen('direct korean', isReading('korean', '감사합니다'), KOREAN);
screen('empty', async (person) => {
  await person.open(rooms.empty);
  await person.page.getByText('Say hello').waitFor();
});
screen('long names', isReading('long', 'https://example.com/'));
screen('long names phone', isReading('long', 'https://example.com/'), PHONE);
screen('hebrew', isReading('hebrew', 'תודה'));
screen('hebrew from right to left', async (person) => {
  await isReading('hebrew', 'תודה')(person);
  await person.page.evaluate(() => (document.documentElement.dir = 'rtl'));
});
screen('pictures', hasPictures);
screen('pictures phone', hasPictures, PHONE);
screen('many conversations', ({ page }) => page.getByText('news of team 19').waitFor(), {
  who: 'busy',
});
screen('details', hasDetails);
screen('details tablet', hasDetails, TABLET);
screen('details phone', hasDetails, PHONE);
screen('settings', async ({ page }) => {
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('heading', { name: 'Devices' }).waitFor();
});
screen(
  'settings dark phone',
  async ({ page }) => {
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('heading', { name: 'Devices' }).waitFor();
  },
  { ...PHONE, ...DARK },
);
screen('new chat', async ({ page }) => {
  await page.getByRole('button', { name: 'New chat' }).click();
  await page.getByRole('dialog').getByRole('combobox').fill('Z');
  await page.getByRole('dialog').getByText('Zoë Ågren').waitFor();
});
screen('list phone', hasList, PHONE);
screen('list tablet', hasList, TABLET);
screen('room phone', isHere, PHONE);
screen('room dark phone', isHere, { ...PHONE, ...DARK });
screen('gone', async ({ page }) => {
  await hasList({ page });
  await page.goto('/c/00000000-0000-7000-8000-000000000000');
  await page.getByText('This conversation is not here any more.').waitFor();
});
screen('what one can do', async (person) => {
  await isHere(person);
  await person.row('Ten is good').click({ button: 'right' });
  await person.page.getByRole('menu').waitFor();
});
/// What is written while the server is away. Seconds until the next try differ each time.
const isWaiting = async (person) => {
  const { page } = person;
  await person.say('Typed on the train.');
  await person.say('And in the tunnel.');
  await page.getByText('2 messages are waiting to be sent').waitFor();
  await page.getByRole('button', { name: 'Try now' }).waitFor();
  await page.evaluate(() => {
    const still = () => {
      for (const one of document.querySelectorAll('.count, .count + button')) one.remove();
      requestAnimationFrame(still);
    };
    still();
  });
};
screen('waiting', async (person) => {
  await isHere(person);
  const whose = [people.ann.userId, rooms.crew];
  await until(() => person.page.evaluate(isKept, whose), 'the messages are kept');
  await person.cutOff();
  await person.page.reload();
  await person.sees('The plan, ready for a look.');
  await isWaiting(person);
});
screen('waiting where nothing was kept', async (person) => {
  await hasList(person);
  await person.cutOff();
  await person.page.reload();
  await person.page.locator(`a[data-id="${rooms.crew}"]`).click();
  await isWaiting(person);
  await person.page.getByText('The messages could not be loaded.').waitFor();
});

/// In the page: has the browser the messages of a conversation?
function isKept([userId, room]) {
  return new Promise((done) => {
    const opening = indexedDB.open(`parley-pages:${userId}`);
    opening.onsuccess = () => {
      const asked = opening.result.transaction('kept').objectStore('kept').count(`rows:${room}`);
      asked.onsuccess = () => {
        opening.result.close();
        done(asked.result > 0);
      };
    };
  });
}
