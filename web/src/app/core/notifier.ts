import { Injectable, inject, signal } from '@angular/core';
import { Router } from '@angular/router';
import { Words } from '../../i18n/texts';
import type { ChatStore } from './chat-store';
import type { Conversation } from './conversation';
import { Settings } from './settings';
import type { NewMessageNotification as Note } from '@parley/client';

const RING_EVERY_MS = 3_000;

/** Sounds and notifications: one for each message, in whichever tab holds the lock. */
@Injectable({ providedIn: 'root' })
export class Notifier {
  private readonly settings = inject(Settings);
  private readonly router = inject(Router);
  private readonly t = inject(Words).t;
  private readonly shown = new Map<string, Notification>();
  private rungAt = -Infinity;
  private audio?: AudioContext;
  readonly permission = signal(
    typeof Notification === 'undefined' ? 'denied' : Notification.permission,
  );

  /** Only from a button. */
  async ask(): Promise<void> {
    if (typeof Notification === 'undefined') return;
    this.permission.set(await Notification.requestPermission());
    this.settings.change({ notify: this.permission() === 'granted' });
  }

  note(store: ChatStore, one: Conversation, note: Note): void {
    const isWanted = store.tabs.isRinger() && !(one.row().muted ?? false);
    if (!isWanted || store.tabs.isViewed(one.id)) return;
    if (this.settings.isQuietAt(new Date())) return;
    this.ring();
    this.show(one, store.people.nameOf(note.senderId), note.preview);
  }

  /** It was read, wherever. */
  close(conversationId: string): void {
    this.shown.get(conversationId)?.close();
    this.shown.delete(conversationId);
  }

  private show(one: Conversation, name: string, preview: string): void {
    const { notify, notifyWithText } = this.settings.choices();
    if (!notify || this.permission() !== 'granted') return;
    const title = one.row().title ? `${name} · ${one.row().title}` : name;
    const body = notifyWithText ? preview : this.t('notify.hidden');
    const shown = new Notification(title, {
      body,
      tag: one.id,
      silent: true,
      icon: '/favicon.svg',
    });
    shown.onclick = () => {
      window.focus();
      void this.router.navigate(['/c', one.id]);
      this.close(one.id);
    };
    this.shown.set(one.id, shown);
  }

  private ring(): void {
    const now = performance.now();
    if (!this.settings.choices().sound || now - this.rungAt < RING_EVERY_MS) return;
    this.rungAt = now;
    this.audio ??= new AudioContext();
    if (this.audio.state === 'suspended') return; // no key was pressed here yet: the browser forbids it
    const { currentTime: at } = this.audio;
    const volume = new GainNode(this.audio, { gain: 0 });
    const tone = new OscillatorNode(this.audio, { frequency: 880 });
    volume.gain.setValueAtTime(0.06, at);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.25);
    tone.connect(volume).connect(this.audio.destination);
    tone.start(at);
    tone.stop(at + 0.25);
  }
}
