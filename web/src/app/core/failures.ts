import { type ErrorHandler, Injectable, inject } from '@angular/core';
import { Words } from '../../i18n/texts';
import { Configuration } from './configuration';

/** The version from which a reload was tried. */
const KEY = 'parley-reloaded';
/** How browsers say that a part of the page could not be fetched. */
const PART_IS_GONE = /dynamically imported module|Importing a module script failed|ChunkLoadError/;

/** What nobody caught. A part that a newer server has no more is got by a reload, once for each version. */
@Injectable({ providedIn: 'root' })
export class Failures implements ErrorHandler {
  private readonly t = inject(Words).t;
  private readonly configuration = inject(Configuration);
  /** Says it to the user. */
  say: (text: string) => void = () => undefined;

  constructor() {
    // The browser itself reports these.
    addEventListener('unhandledrejection', ({ reason }) => this.meet(reason));
  }

  handleError(error: unknown): void {
    this.meet(error);
    reportError(error);
  }

  private meet(error: unknown): void {
    const text = String((error as Error | undefined)?.message ?? error);
    const { version } = this.configuration.value();
    if (PART_IS_GONE.test(text) && sessionStorage.getItem(KEY) !== version) {
      sessionStorage.setItem(KEY, version);
      return location.reload();
    }
    this.say(this.t('error.unknown'));
  }
}
