import { Injectable, inject } from '@angular/core';
import { refusalOf } from '@parley/client';
import { type PlainKey, Words } from '../../i18n/texts';

const KNOWN: Record<string, PlainKey> = {
  unauthenticated: 'error.unauthenticated',
  forbidden: 'error.forbidden',
  not_found: 'error.not_found',
  too_long: 'error.too_long',
  id_conflict: 'error.id_conflict',
  rate_limited: 'error.rate_limited',
  busy: 'error.busy',
  unavailable: 'error.unavailable',
  bad_request: 'error.bad_request',
};

/** Our words for what went wrong, by code; those of the server are a detail. */
@Injectable({ providedIn: 'root' })
export class Problems {
  private readonly t = inject(Words).t;

  /** @param own words for codes that mean more in this place */
  say(error: unknown, own: Partial<Record<string, string>> = {}): string {
    const refusal = refusalOf(error);
    if (!refusal) return this.t('error.unavailable');
    return own[refusal.code] ?? this.ofCode(refusal.code);
  }

  ofCode(code: string | undefined): string {
    return this.t(KNOWN[code ?? ''] ?? 'error.unknown');
  }
}
