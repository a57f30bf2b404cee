// A server at work: a group in which some send without pause and some only listen.
import { groupOf, newUser } from '../e2e/support/chat.mjs';
import { until } from '../e2e/support/deadline.mjs';
import { startServer } from '../e2e/support/server.mjs';
import { Observer } from './observer.mjs';
import { Sender } from './sender.mjs';

const names = (count, name) => Array.from({ length: count }, () => newUser(name));

/// Starts all of it; ended with the test `t`, however that goes.
export async function startScene(t, { settings, senders: sending, observers: listening }) {
  const server = await startServer(settings);
  const senders = [];
  t.after(async () => {
    for (const sender of senders) sender.stopped = true;
    await server.dispose();
  });
  const [all, watchers] = [names(sending, 'sender'), names(listening, 'observer')];
  const id = await groupOf(server, all[0], [...all.slice(1), ...watchers]);
  const observers = await Promise.all(watchers.map((sub) => Observer.start(server, sub, id)));
  senders.push(...(await Promise.all(all.map((sub) => Sender.start(server, sub, id)))));
  return { server, id, senders, observers };
}

/// Waits until this many more sends are acknowledged: the fault then hits a server at work.
export async function moreAcks({ senders }, count) {
  const acked = () => senders.reduce((sum, sender) => sum + sender.acked.length, 0);
  const goal = acked() + count;
  await until(() => acked() >= goal, `${count} more acknowledgements`, 60_000);
}
