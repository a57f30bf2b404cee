import { type ErrorHandler, Injectable, inject } from '@angular/core';
import { Words } from '../../i18n/texts';

const KEY = 'parley-reloaded';
/** How browsers say that a part of the page could not be fetched. */
const PART_IS_GONE = /dynamically imported module|Importing a module script failed|ChunkLoadError/;

/** What nobody caught. A part that a newer server has no more is got by a reload, once. */
@Injectable({ providedIn: 'root' })
export class Failures implements ErrorHandler {
  private readonly t = inject(Words).t;
  /** Says it to the user. */
  say: (text: string) => void = () => undefined;

  handleError(error: unknown): void {
    const text = String((error as Error | undefined)?.message ?? error);
    if (PART_IS_GONE.test(text) && sessionStorage.getItem(KEY) === null) {
      sessionStorage.setItem(KEY, '1');
      return location.reload();
    }
    this.say(this.t('error.unknown'));
    reportError(error);
  }
}
