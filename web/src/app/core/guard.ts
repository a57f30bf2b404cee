import { inject } from '@angular/core';
import { type CanActivateFn, type CanMatchFn, Router } from '@angular/router';
import { ChatStore } from './chat-store';
import { Session } from './session';

/** For who is signed in; others sign in first. */
export const signedIn: CanMatchFn = async () => {
  const session = inject(Session);
  const store = inject(ChatStore);
  const router = inject(Router);
  const wanted = router.currentNavigation()?.extractedUrl.toString() ?? '/';
  await session.start();
  const userId = session.userId();
  if (userId === undefined) {
    session.wanted = wanted;
    return router.parseUrl('/signin');
  }
  await store.start(userId);
  return true;
};

/** For everybody, once it is known who is here. */
export const started: CanActivateFn = async () => {
  await inject(Session).start();
  return true;
};
