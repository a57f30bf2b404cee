import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

/** Strokes on a 24 by 24 ground. */
const PATHS = {
  attach: 'M8 12.5 14.3 6.2a3.2 3.2 0 0 1 4.5 4.5l-8 8a5 5 0 0 1-7-7L11 4.5',
  back: 'M14.5 5 7.5 12l7 7',
  bell: 'M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4',
  'bell-off': 'M6 16.5V11a6 6 0 0 1 10-4.5M18 12v4.5l1.5 1.5h-12M10 20.5h4M4 4l16 16',
  check: 'M5 12.5 10 17.5 19.5 7',
  checks: 'M2.5 12.5 7.5 17.5 17 7M12.5 17 13 17.5 22 7.5',
  clock: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2',
  close: 'M6 6l12 12M18 6 6 18',
  copy: 'M9 9h10.5v10.5H9zM5.5 15h-1V4.5H15v1',
  down: 'M12 5v14M6 13l6 6 6-6',
  download: 'M12 4v11M7 10.5l5 5 5-5M5 20h14',
  edit: 'M4.5 19.5l1-4.5L16 4.5l3.5 3.5L9 18.5zM13.5 7l3.5 3.5',
  file: 'M6.5 3.5h7l4 4v13h-11zM13.5 3.5v4h4',
  gear: 'M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM12 3v2.5M12 18.5V21M3 12h2.5M18.5 12H21M5.6 5.6l1.8 1.8M16.6 16.6l1.8 1.8M18.4 5.6l-1.8 1.8M7.4 16.6l-1.8 1.8',
  image: 'M4 5h16v14H4zM4 16l4.5-4.5 4 4L16 12l4 4M15.5 9h.01',
  info: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5.5M12 7.5v.01',
  link: 'M10 14l4-4M8.5 11 6 13.5a3.2 3.2 0 0 0 4.5 4.5L13 15.5M15.5 13 18 10.5A3.2 3.2 0 0 0 13.5 6L11 8.5',
  more: 'M5.5 12h.01M12 12h.01M18.5 12h.01',
  person: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20.5c.5-4 3.5-6 7.5-6s7 2 7.5 6',
  people:
    'M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2.5 19.5c.4-3.5 3-5 6.5-5s6.1 1.5 6.5 5M16 5.5a3.2 3.2 0 0 1 0 6.3M18 14.8c2 .6 3.2 2.2 3.5 4.7',
  plus: 'M12 5v14M5 12h14',
  reply: 'M10 6 4.5 11.5l5.5 5.5M4.5 11.5H14c3.5 0 5.5 2.5 5.5 6.5',
  retry: 'M19.5 12a7.5 7.5 0 1 1-2.5-5.6M19.5 4v4.5H15',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5l5 5',
  send: 'M4 12 20 4.5l-4.5 15-4-6.5zM11.5 13 20 4.5',
  'sign-out': 'M13.5 4.5h-8v15h8M10 12h10.5M16.5 8l4 4-4 4',
  smile:
    'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM8.5 14c.8 1.5 2 2.2 3.5 2.2s2.7-.7 3.5-2.2M9 9.5v.5M15 9.5v.5',
  trash: 'M4.5 6.5h15M9 6.5V4h6v2.5M6.5 6.5l1 13.5h9l1-13.5M10 10v6.5M14 10v6.5',
  warning: 'M12 4 2.5 20h19zM12 10v5M12 17.5v.01',
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing for eyes only: what it stands on has a name of its own. As large as the text is high, times 1.4. */
@Component({
  selector: 'p-icon',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { 'aria-hidden': 'true', '[class.mirrored]': 'isMirrored()' },
  template: `<svg viewBox="0 0 24 24"><path [attr.d]="path()" /></svg>`,
  styles: `
    :host {
      display: inline-flex;
      flex: none;
      inline-size: 1.4em;
      block-size: 1.4em;
    }
    svg {
      inline-size: 1.4em;
      block-size: 1.4em;
      fill: none;
      stroke: currentColor;
      stroke-width: 1.75;
      stroke-linecap: round;
      stroke-linejoin: round;
    }
    :host-context([dir='rtl']).mirrored {
      transform: scaleX(-1);
    }
  `,
})
export class Icon {
  readonly name = input.required<IconName>();
  protected readonly path = computed(() => PATHS[this.name()]);
  /** What points along the line of reading. */
  protected readonly isMirrored = computed(() =>
    ['back', 'reply', 'send', 'sign-out'].includes(this.name()),
  );
}
