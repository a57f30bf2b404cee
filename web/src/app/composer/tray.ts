import { Injectable, computed, signal } from '@angular/core';

export interface UploadOptions {
  /** Bytes that went out so far. */
  onProgress(sent: number): void;
  readonly signal: AbortSignal;
}
/** Uploads a file. @returns its id, to be named in one message */
export type Upload = (file: File, options: UploadOptions) => Promise<string>;

/** What a server takes. */
export interface TrayLimits {
  readonly maxBytes: number;
  readonly maxPerMessage: number;
}

export interface TrayFile {
  readonly key: number;
  readonly file: File;
  /** A `blob:` URL of a picture. */
  readonly preview?: string;
  readonly state: 'uploading' | 'done' | 'failed';
  /** 0..1 */
  readonly progress: number;
  readonly id?: string;
}
/** Why a file is not taken. */
export type TrayProblem =
  | { readonly kind: 'tooBig' | 'empty'; readonly name: string }
  | { readonly kind: 'tooMany' };

/** SVG may hold anything: it is a file like others. */
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);
let keys = 0;

/** The files of one message that is being written. Each is uploaded as soon as it is here (W-12). */
export class Tray {
  private readonly list = signal<readonly TrayFile[]>([]);
  private readonly running = new Map<number, AbortController>();
  private readonly told = signal<readonly TrayProblem[]>([]);
  readonly files = this.list.asReadonly();
  /** Of the last `add`. */
  readonly problems = this.told.asReadonly();
  readonly isEmpty = computed(() => this.list().length === 0);
  readonly isReady = computed(() => this.list().every(({ state }) => state === 'done'));
  readonly isBusy = computed(() => this.list().some(({ state }) => state === 'uploading'));
  readonly ids = computed(() => this.list().flatMap(({ id }) => id ?? []));

  add(files: readonly File[], limits: TrayLimits, upload: Upload): void {
    const problems: TrayProblem[] = [];
    for (const file of files) {
      const problem = problemOf(file, limits, this.list().length);
      if (problem) problems.push(problem);
      else this.take(file, upload);
    }
    this.told.set(problems.filter(isFirst));
  }

  /** Of one that failed; the others go on. */
  retry(key: number, upload: Upload): void {
    const found = this.list().find((one) => one.key === key);
    if (found?.state === 'failed') void this.send(found, upload);
  }

  remove(key: number): void {
    this.running.get(key)?.abort();
    this.running.delete(key);
    const gone = this.list().find((one) => one.key === key);
    if (gone?.preview) URL.revokeObjectURL(gone.preview);
    this.list.update((list) => list.filter((one) => one.key !== key));
    this.told.set([]);
  }

  /** They were sent, or are not wanted any more. */
  clear(): void {
    for (const { key } of this.list()) this.remove(key);
  }

  private take(file: File, upload: Upload): void {
    const preview = PICTURES.has(file.type) ? { preview: URL.createObjectURL(file) } : {};
    const one: TrayFile = { key: ++keys, file, ...preview, state: 'uploading', progress: 0 };
    this.list.update((list) => [...list, one]);
    void this.send(one, upload);
  }

  private async send({ key, file }: TrayFile, upload: Upload): Promise<void> {
    const control = new AbortController();
    this.running.set(key, control);
    const change = (some: Partial<TrayFile>) => {
      if (this.running.get(key) !== control) return;
      this.list.update((list) => list.map((one) => (one.key === key ? { ...one, ...some } : one)));
    };
    change({ state: 'uploading', progress: 0 });
    try {
      const id = await upload(file, {
        signal: control.signal,
        onProgress: (sent) => change({ progress: Math.min(1, sent / file.size) }),
      });
      change({ state: 'done', progress: 1, id });
    } catch {
      change({ state: 'failed' });
    }
    if (this.running.get(key) === control) this.running.delete(key);
  }
}

function problemOf(file: File, limits: TrayLimits, count: number): TrayProblem | undefined {
  if (count >= limits.maxPerMessage) return { kind: 'tooMany' };
  if (file.size > limits.maxBytes) return { kind: 'tooBig', name: file.name };
  if (file.size === 0) return { kind: 'empty', name: file.name };
  return undefined;
}

const isFirst = (one: TrayProblem, at: number, all: readonly TrayProblem[]) =>
  one.kind !== 'tooMany' || all.findIndex(({ kind }) => kind === 'tooMany') === at;

const MAX_TRAYS = 20;

/** The trays of messages that are being written, by draft: an upload goes on while one looks elsewhere. */
@Injectable({ providedIn: 'root' })
export class Trays {
  private readonly all = new Map<string, Tray>();

  /** The one that was looked at longest ago goes, with what is in it, when there are too many. */
  of(draft: string): Tray {
    const tray = this.all.get(draft) ?? new Tray();
    this.all.delete(draft);
    this.all.set(draft, tray);
    for (const [oldest, one] of this.all) {
      if (this.all.size <= MAX_TRAYS) break;
      one.clear();
      this.all.delete(oldest);
    }
    return tray;
  }

  /** Is there no file that was chosen and not sent, anywhere? */
  get isEmpty(): boolean {
    return [...this.all.values()].every((tray) => tray.isEmpty());
  }
}
