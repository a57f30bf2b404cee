import type { Routes } from '@angular/router';
import { ConversationPane } from './conversation-pane';
import { signedIn, started } from './core/guard';
import { Shell } from './shell';
import { Join } from './sign-in/join';
import { SignInPage } from './sign-in/sign-in-page';
import { Welcome } from './sidebar/welcome';

export const routes: Routes = [
  { path: 'signin', component: SignInPage, canActivate: [started] },
  { path: 'join/:code', component: Join, canActivate: [started] },
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
