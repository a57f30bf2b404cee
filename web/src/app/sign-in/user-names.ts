/** User names beside one that is taken: as much like it, and like the shown name, as they can be. */
export function otherNames(taken: string, name: string): string[] {
  const words = name
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9\s._-]/g, '')
    .split(/\s+/)
    .filter(Boolean);
  const year = new Date().getFullYear() % 100;
  const whole = [words.join('.'), words.join('-'), `${taken}${year}`, `${taken}.${words[0] ?? 2}`];
  const free = whole.filter((one) => one.length >= 2 && one !== taken);
  return [...new Set([...free, `${taken}1`])].slice(0, 3);
}

/** What the server says of a value, without the sentence around it. */
export const nameless = (detail: string) => detail.trim();
