import {
  type ApplicationConfig,
  ErrorHandler,
  inject,
  provideAppInitializer,
  provideZonelessChangeDetection,
} from '@angular/core';
import { provideRouter, withComponentInputBinding } from '@angular/router';
import { Failures } from './core/failures';
import { Settings } from './core/settings';
import { routes } from './app.routes';

export const config: ApplicationConfig = {
  providers: [
    { provide: ErrorHandler, useExisting: Failures },
    provideAppInitializer(() => inject(Settings).ready),
    provideZonelessChangeDetection(),
    provideRouter(routes, withComponentInputBinding()),
  ],
};
