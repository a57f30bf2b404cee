import { type Clock, type Timer, systemClock } from './clock.js';

/** The server ends a StartTyping after 6 s. */
const REPEAT_MS = 3_000;
const SILENCE_MS = 5_000;
/** A typist whose end was lost on the way. */
const UNHEARD_MS = 8_000;

interface Typed {
  saidAt: number;
  silence: Timer;
}

/** Says that the user types: at once, then every 3 s at most; and that it has stopped, after 5 s of silence. */
export class TypingSignals {
  private readonly typed = new Map<string, Typed>();

  /** @param say what does not arrive is no loss */
  constructor(
    private readonly say: (method: 'StartTyping' | 'StopTyping', conversationId: string) => void,
    private readonly clock: Clock = systemClock,
  ) {}

  /** At each change of the text. */
  type(conversationId: string): void {
    const now = this.clock.now();
    const old = this.typed.get(conversationId);
    old?.silence.cancel();
    const isDue = !old || now - old.saidAt >= REPEAT_MS;
    const silence = this.clock.later(SILENCE_MS, () => this.stop(conversationId));
    this.typed.set(conversationId, { saidAt: isDue ? now : old.saidAt, silence });
    if (isDue) this.say('StartTyping', conversationId);
  }

  /** When it is sent or emptied, and when the conversation is left. */
  stop(conversationId: string): void {
    const old = this.typed.get(conversationId);
    if (!old) return;
    old.silence.cancel();
    this.typed.delete(conversationId);
    this.say('StopTyping', conversationId);
  }

  /** Nothing is typed any more, and nobody is told: the connection is gone. */
  forget(): void {
    for (const { silence } of this.typed.values()) silence.cancel();
    this.typed.clear();
  }
}

/** Who types where. */
export class Typists {
  private readonly heard = new Map<string, Map<string, Timer>>();

  constructor(
    private readonly onChange: (conversationId: string) => void = () => undefined,
    private readonly clock: Clock = systemClock,
  ) {}

  /** In the order in which they began. */
  in(conversationId: string): readonly string[] {
    return [...(this.heard.get(conversationId)?.keys() ?? [])];
  }

  start(conversationId: string, userId: string): void {
    const typists = this.heard.get(conversationId) ?? new Map<string, Timer>();
    this.heard.set(conversationId, typists);
    typists.get(userId)?.cancel();
    const isNew = !typists.has(userId);
    typists.set(
      userId,
      this.clock.later(UNHEARD_MS, () => this.stop(conversationId, userId)),
    );
    if (isNew) this.onChange(conversationId);
  }

  /** It said so, or its message is there. */
  stop(conversationId: string, userId: string): void {
    const typists = this.heard.get(conversationId);
    const timer = typists?.get(userId);
    if (!typists || !timer) return;
    timer.cancel();
    typists.delete(userId);
    if (typists.size === 0) this.heard.delete(conversationId);
    this.onChange(conversationId);
  }

  /** The connection is gone: who types is not known. */
  forget(): void {
    for (const [id, typists] of [...this.heard])
      for (const user of [...typists.keys()]) this.stop(id, user);
  }
}
