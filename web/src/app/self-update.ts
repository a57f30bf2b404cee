import { effect, inject, signal } from '@angular/core';
import { Trays } from './composer/tray';
import { ChatStore } from './core/chat-store';
import { Configuration } from './core/configuration';

/** To the newer version that the server has, while nobody looks and nothing is half done. */
export function updateWhenHidden(): void {
  const [store, trays] = [inject(ChatStore), inject(Trays)];
  const configuration = inject(Configuration);
  const isHidden = signal(document.hidden);
  document.addEventListener('visibilitychange', () => isHidden.set(document.hidden));
  effect(() => {
    if (!isHidden() || !configuration.isOld() || !store.isReady()) return;
    const isIdle = store.drafts.isEmpty && store.waitingCount() === 0 && !store.isEditing();
    if (isIdle && trays.isEmpty) location.reload();
  });
}
