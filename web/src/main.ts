import { bootstrapApplication } from '@angular/platform-browser';
import { wasHere } from './app/core/session';
import { App } from './app/app';
import { config } from './app/app.config';

if (wasHere()) void import('./app/main.routes'); // while the server says whether one still is
void bootstrapApplication(App, config);
