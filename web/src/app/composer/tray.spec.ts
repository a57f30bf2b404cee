import { type Upload, type UploadOptions, Tray, Trays } from './tray';

const limits = { maxBytes: 10, maxPerMessage: 3 };
const fileOf = (name: string, size = 5, type = 'text/plain') =>
  new File([new Uint8Array(size)], name, { type });
const settle = () => new Promise((done) => setTimeout(done));

/** An upload whose end the test decides. */
function uploads() {
  const calls: {
    file: File;
    options: UploadOptions;
    done(id: string): void;
    fail(why: unknown): void;
  }[] = [];
  const upload: Upload = (file, options) =>
    new Promise((done, fail) => calls.push({ file, options, done, fail }));
  return { calls, upload };
}

describe('W-12 the files of a message', () => {
  const states = (tray: Tray) => tray.files().map(({ file, state }) => [file.name, state]);

  it('are uploaded at once, and ready when all are', async () => {
    const { calls, upload } = uploads();
    const tray = new Tray();
    tray.add([fileOf('a'), fileOf('b')], limits, upload);
    await settle();
    expect(calls.length).toBe(2);
    expect([tray.isReady(), tray.isBusy()]).toEqual([false, true]);
    calls[0]?.options.onProgress(2);
    expect(tray.files()[0]?.progress).toBe(0.4);
    calls[1]?.done('id-b');
    calls[0]?.done('id-a');
    await settle();
    expect([tray.isReady(), tray.ids()]).toEqual([true, ['id-a', 'id-b']]);
  });

  it('that failed are uploaded again alone', async () => {
    const { calls, upload } = uploads();
    const tray = new Tray();
    tray.add([fileOf('a'), fileOf('b')], limits, upload);
    await settle();
    calls[0]?.fail(new Error('cut'));
    calls[1]?.done('id-b');
    await settle();
    expect(states(tray)).toEqual([
      ['a', 'failed'],
      ['b', 'done'],
    ]);
    for (const { key } of tray.files()) tray.retry(key, upload);
    await settle();
    expect(calls.length).toBe(3);
    calls[2]?.done('id-a');
    await settle();
    expect(tray.ids()).toEqual(['id-a', 'id-b']);
  });

  it('are refused before a byte is sent, and it is said why', () => {
    const { calls, upload } = uploads();
    const tray = new Tray();
    tray.add([fileOf('big', 11), fileOf('none', 0)], limits, upload);
    expect(tray.problems()).toEqual([
      { kind: 'tooBig', name: 'big' },
      { kind: 'empty', name: 'none' },
    ]);
    tray.add(
      'abcde'.split('').map((name) => fileOf(name)),
      limits,
      upload,
    );
    expect(tray.problems()).toEqual([{ kind: 'tooMany' }]);
    expect(tray.files().length).toBe(3);
    expect(calls.length).toBe(3);
  });

  it('that are taken away end their upload, and come back by no late answer', async () => {
    const { calls, upload } = uploads();
    const tray = new Tray();
    tray.add([fileOf('a')], limits, upload);
    await settle();
    tray.remove(tray.files()[0]?.key ?? 0);
    expect(calls[0]?.options.signal.aborted).toBe(true);
    calls[0]?.done('id-a');
    await settle();
    expect([tray.isEmpty(), tray.ids()]).toEqual([true, []]);
  });

  it('belong to one draft, and the draft of long ago is given up', async () => {
    const { calls, upload } = uploads();
    const trays = new Trays();
    trays.of('a').add([fileOf('x')], limits, upload);
    await settle();
    expect(trays.of('b').isEmpty()).toBe(true);
    expect(trays.of('a').isEmpty()).toBe(false);
    expect(trays.isEmpty).toBe(false);
    for (let at = 0; at < 20; at += 1) trays.of(`other ${at}`);
    expect(trays.of('a').isEmpty()).toBe(true);
    expect(calls[0]?.options.signal.aborted).toBe(true);
  });
});
