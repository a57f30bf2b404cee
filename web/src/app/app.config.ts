import {
  type ApplicationConfig,
  inject,
  provideAppInitializer,
  provideZonelessChangeDetection,
} from '@angular/core';
import { provideRouter, withComponentInputBinding } from '@angular/router';
import { Settings } from './core/settings';
import { routes } from './app.routes';

export const config: ApplicationConfig = {
  providers: [
    provideAppInitializer(() => inject(Settings).ready),
    provideZonelessChangeDetection(),
    provideRouter(routes, withComponentInputBinding()),
  ],
};
