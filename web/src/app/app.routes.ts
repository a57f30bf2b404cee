import type { Routes } from '@angular/router';
import { signedIn, started } from './core/guard';

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
    canMatch: [signedIn],
    loadChildren: () => import('./main.routes').then(({ mainRoutes }) => mainRoutes),
  },
];
