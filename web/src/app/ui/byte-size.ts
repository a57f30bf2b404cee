const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** `2.4 MB` */
export function sizeText(bytes: number, locale: string): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const style = { style: 'unit', unit: UNITS[step], unitDisplay: 'short' } as const;
  const digits = { maximumFractionDigits: step === 0 || bytes / 1000 ** step >= 100 ? 0 : 1 };
  return new Intl.NumberFormat(locale, { ...style, ...digits }).format(bytes / 1000 ** step);
}
