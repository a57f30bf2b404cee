// many conversations and messages for one user; prints credentials
const U = process.env.URL_ ?? 'http://127.0.0.1:8091'; const tag = Date.now().toString(36);
const post = async (p, o, t, m = 'POST') => { const a = await fetch(U + p, { method: m, headers: { 'content-type': 'application/json', ...(t && { authorization: `Bearer ${t}` }) }, body: JSON.stringify(o) }); const x = await a.text(); if (!a.ok) throw new Error(p + ' ' + a.status + x); return x ? JSON.parse(x) : {}; };
const make = (n, u) => post('/auth/register', { userName: u, password: 'correct horse', displayName: n, session: true });
const names = ['Ben Baker', 'Maximiliane Elisabeth von Hohenstaufen-Wittelsbach zu Ingolstadt', '김민수', 'דנה לוי', 'Zoë Ågren', '田中 太郎', 'Li'];
const me = await make('Ann Archer', 'ann-' + tag); const others = [];
for (const [i, n] of names.entries()) others.push(await make(n, `p${i}-${tag}`));
const N = Number(process.argv[2] ?? 0); for (let i = 0; i < N; i++) others.push(await make(`Person ${i}`, `x${i}-${tag}`));
const send = (id, who, content, more = {}) => post(`/messaging/conversations/${id}/messages`, { content, clientMessageId: crypto.randomUUID(), ...more }, who.accessToken);
const ids = [];
for (const o of others) { const { conversationId } = await post('/messaging/conversations', { type: 'Direct', participantIds: [o.userId] }, me.accessToken); ids.push(conversationId); await send(conversationId, o, 'Hello Ann'); }
const room = (await post('/messaging/conversations', { type: 'Group', title: 'Product launch – spring 2027, all hands and everyone else who is interested', participantIds: others.slice(0, 7).map((o) => o.userId) }, me.accessToken)).conversationId;
const texts = ['Good morning!', 'The build is green again. 🎉', 'Could somebody look at https://example.com/issues/4711?page=2 before noon?', 'Yes', '안녕하세요, 회의는 오후 세 시에 시작합니다. 자료는 https://example.com/a를 보세요.', 'שלום לכולם, הישיבה מתחילה בשלוש (חדר 4).', 'Run `make run` and open the page; it takes five minutes on a fresh machine, of which four are the compiler being the compiler. After that it is a second.', '👍', 'averyveryveryveryveryveryveryveryveryveryveryveryverylongwordwithoutanybreakinitatallwhichmustnotbreakthelayoutofthepage'];
let last; const M = Number(process.argv[3] ?? 40);
for (let i = 0; i < M; i++) { const who = [me, ...others][[0, 0, 1, 2, 2, 3, 4, 5, 0, 1][i % 10]]; last = await send(room, who, texts[i % texts.length] + (M > 60 ? ` #${i}` : ''), i % 11 === 7 ? { replyTo: last.messageId } : {}); }
const he = ids[3]; for (const t of ['שלום אנה, מה שלומך?', 'ראית את הקובץ report.pdf ששלחתי?', 'כן! תודה']) await send(he, t.startsWith('כן') ? me : others[3], t);
const ko = ids[2]; for (const t of ['네, 확인했습니다.', '내일 오전 10시에 뵙겠습니다.']) await send(ko, others[2], t);
console.log(JSON.stringify({ user: 'ann-' + tag, room, ids, ben: 'p0-' + tag, benChat: ids[0] }));
