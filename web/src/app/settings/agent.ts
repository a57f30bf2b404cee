const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\/|Chromium\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/Linux|X11/, 'Linux'],
];

/** `Chrome, Windows`, out of what a browser says of itself; else its first words. */
export function agentText(agent: string): string {
  const nameIn = (all: typeof BROWSERS) => all.find(([pattern]) => pattern.test(agent))?.[1];
  const known = [nameIn(BROWSERS), nameIn(SYSTEMS)].filter(Boolean).join(', ');
  return known || agent.slice(0, 60);
}
