import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  output,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { RouterLink } from '@angular/router';
import { type Row, type UploadOptions, refusalOf } from '@parley/client';
import { Words } from '../../i18n/texts';
import { Composer, type DraftText, type Written } from '../composer/composer';
import { FileDrop } from '../composer/file-drop';
import { ChatStore } from '../core/chat-store';
import { Configuration } from '../core/configuration';
import type { Conversation } from '../core/conversation';
import { Names } from '../core/names';
import { Problems } from '../core/problems';
import { Settings } from '../core/settings';
import { upload } from '../core/uploads';
import { Confirm } from '../ui/confirm';
import { Toasts } from '../ui/toast';
import { Header } from './header';
import { type Act, MessageList } from './message-list';
import { TypingLine } from './typing-line';

/** /c/:id and /c/:id/m/:seq */
@Component({
  selector: 'p-conversation',
  imports: [RouterLink, Composer, Confirm, FileDrop, Header, MessageList, TypingLine],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './conversation.html',
  styleUrl: './conversation.css',
})
export class ConversationPage {
  protected readonly t = inject(Words).t;
  protected readonly store = inject(ChatStore);
  protected readonly settings = inject(Settings);
  protected readonly configuration = inject(Configuration);
  private readonly names = inject(Names);
  private readonly toasts = inject(Toasts);
  private readonly problems = inject(Problems);
  readonly id = input.required<string>();
  /** Of a permalink. */
  readonly seq = input<string>();
  /** The panel beside the messages is open. */
  readonly hasDetails = input(false);
  readonly detailsClosed = output<void>();
  private readonly list = viewChild(MessageList);
  private readonly composer = viewChild(Composer);

  protected readonly one = signal<Conversation | undefined>(undefined);
  protected readonly isMissing = signal(false);
  protected readonly editing = signal<Row | undefined>(undefined);
  protected readonly deleting = signal<Row | undefined>(undefined);
  protected readonly name = computed(() => {
    const one = this.one();
    return one ? this.names.of(one) : '';
  });
  protected readonly draft = computed(() => this.store.drafts.of(this.id()));
  protected readonly quote = computed(() => {
    const id = this.draft()?.replyTo;
    const row =
      id &&
      this.one()
        ?.timeline()
        .rows.find(({ messageId }) => messageId === id);
    return row ? { name: this.store.people.nameOf(row.senderId), text: row.content } : undefined;
  });
  protected readonly edited = computed(() => {
    const row = this.editing();
    return row ? { id: row.key, text: row.content } : undefined;
  });
  protected readonly upload = (file: File, options: UploadOptions) =>
    upload(this.store.server, this.id(), file, options);

  constructor() {
    effect(() => this.store.isEditing.set(this.editing() !== undefined));
    effect((cleanUp) => {
      const id = this.id();
      let isLeft = false;
      untracked(() => void this.enter(id, () => isLeft));
      cleanUp(() => {
        isLeft = true;
        untracked(() => this.exit());
      });
    });
    effect(() => {
      const list = this.list();
      const seq = Number(this.seq());
      if (list && this.one()?.phase() === 'ready' && seq > 0) untracked(() => void this.jump(seq));
    });
  }

  /** Kept under its own id before the composer is emptied. */
  protected readonly send = async ({ text, attachmentIds }: Written) => {
    const one = this.one();
    if (!one) return;
    const draft = this.store.drafts.of(one.id);
    await this.store.send(one, text, attachmentIds, draft?.replyTo).catch((error: unknown) => {
      this.toasts.show(this.t('conversation.notKept'), 'failed');
      throw error;
    });
    if (draft?.replyTo !== undefined) this.store.drafts.set(one.id, { text: draft.text });
    this.list()?.toLatest();
  };

  protected onDrafted({ key, text }: DraftText): void {
    const { replyTo } = this.store.drafts.of(key) ?? {};
    this.store.drafts.set(key, { text, ...(replyTo !== undefined && { replyTo }) });
  }

  protected onAct({ row, action }: Act): void {
    if (action === 'reply' && row.messageId !== undefined) this.reply(row.messageId);
    else if (action === 'edit') this.edit(row);
    else if (action === 'delete') this.deleting.set(row);
    else if (action === 'copy') this.copy(row.content);
    else if (action === 'link') this.copy(`${location.origin}/c/${this.id()}/m/${row.seq}`);
    else if (action === 'retry') void this.store.retry(row);
    else if (action === 'discard') void this.store.discard(row);
  }

  protected editLast(): void {
    const row = this.one()
      ?.rows()
      .findLast((one) => one.senderId === this.store.me && !one.isDeleted && one.content !== '');
    if (row && (!row.pending || row.pending.state === 'failed')) this.edit(row);
  }

  protected endReply(): void {
    this.store.drafts.set(this.id(), { text: this.draft()?.text ?? '' });
    this.composer()?.focus();
  }

  protected async delete(): Promise<void> {
    const row = this.deleting();
    this.deleting.set(undefined);
    if (row?.messageId === undefined) return;
    await this.store.delete(row.messageId).catch((error: unknown) => this.tell(error));
  }

  protected reload(): void {
    const one = this.one();
    if (one) void this.store.load(one);
    else void this.enter(this.id(), () => false);
  }

  protected tellMissing(): void {
    this.toasts.show(this.t('conversation.missing'), 'failed');
  }

  protected addFiles(files: readonly File[]): void {
    this.composer()?.addFiles(files);
  }

  protected async change(content: string): Promise<void> {
    const row = this.editing();
    if (!row) return;
    try {
      if (row.pending) await this.store.change(row, content);
      else if (row.messageId !== undefined) await this.store.edit(row.messageId, content);
      this.editing.set(undefined);
      this.composer()?.focus();
    } catch (error) {
      this.tell(error);
    }
  }

  private async enter(id: string, isLeft: () => boolean): Promise<void> {
    const known = this.store.conversations.get(id);
    this.isMissing.set(false);
    this.one.set(known);
    if (known) this.begin(known);
    const one = await this.store.show(id);
    if (isLeft()) return;
    this.one.set(one);
    this.isMissing.set(!one);
    if (one && !known) this.begin(one);
  }

  /** The line "New" is fixed now: behind what was read. */
  private begin(one: Conversation): void {
    one.newAfter.set(one.unread() > 0 ? one.readSeq() : undefined);
    const others = one.row().otherParticipantId;
    this.store.showPeople('conversation', others === null ? [] : [others]);
    if (matchMedia('(hover: hover)').matches) setTimeout(() => this.composer()?.focus());
  }

  private exit(): void {
    const one = this.one();
    this.editing.set(undefined);
    this.store.isEditing.set(false);
    if (one) this.store.leave(one);
  }

  private async jump(seq: number): Promise<void> {
    const isThere = await this.list()
      ?.jump(seq, false)
      .catch(() => false);
    if (isThere === false) this.tellMissing();
  }

  private reply(replyTo: string): void {
    this.editing.set(undefined);
    this.store.drafts.set(this.id(), { text: this.draft()?.text ?? '', replyTo });
    this.composer()?.focus();
  }

  private edit(row: Row): void {
    this.editing.set(row);
    this.composer()?.focus();
  }

  private copy(text: string): void {
    void navigator.clipboard?.writeText(text).then(() => this.toasts.show(this.t('app.copied')));
  }

  private tell(error: unknown): void {
    const own = { conflict: this.t('problem.conflict'), limit: this.t('problem.limit') };
    if (refusalOf(error)?.code !== 'unauthenticated')
      this.toasts.show(this.problems.say(error, own), 'failed');
  }
}
