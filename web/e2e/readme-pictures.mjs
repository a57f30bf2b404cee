// Takes the pictures of README.md, of a real server in which some people have talked. No test: `make
// web-pictures` runs it, with PARLEYD as the tests have it.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { Person } from './support/person.mjs';
import { chatOf, newAccount, post, roomOf, startParley } from './support/server.mjs';

const FOLDER = resolve(import.meta.dirname, '../../docs/pictures');
const PICTURES = {
  light: { colorScheme: 'light', viewport: { width: 1_200, height: 720 } },
  dark: { colorScheme: 'dark', viewport: { width: 1_200, height: 720 } },
  phone: { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
};

let server;
let ann;
let room;
before(async () => {
  mkdirSync(FOLDER, { recursive: true });
  server = await startParley();
  ann = await newAccount(server, 'Ann Archer');
  const [ben, mina, zoe] = await Promise.all(
    ['Ben Baker', '김민아', 'Zoë Ågren'].map((name) => newAccount(server, name)),
  );
  room = await roomOf(server, ann, [ben, mina, zoe], 'Spring launch');
  const say = (who, text, more) => post(server, who, room, text, more);
  await say(ben, 'Morning! Could somebody look at https://example.com/issues/4711 before noon?');
  const { messageId } = await say(mina, '오전 10시에 같이 볼까요? 자료도 올려 둘게요.');
  await say(ann, 'Ten is good. The build is green again 🎉', { replyTo: messageId });
  await say(zoe, 'The draft is in `launch/spring.md`, ready for a look.');
  await say(zoe, 'Slides by eleven.');
  await say(ann, 'Perfect, thank you both.');
  for (const [who, text] of [
    [ben, 'Lunch?'],
    [mina, '내일 뵙겠습니다!'],
    [zoe, 'Sent you the draft.'],
  ])
    await post(server, who, await chatOf(server, ann, who), text);
});
after(() => server.dispose());

for (const [name, options] of Object.entries(PICTURES))
  test(name, async () => {
    const person = await Person.signedIn(server, ann, room, options);
    await person.sees('Perfect, thank you both.');
    await person.page.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled' });
    person.behaved();
    await person.leave();
  });
