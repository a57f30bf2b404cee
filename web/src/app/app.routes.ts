import type { Routes } from '@angular/router';
import { ConversationPane } from './conversation-pane';
import { signedIn, started } from './core/guard';
import { Shell } from './shell';
import { Welcome } from './sidebar/welcome';

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
    component: Shell,
    canActivate: [signedIn],
    children: [
      { path: '', pathMatch: 'full', component: Welcome },
      { path: 'c/:id', component: ConversationPane },
      { path: 'c/:id/m/:seq', component: ConversationPane },
      {
        path: 'settings',
        loadComponent: () => import('./settings/settings').then(({ SettingsPage }) => SettingsPage),
      },
    ],
  },
  { path: '**', redirectTo: '' },
];
