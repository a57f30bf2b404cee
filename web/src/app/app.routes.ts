import type { Routes } from '@angular/router';
import { signedIn, started } from './core/guard';

/** What stands behind the sign-in is asked for when somebody is through. */
const shell = () => import('./shell').then(({ Shell }) => Shell);
const welcome = () => import('./sidebar/welcome').then(({ Welcome }) => Welcome);
const pane = () => import('./conversation-pane').then(({ ConversationPane }) => ConversationPane);

export const routes: Routes = [
  {
    path: 'signin',
    canActivate: [started],
    loadComponent: () => import('./sign-in/sign-in-page').then(({ SignInPage }) => SignInPage),
  },
  {
    path: 'join/:code',
    canActivate: [started],
    loadComponent: () => import('./sign-in/join').then(({ Join }) => Join),
  },
  {
    path: '',
    loadComponent: shell,
    canActivate: [signedIn],
    children: [
      { path: '', pathMatch: 'full', loadComponent: welcome },
      { path: 'c/:id', loadComponent: pane },
      { path: 'c/:id/m/:seq', loadComponent: pane },
      {
        path: 'settings',
        loadComponent: () => import('./settings/settings').then(({ SettingsPage }) => SettingsPage),
      },
    ],
  },
  { path: '**', redirectTo: '' },
];
