import { TestBed } from '@angular/core/testing';
import { App } from './app';
import { config } from './app.config';

describe('the shell', () => {
  it('has an outlet', async () => {
    TestBed.configureTestingModule({ imports: [App], providers: config.providers });
    const { nativeElement } = TestBed.createComponent(App);
    expect(nativeElement.querySelector('router-outlet')).not.toBeNull();
  });
});
