import type { Routes } from '@angular/router';
import { ConversationPane } from './conversation-pane';
import { Shell } from './shell';
import { Welcome } from './sidebar/welcome';

/** For who is signed in. */
export const mainRoutes: Routes = [
  {
    path: '',
    component: Shell,
    children: [
      { path: '', pathMatch: 'full', component: Welcome },
      { path: 'c/:id', component: ConversationPane },
      { path: 'c/:id/m/:seq', component: ConversationPane },
      {
        path: 'settings',
        loadComponent: () => import('./settings/settings').then(({ SettingsPage }) => SettingsPage),
      },
      { path: '**', redirectTo: '' },
    ],
  },
];
