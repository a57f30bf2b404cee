// Rooms: who comes and goes is told between the messages.
import { after, before, test } from 'node:test';
import { skip } from './support/browser.mjs';
import { Person } from './support/person.mjs';
import {
  becomes,
  call,
  chatOf,
  newAccount,
  post,
  roomOf,
  startParley,
  until,
} from './support/server.mjs';

let server;
let ann;
let ben;
let cem;
let dia;
before(async () => {
  if (skip) return;
  server = await startParley();
  const names = ['Ann', 'Ben', 'Cem', 'Dia'];
  [ann, ben, cem, dia] = await Promise.all(names.map((name) => newAccount(server, name)));
});
after(() => server?.dispose());

/// What the list of messages says, from top to bottom, each message and each line.
const said = ({ page }) =>
  page.locator('[role=log] :is(p-message-text, p-notice-lines p)').allTextContents();
const says = (person, ...wanted) => becomes(() => said(person), wanted);

test('who comes, goes and renames a room is told between the messages', { skip }, async () => {
  const room = await roomOf(server, ann, [ben], 'Crew');
  const path = `/messaging/conversations/${room}`;
  await post(server, ann, room, 'first');
  const reader = await Person.signedIn(server, ben, room);
  await says(reader, 'first');
  await call(server, ann, 'POST', `${path}/participants`, { userIds: [cem.userId] });
  await says(reader, 'first', 'Ann added Cem');
  await post(server, cem, room, 'thank you');
  await says(reader, 'first', 'Ann added Cem', 'thank you');
  await call(server, ann, 'PATCH', path, { title: '<b>Crew</b> & friends' });
  await reader.page.getByRole('heading', { name: '<b>Crew</b> & friends' }).waitFor();
  const { code } = await call(server, ann, 'POST', `${path}/invites`, {});
  await call(server, dia, 'POST', `/messaging/invites/${code}/join`);
  await call(server, cem, 'DELETE', `${path}/participants/${cem.userId}`);
  const all = [
    'first',
    'Ann added Cem',
    'thank you',
    'Ann named the room “<b>Crew</b> & friends”',
    'Dia joined',
    'Cem left',
  ];
  await says(reader, ...all);
  await reader.say('bye Cem');
  await says(reader, ...all, 'bye Cem');

  await reader.page.reload();
  await says(reader, ...all, 'bye Cem'); // out of what was kept, and of the history
  reader.behaved();
  await reader.leave();
  const elsewhere = await Person.signedIn(server, ben, room); // where Cem was never met
  await says(
    elsewhere,
    ...all.map((text) => text.replace(/Cem( left)?$/, 'Former member$1')),
    'bye Cem',
  );
  await elsewhere.leave();
});

test('lines stay where they belong while older pages come', { skip }, async () => {
  const room = await roomOf(server, ann, [ben], 'Long');
  const path = `/messaging/conversations/${room}`;
  const all = [];
  for (let at = 1; at <= 120; at += 1) {
    await post(server, ann, room, `line ${at}`);
    all.push(`line ${at}`);
    if (at % 30 === 0) {
      await call(server, ann, 'PATCH', path, { title: `Long ${at}` });
      all.push(`Ann named the room “Long ${at}”`);
    }
  }
  await call(server, ben, 'POST', `${path}/messages/read`, {});
  const reader = await Person.signedIn(server, ben, room);
  await reader.sees('line 120');
  await until(async () => {
    await reader.page.getByRole('log').evaluate((list) => (list.scrollTop = 0));
    return reader.page.getByText('The beginning of this conversation').isVisible();
  }, 'the beginning is reached');
  await says(reader, ...all);
  reader.behaved();
  await reader.leave();
});

test(
  'R-032: the sidebar has rooms apart from people, the latest first; a reply shows what it answers',
  { skip },
  async () => {
    const eva = await newAccount(server, 'Eva');
    const chat = await chatOf(server, eva, ann);
    const early = await roomOf(server, ann, [eva], 'Early room');
    const late = await roomOf(server, ann, [eva], 'Late room');
    await post(server, ann, chat, 'hello Eva');
    await post(server, ann, early, 'question?');
    await post(server, ann, late, 'news');
    const reader = await Person.signedIn(server, eva);
    const list = reader.page.getByRole('navigation', { name: 'Conversations' });
    const names = list.locator(':is(h2, h3, .name, [role=heading])');
    const shown = async () => (await names.allTextContents()).map((one) => one.trim());
    const isShown = (...wanted) => becomes(shown, wanted);
    await isShown('Rooms', 'Late room', 'Early room', 'People', 'Ann');
    await post(server, ann, early, 'anybody?');
    await isShown('Rooms', 'Early room', 'Late room', 'People', 'Ann');
    await reader.open(early);
    await reader.sees('anybody?');
    await reader.row('question?').first().click({ button: 'right' });
    await reader.page.getByRole('menuitem', { name: 'Reply' }).click();
    await reader.say('me!');
    await reader.row('me!').locator('p-quote').getByText('question?').waitFor();
    reader.behaved();
    await reader.leave();
  },
);
